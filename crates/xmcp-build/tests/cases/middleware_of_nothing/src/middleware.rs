use xmcp::{
    Middleware,
    auth::scalekit::{self, ScalekitConfig},
};

pub fn middleware() {
    
}
