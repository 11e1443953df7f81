//! Returns another `Value` than that of JSON
use crate::shared::Value;
use xmcp::Context;

pub async fn handler(_: Context) -> Value {
    Value
}
