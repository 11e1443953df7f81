//! An MCP server whose callers any OAuth or OpenID Connect issuer vouches for:
//! `ISSUER=https://auth.example.com cargo run -p xmcp-rs --example oauth`.
//!
//! A real app has `middleware()` in its `src/middleware.rs` and the tool in `tools/whoami.rs`. Here all is written by hand, so that
//! the example needs no build script.

use std::process::ExitCode;

use xmcp::{
    App, IntoToolResult, Middleware,
    auth::oauth::{self, OAuthConfig},
    codegen::{self, Input, Reply, Shape, Tool},
    prelude::*,
};

fn main() -> ExitCode {
    xmcp::run(app())
}

fn middleware() -> xmcp::Result<Middleware> {
    let issuer = std::env::var("ISSUER").map_err(|_| "`ISSUER` is not set: the issuer's URL")?;
    let config = OAuthConfig::new(issuer)?.required_scopes(["notes:read"]);
    Ok(oauth::provider(config).into())
}

async fn handler(session: Session) -> String {
    format!("{} by {}", session.user_id(), session.issuer())
}

static TOOLS: &[Tool] = &[Tool {
    name: "whoami",
    description: "Say who is signed in, and who says so",
    source: "examples/oauth.rs:1:1",
    metadata: &ToolMetadata::NONE,
    meta: None,
    input: Input::None,
    shape: || Shape::of_async_1(handler),
    call: |call| {
        Reply::new(async move {
            let session = codegen::extract(call.context()).await?;
            handler(session).await.into_tool_result()
        })
    },
}];

fn app() -> App {
    App {
        dev: true,
        settings: codegen::Settings::default,
        tools: TOOLS,
        prompts: &[],
        resources: &[],
        skills: &[],
        state: None,
        middleware: Some(middleware),
        emulator: None,
    }
}
