//! Asks the person to choose: one or several, with and without titles
use crate::choice::{Named, Plain, Titled};
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Choices {
    untitled_single: Plain,
    titled_single: Titled,
    legacy_enum: Named,
    untitled_multi: Vec<Plain>,
    titled_multi: Vec<Titled>,
}

pub async fn handler(context: Context) -> Result<String> {
    let asked = context.elicit::<Choices>("Choose, please.");
    let Some(chosen) = asked.await?.accepted() else {
        return Ok("Nothing was chosen.".to_owned());
    };
    let single = (
        chosen.untitled_single,
        chosen.titled_single,
        chosen.legacy_enum,
    );
    let multi = (chosen.untitled_multi, chosen.titled_multi);
    Ok(format!("Elicitation completed: {single:?}, {multi:?}"))
}
