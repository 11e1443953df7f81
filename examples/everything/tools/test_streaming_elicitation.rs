//! Asks the person while it reports how far it is
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
struct Confirmation {
    /// Go on?
    proceed: bool,
}

pub async fn handler(context: Context) -> Result<&'static str> {
    context.progress(Progress::new(0.0).total(1.0)).await;
    let answer = context.elicit::<Confirmation>("Shall the work go on?");
    Ok(match answer.await?.accepted() {
        Some(Confirmation { proceed: true }) => "The work went on.",
        _ => "The work stopped.",
    })
}
