use xmcp::{
    Middleware,
    auth::scalekit::{self, ScalekitConfig},
};

pub fn middleware() -> xmcp::Result<xmcp::auth::Provider> {
    Ok(scalekit::provider(ScalekitConfig::from_env()?))
}
