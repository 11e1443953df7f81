//! Asks the person for a name and an address
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// What to tell the person
    message: String,
}

#[derive(Debug, Deserialize, JsonSchema)]
struct User {
    /// Your name
    username: String,
    /// Your email address
    #[schemars(email)]
    email: String,
}

pub async fn handler(Schema { message }: Schema, context: Context) -> Result<String> {
    Ok(match context.elicit::<User>(message).await? {
        Elicited::Accept(User { username, email }) => {
            format!("User response: {username} <{email}>")
        }
        Elicited::Decline => "User response: declined".to_owned(),
        Elicited::Cancel => "User response: cancelled".to_owned(),
    })
}
