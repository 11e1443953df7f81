//! Asks the client's model, and answers what it said
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// What to ask the model
    prompt: String,
}

pub async fn handler(Schema { prompt }: Schema, context: Context) -> Result<String> {
    let question = Sampling::new().user(prompt).max_tokens(100);
    let answer = context.sample(question).await?;
    Ok(format!("LLM response: {}", answer.text()))
}
