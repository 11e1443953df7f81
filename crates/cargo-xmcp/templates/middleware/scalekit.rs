//! Who may call: everybody for whom Scalekit vouches. Without `SCALEKIT_*` variables, `cargo run` starts a Scalekit of its own.
use xmcp::{
    Middleware,
    auth::scalekit::{self, ScalekitConfig},
};

pub fn middleware() -> xmcp::Result<Middleware> {
    let config = ScalekitConfig::from_env()?.scopes_supported(["openid", "profile", "email"]);
    Ok(scalekit::provider(config).into())
}
