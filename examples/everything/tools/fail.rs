//! Fail in a way of the caller's choice, to show who gets to read what
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// The way to fail
    way: Way,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Way {
    /// `?` on any error: the model reads its message, the log keeps its causes
    Error,
    /// A reason that is for the log alone: the model reads the request's id
    Internal,
    /// A JSON-RPC error instead of a result
    Protocol,
    /// A panic, answered like an internal reason
    Panic,
}

pub async fn handler(Schema { way }: Schema) -> Result<u16> {
    match way {
        Way::Error => Ok("99999".parse()?),
        Way::Internal => Err(ToolError::internal(
            "the database at 10.0.0.7 refused the password",
        )),
        Way::Protocol => Err(ToolError::rpc(-32602, "this call can never succeed")),
        Way::Panic => panic!("somebody asked for it"),
    }
}
