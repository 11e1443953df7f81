//! An axum app of one's own, protected without the framework.
//!
//! ```text
//! SCALEKIT_ENVIRONMENT_URL=https://acme.scalekit.dev SCALEKIT_RESOURCE_ID=res_123 cargo run -p xmcp-auth --example plain_axum
//! curl -i http://localhost:3003/notes
//! ```

use axum::{Extension, Router, routing::get};
use tokio::net::TcpListener;
use xmcp_auth::{
    Resource, Session,
    scalekit::{self, ScalekitConfig},
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let listener = TcpListener::bind("127.0.0.1:3003").await?;
    let config = ScalekitConfig::from_env()?.scopes_supported(["notes:read"]);
    let resource = Resource::on_loopback(listener.local_addr()?.port(), "/notes").name("Notes");
    let protected = scalekit::provider(config).protect(resource)?;

    let app = Router::new()
        .route("/notes", get(notes))
        .layer(protected.layer) //         what stands above needs a token
        .merge(protected.metadata) //      what stands below does not
        .route("/health", get(|| async { "ok" }));
    axum::serve(listener, app).await?;
    Ok(())
}

async fn notes(session: Extension<Session>) -> String {
    format!("Notes of {}", session.user_id())
}
