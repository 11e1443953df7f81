//! Gets its names from elsewhere
use crate::shared::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// The name
    pub name: String,
}

pub async fn handler(input: Schema) -> Answer {
    Answer(input.name)
}
