//! The resources as a client meets them, without a socket.

use serde_json::json;

#[tokio::test]
async fn the_rules_can_be_read() {
    let client = xmcp_test::client(xmcp_app::app()).await;

    let params = json!({ "uri": "docs://rules" });
    let rules = client.request("resources/read", params).await.unwrap();

    assert_eq!(rules["contents"][0]["mimeType"], "text/markdown");
}
