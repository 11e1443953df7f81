//! Asks the person two things, one after the other; what was answered before is there again when the handler runs anew
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
struct Step1 {
    /// Your name
    name: String,
}

#[derive(Deserialize, JsonSchema)]
struct Step2 {
    /// Your favourite colour
    color: String,
}

pub fn handler(context: Context) -> Result<String> {
    let Some(name) = context.answer::<Step1>("step1")? else {
        let asked = InputRequired::new().elicit::<Step1>("step1", "Step 1: What is your name?");
        return Err(asked.state(&"asked for the name").into());
    };
    let Some(color) = context.answer::<Step2>("step2")? else {
        let asked =
            InputRequired::new().elicit::<Step2>("step2", "Step 2: What is your favourite colour?");
        return Err(asked.state(&"asked for the colour").into());
    };
    Ok(match (name.accepted(), color.accepted()) {
        (Some(Step1 { name }), Some(Step2 { color })) => format!("{name} likes {color}."),
        _ => "Somebody likes something.".to_owned(),
    })
}
