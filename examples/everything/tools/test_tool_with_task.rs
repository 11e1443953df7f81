//! Asks for a name first, and goes on as a task
use xmcp::{TaskSupport, prelude::*};

pub const METADATA: ToolMetadata = ToolMetadata::new()
    .task(TaskSupport::Optional)
    .task_on_demand();

#[derive(Deserialize, JsonSchema)]
struct User {
    /// Your name
    name: String,
}

pub async fn handler(context: Context) -> Result<String> {
    let asked = context.elicit::<User>("What is your name?");
    let user = asked.key("user_name").await?.accepted();
    context.begin_task();
    let name = user.map_or_else(|| "whoever you are".to_owned(), |user| user.name);
    Ok(format!("Hello, {name}! This took a task."))
}
