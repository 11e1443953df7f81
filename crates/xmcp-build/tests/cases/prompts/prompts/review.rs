//! Review a change
use xmcp::prelude::*;

pub const METADATA: PromptMetadata = PromptMetadata::new().title("Review").scopes(&["code:read"]);

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Schema {
    /// What was changed
    pub diff: String,
    /// How strict to be
    pub how_strict: Option<Strictness>,
    /// Who wrote it
    #[serde(rename = "by")]
    pub author: Option<Name>,
    /// The day on which it was written
    #[serde(with = "crate::day")]
    pub day: u32,
    /// The language of the answer
    pub language: crate::Language,
}

#[derive(Deserialize, JsonSchema)]
pub enum Strictness {
    Mild,
    Harsh,
}

#[derive(Deserialize, JsonSchema)]
pub struct Name(String);

pub async fn handler(input: Schema, session: Option<Session>) -> Vec<PromptMessage> {
    todo!()
}

pub async fn complete(argument: &str, value: &str, pool: State<Pool>, headers: Headers) -> Result<Vec<String>> {
    todo!()
}
