//! Review some code
use xmcp::prelude::*;

pub const METADATA: PromptMetadata = PromptMetadata::new().title("Code review");

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// The code
    code: String,
    /// What to look at above all; correctness when left out
    focus: Option<String>,
}

pub fn handler(Schema { code, focus }: Schema) -> String {
    let focus = focus.unwrap_or_else(|| "correctness".to_owned());
    format!("Review this code for {focus}:\n\n{code}")
}
