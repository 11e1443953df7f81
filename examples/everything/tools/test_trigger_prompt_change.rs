//! Adds a prompt, or removes it again; clients that listen hear that the list of prompts has changed
use xmcp::{DynamicPrompt, prelude::*};

pub async fn handler(server: ServerHandle) -> Result<&'static str> {
    if server.remove_prompt("comes_and_goes") {
        return Ok("The prompt is gone.");
    }
    let prompt = DynamicPrompt::without_arguments("comes_and_goes", |_| async { "Say hello." });
    server.add_prompt(prompt.description("Comes and goes while the server runs"))?;
    Ok("The prompt `comes_and_goes` is there.")
}
