//! Adds a tool, or removes it again; clients that listen hear that the list of tools has changed
use xmcp::{DynamicTool, prelude::*};

pub async fn handler(server: ServerHandle) -> Result<&'static str> {
    if server.remove_tool("comes_and_goes") {
        return Ok("The tool is gone.");
    }
    let tool =
        DynamicTool::without_arguments("comes_and_goes", |_| async { "I was not always here." });
    server.add_tool(tool.description("Comes and goes while the server runs"))?;
    Ok("The tool `comes_and_goes` is there.")
}
