//! The framework's server, as an app runs it, with `BENCH_TOOLS` tools. Where Scalekit's variables are set, it is protected.

use std::process::ExitCode;

use xmcp::{
    App, Middleware,
    auth::scalekit::{self, ScalekitConfig, env},
};

fn main() -> ExitCode {
    let tools = std::env::var("BENCH_TOOLS").map_or(2, |number| number.parse().expect("a number"));
    let is_protected = std::env::var_os(env::ENVIRONMENT_URL).is_some();
    xmcp::run(App {
        middleware: is_protected.then_some(middleware),
        ..xmcp_benches::app_of(tools)
    })
}

fn middleware() -> xmcp::Result<Middleware> {
    Ok(scalekit::provider(ScalekitConfig::from_env()?).into())
}
