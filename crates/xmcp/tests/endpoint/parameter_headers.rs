//! Arguments that come as headers too (2026-07-28 basic/transports/streamable-http, "Custom Headers from Tool Parameters").

use serde_json::{Value, json};
use xmcp::Era;

use crate::{
    support::{Answer, Server},
    tools,
};

async fn call(server: &Server, era: Era, arguments: &Value, headers: &[(&str, &str)]) -> Answer {
    let params = json!({ "name": "routed", "arguments": arguments });
    Answer::read(server.open(era, "tools/call", params, headers).await).await
}

#[tokio::test]
async fn an_argument_that_has_a_header_needs_it_and_agrees_with_it() {
    let server = Server::with(tools::ROUTED, |_| {}).await;
    let both = json!({ "region": "eu", "shard": 7 });
    let (region, shard) = (("Mcp-Param-Region", "eu"), ("mcp-param-shard", "7"));
    for (arguments, headers) in [
        (json!({ "region": "eu" }), vec![region]),
        (json!({ "region": "eu", "shard": null }), vec![region]),
        (both.clone(), vec![region, shard]),
        (
            both.clone(),
            vec![
                ("mcp-param-region", "=?base64?ZXU=?="),
                ("mcp-param-shard", "7.0"),
            ],
        ),
        (
            json!({ "region": "eu" }),
            vec![region, ("mcp-param-other", "for somebody else")],
        ),
    ] {
        let result = call(&server, Era::Modern, &arguments, &headers)
            .await
            .result();
        assert_eq!(
            result["content"][0]["text"], "eu",
            "{arguments} {headers:?}"
        );
    }
    for (arguments, headers) in [
        (&both, vec![]),
        (&both, vec![region]),
        (&both, vec![region, ("mcp-param-shard", "8")]),
        (&both, vec![region, region, shard]),
        (&both, vec![shard, ("mcp-param-region", "=?base64?ZXU?=")]),
        (&both, vec![shard, ("mcp-param-region", "=?base64?Z*U=?=")]),
        (&json!({ "region": "eu" }), vec![region, shard]),
    ] {
        let (status, code, _) = call(&server, Era::Modern, arguments, &headers)
            .await
            .error();
        assert_eq!((status, code), (400, -32020), "{arguments} {headers:?}");
    }
}

#[tokio::test]
async fn before_2026_07_28_there_are_no_such_headers() {
    let server = Server::with(tools::ROUTED, |_| {}).await;
    let headers = [("mcp-param-region", "somewhere else")];
    for headers in [&headers[..], &[]] {
        let answer = call(&server, Era::Legacy, &json!({ "region": "eu" }), headers).await;
        assert_eq!(answer.result()["content"][0]["text"], "eu");
    }
}
