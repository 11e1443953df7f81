//! An axum app of one's own, protected without the framework.
//!
//! ```text
//! SCALEKIT_ENVIRONMENT_URL=https://acme.scalekit.dev SCALEKIT_RESOURCE_ID=res_123 cargo run -p xmcp-auth --example plain_axum
//! curl -i http://localhost:3003/notes
//! ```

use std::{
    error::Error,
    io::{self, Write},
    net::SocketAddr,
    process::ExitCode,
};

use axum::{Extension, Router, routing::get};
use tokio::net::TcpListener;
use xmcp_auth::{
    ConfigError, Resource, Session,
    scalekit::{self, ScalekitConfig},
};

#[tokio::main]
async fn main() -> ExitCode {
    let Err(error) = serve().await else {
        return ExitCode::SUCCESS;
    };
    // What `main` returns is written for programmers; the error's own words are for whoever has to set something.
    let _ = writeln!(io::stderr(), "error: {error}");
    ExitCode::FAILURE
}

async fn serve() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:3003").await?;
    let port = listener.local_addr()?.port();
    let app = app(ScalekitConfig::from_env()?, port)?;
    // With the addresses of peers, by which bad credentials are counted.
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).await?;
    Ok(())
}

fn app(config: ScalekitConfig, port: u16) -> Result<Router, ConfigError> {
    let provider = scalekit::provider(config.scopes_supported(["notes:read"]));
    let protected = provider.protect(Resource::on_loopback(port, "/notes").name("Notes"))?;
    Ok(Router::new()
        .route("/notes", get(notes))
        .layer(protected.layer) //         what stands above needs a token
        .merge(protected.metadata) //      what stands below does not
        .route("/health", get(|| async { "ok" })))
}

async fn notes(session: Extension<Session>) -> String {
    format!("Notes of {}", session.user_id())
}

#[cfg(test)]
mod tests {
    use scalekit_emulator::Emulator;
    use serde_json::Value;

    use super::*;

    fn client() -> reqwest::Client {
        reqwest::Client::builder().no_proxy().build().unwrap()
    }

    async fn document(url: String) -> Value {
        let response = client().get(url).send().await.unwrap();
        assert_eq!(response.status(), 200);
        serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()
    }

    #[tokio::test]
    async fn a_refusal_leads_to_metadata_a_token_and_the_notes() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let scalekit = Emulator::builder()
            .port(0)
            .server_url(format!("http://localhost:{port}/notes"))
            .start()
            .await
            .unwrap();
        let config = ScalekitConfig::new(scalekit.environment_url())
            .unwrap()
            .resource_id(scalekit.resource_id());
        let app = app(config, port).unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });

        let url = format!("http://127.0.0.1:{port}/notes");
        let refused = client().get(&url).send().await.unwrap();
        assert_eq!(refused.status(), 401);
        let challenge = refused.headers()["www-authenticate"].to_str().unwrap();
        let metadata_url = challenge
            .strip_prefix("Bearer resource_metadata=\"")
            .and_then(|rest| rest.strip_suffix('"'))
            .unwrap();
        let metadata = document(metadata_url.to_owned()).await;
        assert_eq!(metadata["resource"], url.as_str());
        assert_eq!(metadata["resource_name"], "Notes");

        // RFC 8414, section 3.1: between host and path.
        let issuer = metadata["authorization_servers"][0].as_str().unwrap();
        let path = issuer.strip_prefix(scalekit.environment_url()).unwrap();
        let well_known = "/.well-known/oauth-authorization-server";
        let server = document(format!("{}{well_known}{path}", scalekit.environment_url())).await;
        let machine = scalekit.connection().mcp_client();
        let answer = client()
            .post(server["token_endpoint"].as_str().unwrap())
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!(
                "grant_type=client_credentials&client_id={}&client_secret={}",
                machine.id(),
                machine.secret()
            ))
            .send()
            .await
            .unwrap();
        let answer: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
        let token = answer["access_token"]
            .as_str()
            .unwrap_or_else(|| panic!("{}", answer["error"]));

        let notes = client()
            .get(&url)
            .header("authorization", format!("Bearer {token}"))
            .send()
            .await
            .unwrap();
        assert_eq!(notes.status(), 200);
        assert_eq!(
            notes.text().await.unwrap(),
            format!("Notes of {}", machine.id())
        );
        let open = client()
            .get(format!("http://127.0.0.1:{port}/health"))
            .send();
        assert_eq!(open.await.unwrap().status(), 200);
    }
}
