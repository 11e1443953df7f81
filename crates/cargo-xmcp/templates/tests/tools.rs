//! The tools as a client meets them, without a socket.

use serde_json::json;

#[tokio::test]
async fn greets_by_name() {
    let client = xmcp_test::client(xmcp_app::app()).await;

    let greeting = client.call("greet", json!({ "name": "Ada" })).await;

    assert_eq!(greeting.text(), "Hello, Ada!");
}

#[tokio::test]
async fn a_greeting_needs_a_name() {
    let client = xmcp_test::client(xmcp_app::app()).await;

    let refused = client.call("greet", json!({})).await;

    assert!(refused.is_error);
}
