//! Asks the person for a name; the handler runs again when it is there
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
struct User {
    /// Your name
    name: String,
}

pub async fn handler(context: Context) -> Result<String> {
    let asked = context.elicit::<User>("What is your name?");
    Ok(match asked.key("user_name").await?.accepted() {
        Some(User { name }) => format!("Hello, {name}!"),
        None => "Hello, whoever you are!".to_owned(),
    })
}
