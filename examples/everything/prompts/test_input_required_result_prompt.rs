//! A prompt that asks the person for its context first
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
struct UserContext {
    /// What the prompt should use
    context: String,
}

pub async fn handler(context: Context) -> Result<String> {
    let asked = context.elicit::<UserContext>("What context should the prompt use?");
    Ok(match asked.key("user_context").await?.accepted() {
        Some(UserContext { context }) => format!("Use this context: {context}"),
        None => "Use no context.".to_owned(),
    })
}
