//! Greet the user by name, and by their user ID once they are signed in
use xmcp::prelude::*;

pub const METADATA: ToolMetadata = ToolMetadata::new().title("Greet").read_only(true);

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// The name to greet
    pub name: String,
}

pub async fn handler(Schema { name }: Schema, session: Option<Session>) -> String {
    match session {
        Some(session) => format!("Hello, {name}! Your user ID is {}", session.user_id()),
        None => format!("Hello, {name}!"),
    }
}
