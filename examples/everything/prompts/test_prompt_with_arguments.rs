//! A prompt with arguments, which complete as they are typed
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// The first argument
    arg1: String,
    /// The second argument
    arg2: String,
}

pub fn handler(Schema { arg1, arg2 }: Schema) -> String {
    format!("Prompt with arguments: arg1='{arg1}', arg2='{arg2}'")
}

/// What fits what has been typed is put first; the framework does that.
pub fn complete(argument: &str, _value: &str) -> Vec<&'static str> {
    match argument {
        "arg1" => vec!["testValue1", "testing", "tested", "other"],
        _ => vec!["testValue2"],
    }
}
