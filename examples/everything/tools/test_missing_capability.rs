//! Works only with clients that have a model to ask
use xmcp::prelude::*;

pub async fn handler(context: Context) -> Result<&'static str> {
    context.require(Capability::Sampling)?;
    Ok("The client has a model.")
}
