//! What handlers return, as each generation gets it (2025-11-25 and 2026-07-28 server/tools, "Tool Result").

use serde_json::{Value, json};
use xmcp::Era;

use crate::support::{Answer, BOTH, Server, in_era};

#[tokio::test]
async fn structured_content_is_also_the_text() {
    let server = Server::new().await;
    for era in BOTH {
        let answer = server.call(era, "point", json!({})).await;
        let content = json!([{ "type": "text", "text": "{\"y\":2.5,\"x\":1.5}" }]);
        assert_eq!(
            answer.result(),
            in_era(
                era,
                json!({ "content": content, "structuredContent": { "y": 2.5, "x": 1.5 } })
            )
        );
        // The members stand in the order of the type, in both places.
        assert!(
            answer
                .text()
                .contains(r#""structuredContent":{"y":2.5,"x":1.5}"#),
            "{}",
            answer.text()
        );
    }
}

#[tokio::test]
async fn what_is_no_object_is_wrapped_where_the_generation_demands_one() {
    let server = Server::new().await;
    let content = json!([{ "type": "text", "text": "[1.5,2.5]" }]);
    let legacy = json!({ "content": content, "structuredContent": { "result": [1.5, 2.5] } });
    assert_eq!(
        server.result(Era::Legacy, "numbers", json!({})).await,
        legacy
    );
    let modern =
        json!({ "resultType": "complete", "content": content, "structuredContent": [1.5, 2.5] });
    assert_eq!(
        server.result(Era::Modern, "numbers", json!({})).await,
        modern
    );
}

#[tokio::test]
async fn every_kind_of_block_has_its_members() {
    let server = Server::new().await;
    let content = json!([
        { "type": "text", "text": "text" },
        { "type": "image", "data": "AAE=", "mimeType": "image/png" },
        { "type": "audio", "data": "Ag==", "mimeType": "audio/wav" },
        { "type": "resource", "resource": { "uri": "test://a", "mimeType": "text/plain", "text": "inside" } },
        { "type": "resource", "resource": { "uri": "test://b", "mimeType": "application/octet-stream", "blob": "Aw==" } },
        { "type": "resource_link", "uri": "test://c", "name": "c", "title": "C", "size": 7 },
    ]);
    for era in BOTH {
        assert_eq!(
            server.result(era, "blocks", json!({})).await,
            in_era(era, json!({ "content": content }))
        );
    }
}

#[tokio::test]
async fn a_blocking_handler_runs_on_the_blocking_pool() {
    let server = Server::new().await;
    for era in BOTH {
        let expected = json!({ "content": [{ "type": "text", "text": "on the pool" }] });
        assert_eq!(
            server.result(era, "blocking", json!({})).await,
            in_era(era, expected)
        );
    }
}

#[tokio::test]
async fn a_handler_sees_the_request() {
    let server = Server::new().await;
    for era in BOTH {
        let mut meta = json!({});
        if era == Era::Modern {
            meta["io.modelcontextprotocol/clientInfo"] = json!({ "name": "probe", "version": "3" });
        }
        let headers = [("x-request-id", "req-7"), ("x-tenant", "acme")];
        let response = server
            .open(
                era,
                "tools/call",
                json!({ "name": "about", "_meta": meta }),
                &headers,
            )
            .await;
        let client = if era == Era::Modern {
            json!("probe 3")
        } else {
            Value::Null
        };
        let expected = json!({
            "era": format!("{era:?}"),
            "transport": "Http",
            "request_id": "req-7",
            "client": client,
            "tenant": "acme",
            "authorization": false,
            "peer": null,
        });
        assert_eq!(
            Answer::read(response).await.result()["structuredContent"],
            expected
        );
    }
}
