//! Greet someone in the language that their client prefers
use crate::language::Language;
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// The name to greet
    name: String,
}

pub async fn handler(Schema { name }: Schema, language: Language) -> String {
    match language {
        Language::English => format!("Hello, {name}!"),
        Language::French => format!("Bonjour, {name} !"),
        Language::German => format!("Hallo, {name}!"),
    }
}
