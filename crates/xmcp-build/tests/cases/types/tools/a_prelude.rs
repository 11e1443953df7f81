//! Forgets to import the derives
#[derive(Debug, Deserialize, JsonSchema)]
pub struct Schema {
    /// The name
    pub name: String,
}

pub fn handler(input: Schema) -> String {
    input.name
}
