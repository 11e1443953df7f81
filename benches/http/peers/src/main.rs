//! Two tools on the official SDK, without the framework. `peers macro` serves them over HTTP as the SDK's guide shows, `peers hand` with
//! its trait written by hand, and `peers hand --stdio` the latter over a pipe. Stateless, and answered in JSON, as the framework does.

mod hand;
mod macros;

use std::{
    env,
    io::{self, Write},
    sync::Arc,
};

use rmcp::{
    ServerHandler, ServiceExt,
    transport::{
        stdio,
        streamable_http_server::{
            StreamableHttpServerConfig, StreamableHttpService, session::never::NeverSessionManager,
        },
    },
};
use schemars::JsonSchema;
use serde::Deserialize;

use hand::Hand;
use macros::Macros;

#[derive(Deserialize, JsonSchema)]
struct Greet {
    /// The name to greet
    name: String,
}

#[derive(Deserialize, JsonSchema)]
struct Add {
    /// The first number
    a: f64,
    /// The second number
    b: f64,
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["macro"] => over_http(Macros).await,
        ["hand"] => over_http(Hand).await,
        ["hand", "--stdio"] => on_a_pipe(Hand).await,
        _ => Err(io::Error::other(
            "usage: peers macro | peers hand | peers hand --stdio",
        )),
    }
}

async fn over_http(handler: impl ServerHandler + Clone) -> io::Result<()> {
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true);
    let service = StreamableHttpService::new(
        move || Ok(handler.clone()),
        Arc::new(NeverSessionManager::default()),
        config,
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    writeln!(
        io::stderr(),
        "running on http://{}/mcp",
        listener.local_addr()?
    )?;
    axum::serve(listener, axum::Router::new().nest_service("/mcp", service)).await
}

async fn on_a_pipe(handler: impl ServerHandler) -> io::Result<()> {
    let server = handler.serve(stdio()).await.map_err(io::Error::other)?;
    server.waiting().await.map_err(io::Error::other)?;
    Ok(())
}
