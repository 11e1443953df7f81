//! Who may call: everybody with a key from the variables that begin with `XMCP_API_KEY`, one for each caller.
use xmcp::{
    Middleware,
    auth::api_key::{self, ApiKeyConfig},
};

pub fn middleware() -> xmcp::Result<Middleware> {
    Ok(api_key::provider(ApiKeyConfig::from_env()?).into())
}
