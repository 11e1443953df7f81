#![cfg(not(target_os = "none"))]
//! Greet someone,
//! by name.
//!
//! Only the first paragraph is for the model.
use xmcp::prelude::*;

pub const METADATA: ToolMetadata =
    ToolMetadata::new().name("greetings.greet").title(TITLE).read_only(true).scopes(&["greet:read", r"greet:all"]);

const TITLE: &str = "Greet";

#[derive(serde::Deserialize, schemars::JsonSchema)]
pub struct Schema {
    /// The name to greet
    pub name: String,
    #[doc = "How often"]
    pub times: u8,
    #[schemars(description = "How loud", range(min = 1))]
    pub volume: u8,
    #[serde(skip)]
    pub greeted: bool,
    #[serde(flatten)]
    pub rest: Rest,
}

pub async fn handler(session: Session, Schema { name, .. }: self::Schema, _: State<Vec<String>>) -> String {
    name + session.user_id()
}
