//! The tools, called by whoever a test says. The provider of src/middleware.rs is left out.

use serde_json::{Value, json};
use xmcp::Session;
use xmcp_test::Client;

async fn ada() -> Client {
    let ada = Session::for_test("usr_ada").scopes(["greet:read"]).build();
    Client::builder(xmcp_app::app())
        .session(ada)
        .build()
        .await
        .unwrap()
}

#[tokio::test]
async fn greets_a_user_with_their_id() {
    let greeting = ada().await.call("greet", json!({ "name": "Ada" })).await;

    assert_eq!(greeting.text(), "Hello, Ada! Your user ID is usr_ada");
}

#[tokio::test]
async fn tells_a_user_who_they_are() {
    let whoami: Value = ada().await.call("whoami", json!({})).await.structured();

    assert_eq!(whoami["userId"], "usr_ada");
    assert_eq!(whoami["scopes"], json!(["greet:read"]));
}

#[tokio::test]
async fn tells_nobody_who_they_are() {
    let client = xmcp_test::client(xmcp_app::app()).await;

    assert!(client.call("whoami", json!({})).await.is_error);
}
