//! Client ID metadata documents, served by another server on this machine.

use std::{net::Ipv4Addr, time::Duration};

use axum::{Router, response::Redirect, routing::get};
use serde_json::json;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::support::{self, CALLBACK, authorization_url, part, redeem, refresh, returned, start};

/// A server with documents, good ones and others, until it is dropped.
struct Documents {
    url: String,
    server: JoinHandle<()>,
}

impl Drop for Documents {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn documents() -> Documents {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let url = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
    let document = |path: &str, changes: serde_json::Value| {
        let mut document = json!({
            "client_id": format!("{url}{path}"),
            "client_name": "A <b>described</b> client",
            "redirect_uris": [CALLBACK],
            "grant_types": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_method": "none",
        });
        for (name, value) in changes.as_object().unwrap() {
            document[name] = value.clone();
        }
        let text = document.to_string();
        get(move || async move { text })
    };
    let large = "x".repeat(65 * 1024);
    let router = Router::new()
        .route("/good.json", document("/good.json", json!({})))
        .route("/other.json", document("/good.json", json!({})))
        .route(
            "/secret.json",
            document("/secret.json", json!({ "client_secret": "x" })),
        )
        .route(
            "/nowhere.json",
            document("/nowhere.json", json!({ "redirect_uris": [] })),
        )
        .route(
            "/clear.json",
            document(
                "/clear.json",
                json!({ "redirect_uris": ["http://app.example/"] }),
            ),
        )
        .route(
            "/large.json",
            document("/large.json", json!({ "client_uri": large })),
        )
        .route(
            "/redirect.json",
            get(async || Redirect::temporary("/good.json")),
        )
        .route("/page.json", get(async || "<!doctype html>"))
        .route(
            "/slow.json",
            get(async || tokio::time::sleep(Duration::from_secs(60)).await),
        );
    let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    Documents { url, server }
}

#[tokio::test]
async fn a_client_that_describes_itself_signs_in_and_refreshes() {
    let emulator = start().await;
    let documents = documents().await;
    let client = format!("{}/good.json", documents.url);
    let answer = support::get(&authorization_url(&emulator, &client, &[])).await;
    let code = returned(&answer).swap_remove(0).1;
    let token = redeem(&emulator, &client, &code).await.json();
    assert_eq!(
        part(token["access_token"].as_str().unwrap(), 1)["client_id"],
        client
    );
    let again = refresh(&emulator, &client, token["refresh_token"].as_str().unwrap()).await;
    assert_eq!(again.status, 200);
}

#[tokio::test]
async fn a_document_that_is_none_or_costs_too_much_is_refused_without_a_redirect() {
    let emulator = start().await;
    let documents = documents().await;
    for (path, why) in [
        ("/other.json", "client_id is not its address"),
        ("/secret.json", "has a secret"),
        ("/nowhere.json", "redirect_uris"),
        ("/clear.json", "redirect_uris"),
        ("/large.json", "larger than 64 KiB"),
        ("/redirect.json", "answers 307"),
        ("/missing.json", "answers 404"),
        ("/page.json", "not the JSON"),
        ("/slow.json", "longer than 5 seconds"),
    ] {
        let client = format!("{}{path}", documents.url);
        let answer = support::get(&authorization_url(&emulator, &client, &[])).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("location")),
            (400, ""),
            "{path}"
        );
        assert!(answer.text.contains(why), "{path}: {}", answer.text);
    }
}

#[tokio::test]
async fn an_address_in_the_clear_is_no_client() {
    let emulator = start().await;
    let answer = support::get(&authorization_url(
        &emulator,
        "http://app.example/client.json",
        &[],
    ))
    .await;
    assert_eq!(answer.status, 400);
    assert!(answer.text.contains("no such client"));
}
