//! Asks the client's model for a capital
use xmcp::prelude::*;

pub async fn handler(context: Context) -> Result<String> {
    let question = Sampling::new().user("What is the capital of France?");
    let asked = context.sample(question.max_tokens(100));
    Ok(asked.key("capital_question").await?.text())
}
