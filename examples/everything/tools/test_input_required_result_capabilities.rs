//! Asks only what the client says it can answer
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
struct User {
    /// Your name
    name: String,
}

pub async fn handler(context: Context) -> Result<String> {
    if context.supports(&Capability::Elicitation) {
        let user = context.elicit::<User>("What is your name?").await?;
        Ok(user.accepted().map(|user| user.name).unwrap_or_default())
    } else if context.supports(&Capability::Sampling) {
        let question = Sampling::new().user("Make up a name.").max_tokens(50);
        Ok(context.sample(question).await?.text())
    } else {
        Ok("Nobody can be asked.".to_owned())
    }
}
