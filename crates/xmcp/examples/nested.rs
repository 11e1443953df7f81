//! An MCP server inside an axum app of one's own: `cargo run -p xmcp-rs --example nested`.
//!
//! A real app has `xmcp::include_app!();` in its `src/lib.rs`, and gets `app()` from the files in `tools/`. Here it is written
//! by hand, so that the example needs no build script.

use std::{error::Error, io::Write};

use axum::{Router, routing::get};
use tokio::net::TcpListener;
use xmcp::{
    App, IntoToolResult,
    codegen::{self, Input, Reply, Shape, Tool},
    prelude::*,
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let site = site().await?;
    let listener = TcpListener::bind("127.0.0.1:3001").await?;
    writeln!(
        std::io::stderr(),
        "http://{}/mcp and /version",
        listener.local_addr()?
    )?;
    // Who listens bounds connections. `axum::serve` sets no timeout for headers or idle connections and no cap on how many
    // there are, which is fine behind a proxy that does; `xmcp::serve` and `xmcp::run` set all of them. What one request may
    // take (its body, its time, the size of its answer) is bounded by the settings either way.
    axum::serve(listener, site)
        .with_graceful_shutdown(stopped())
        .await?;
    Ok(())
}

/// The site: its own routes first, everything else is the MCP server's, its 404 included.
async fn site() -> Result<Router, Box<dyn Error>> {
    let app = app();
    let mut settings = app.settings();
    settings.server.name = "nested".to_owned();
    // The environment is not looked at: settings come from `xmcp.toml` and from here.
    settings.http.endpoint = "/mcp".to_owned();
    let mcp = xmcp::router(app, settings).await?;
    Ok(Router::new()
        .route("/version", get(|| async { env!("CARGO_PKG_VERSION") }))
        .fallback_service(mcp))
}

async fn stopped() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::error!(%error, "ctrl-c cannot be waited for");
    }
}

#[derive(Deserialize, JsonSchema)]
struct Schema {
    /// The name to greet
    name: String,
}

async fn handler(Schema { name }: Schema) -> String {
    format!("Hello, {name}!")
}

static TOOLS: &[Tool] = &[Tool {
    name: "greet",
    description: "Greet someone by name",
    source: "examples/nested.rs:1:1",
    metadata: &ToolMetadata::NONE,
    meta: None,
    input: Input::Schema(codegen::input_schema::<Schema>),
    shape: || Shape::of_async_0(|| handler(codegen::input())),
    call: |call| Reply::new(async move { handler(call.input()?).await.into_tool_result() }),
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
        middleware: None,
        emulator: None,
    }
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::Request};
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

    async fn text(request: Request<Body>) -> (u16, String) {
        let response = site().await.unwrap().oneshot(request).await.unwrap();
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    fn request(method: &str, path: &str, body: &'static str) -> Request<Body> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "localhost:3001");
        request
            .header("content-type", "application/json")
            .body(Body::from(body))
            .unwrap()
    }

    #[tokio::test]
    async fn serves_its_own_routes_and_the_endpoint() {
        assert_eq!(
            text(request("GET", "/version", "")).await,
            (200, env!("CARGO_PKG_VERSION").to_owned())
        );
        let call = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"greet","arguments":{"name":"Ada"}}}"#;
        let answer = r#"{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"Hello, Ada!"}]}}"#;
        assert_eq!(
            text(request("POST", "/mcp", call)).await,
            (200, answer.to_owned())
        );
        assert_eq!(
            text(request("GET", "/health", "")).await,
            (200, r#"{"status":"ok"}"#.to_owned())
        );
        assert_eq!(text(request("GET", "/no/such", "")).await.0, 404);
    }
}
