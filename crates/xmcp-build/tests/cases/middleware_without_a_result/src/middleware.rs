use xmcp::{
    Middleware,
    auth::scalekit::{self, ScalekitConfig},
};

pub fn middleware() -> Middleware {
    scalekit::provider(ScalekitConfig::from_env().unwrap()).into()
}
