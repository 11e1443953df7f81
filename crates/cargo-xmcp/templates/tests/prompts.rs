//! The prompts as a client meets them, without a socket.

use serde_json::json;

#[tokio::test]
async fn a_review_has_the_code() {
    let client = xmcp_test::client(xmcp_app::app()).await;

    let params = json!({ "name": "review", "arguments": { "code": "1 + 1" } });
    let prompt = client.request("prompts/get", params).await.unwrap();

    let text = &prompt["messages"][0]["content"]["text"];
    assert_eq!(text, "Review this code for correctness:\n\n1 + 1");
}
