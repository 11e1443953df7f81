//! Ask the person before a file goes away; nothing is deleted, this is a sample
use xmcp::{TaskSupport, prelude::*};

pub const METADATA: ToolMetadata = ToolMetadata::new().task(TaskSupport::Required);

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// The file
    filename: String,
}

#[derive(Deserialize, JsonSchema)]
struct Confirmation {
    /// Really delete it?
    confirm: bool,
}

// The task waits for the answer where the handler asks, however long the person takes.
pub async fn handler(Schema { filename }: Schema, context: Context) -> Result<String> {
    let asked = context.elicit::<Confirmation>(format!("Delete {filename}?"));
    Ok(match asked.key("confirm").await?.accepted() {
        Some(Confirmation { confirm: true }) => format!("{filename} is deleted."),
        _ => format!("{filename} stays."),
    })
}
