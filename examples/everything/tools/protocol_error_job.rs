//! Ends with an error of the protocol instead of a result; as a task where there are tasks
use xmcp::{TaskSupport, prelude::*};

pub const METADATA: ToolMetadata = ToolMetadata::new().task(TaskSupport::Optional);

pub async fn handler() -> Result<String> {
    Err(ToolError::rpc(-32603, "the job could not be run"))
}
