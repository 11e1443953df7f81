//! Ask the person two things at a time, in whichever order they are answered
use xmcp::{TaskSupport, prelude::*};

pub const METADATA: ToolMetadata = ToolMetadata::new().task(TaskSupport::Required);

#[derive(Deserialize, JsonSchema)]
struct Name {
    /// A name
    name: String,
}

pub async fn handler(context: Context) -> Result<String> {
    let sender = context.elicit::<Name>("Who sends it?").key("sender");
    let receiver = context.elicit::<Name>("Who gets it?").key("receiver");
    let (sender, receiver) = tokio::try_join!(sender, receiver)?;
    Ok(match (sender.accepted(), receiver.accepted()) {
        (Some(sender), Some(receiver)) => format!("From {} to {}", sender.name, receiver.name),
        _ => "Somebody would not say.".to_owned(),
    })
}
