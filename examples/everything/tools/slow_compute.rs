//! Take a while; as a task for clients that know tasks, so that they need not hold on
use std::time::Duration;

use tokio::time::sleep;
use xmcp::{TaskSupport, prelude::*};

pub const METADATA: ToolMetadata = ToolMetadata::new().task(TaskSupport::Optional);

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// How long, in seconds
    #[serde(default)]
    #[schemars(range(min = 0, max = 600))]
    seconds: f64,
    /// What to call the result
    label: Option<String>,
}

pub async fn handler(Schema { seconds, label }: Schema) -> String {
    sleep(Duration::from_secs_f64(seconds)).await;
    let label = label.unwrap_or_else(|| "The computation".to_owned());
    format!("{label} took {seconds} s.")
}
