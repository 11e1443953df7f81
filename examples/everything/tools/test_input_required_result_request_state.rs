//! Leaves a note for its next run, which the client carries and can neither read nor change
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
struct Confirmation {
    /// Is it all right?
    ok: bool,
}

pub fn handler(context: Context) -> Result<String> {
    let Some(note) = context.request_state::<String>()? else {
        let asked = InputRequired::new().elicit::<Confirmation>("confirm", "Is it all right?");
        return Err(asked.state(&"state-ok").into());
    };
    let answer = context.answer::<Confirmation>("confirm")?;
    let accepted = answer.and_then(Elicited::accepted);
    Ok(format!(
        "{note}, {}",
        accepted.is_some_and(|answer| answer.ok)
    ))
}
