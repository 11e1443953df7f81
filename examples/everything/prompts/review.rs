//! Ask for a review of some code; its arguments are an enum, which completes itself, and a text that may be left out
use xmcp::prelude::*;

pub const METADATA: PromptMetadata = PromptMetadata::new().title("Code review");

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// The language of the code
    language: Language,
    /// What to look at above all
    focus: Option<String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    Python,
    Rust,
    TypeScript,
}

pub fn handler(Schema { language, focus }: Schema) -> Vec<PromptMessage> {
    let focus = focus.unwrap_or_else(|| "correctness".to_owned());
    vec![
        PromptMessage::user(format!("Review my {language:?} code for {focus}.")),
        PromptMessage::assistant("Gladly. Please show me the code."),
    ]
}
