//! Leaves a note for its next run; a client that changes it gets an error
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
struct Confirmation {
    /// Is it all right?
    ok: bool,
}

pub fn handler(context: Context) -> Result<String> {
    let Some(answer) = context.answer::<Confirmation>("confirm")? else {
        let asked = InputRequired::new().elicit::<Confirmation>("confirm", "Is it all right?");
        return Err(asked.state(&"nobody touched this").into());
    };
    let note = context.request_state::<String>()?.unwrap_or_default();
    let ok = answer.accepted().is_some_and(|answer| answer.ok);
    Ok(format!("{note}: {ok}"))
}
