//! A file on a drive
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Schema {
    /// The drive
    pub drive: String,
    /// Where on the drive
    #[serde(rename = "path")]
    pub place: String,
    #[serde(skip)]
    pub ignored: u8,
}

pub fn handler(input: Schema) -> Vec<u8> {
    vec![]
}
