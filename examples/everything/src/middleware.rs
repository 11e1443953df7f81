//! What stands beside the endpoint: a route that anybody may ask which version runs. There is no auth here.

use axum::{Router, routing::get};
use xmcp::Middleware;

pub fn middleware() -> xmcp::Result<Middleware> {
    Ok(Middleware::new().public(Router::new().route("/version", get(version))))
}

async fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}
