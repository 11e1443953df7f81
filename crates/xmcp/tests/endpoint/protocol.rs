//! Which generation a request belongs to, and what each wants (2025-11-25 basic/lifecycle and basic/transports; 2026-07-28
//! basic/versioning and basic/transports/streamable-http).

use http::Method;
use serde_json::{Value, json};
use xmcp::Era;

use crate::support::{ACCEPT, Answer, BOTH, Server, modern_meta};
use crate::tools;

const SUPPORTED: [&str; 5] = [
    "2026-07-28",
    "2025-11-25",
    "2025-06-18",
    "2025-03-26",
    "2024-11-05",
];

/// A call of `hello` with exactly these headers and this `_meta`.
async fn call(server: &Server, headers: &[(&str, &str)], meta: Value) -> Answer {
    let mut all = vec![("content-type", "application/json"), ("accept", ACCEPT)];
    all.extend_from_slice(headers);
    let params = json!({ "name": "hello", "_meta": meta });
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    server
        .ask(Method::POST, "/mcp", &all, body.to_string())
        .await
}

fn meta() -> Value {
    modern_meta()
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

const VERSION: (&str, &str) = ("mcp-protocol-version", "2026-07-28");
const METHOD: (&str, &str) = ("mcp-method", "tools/call");
const NAME: (&str, &str) = ("mcp-name", "hello");

#[tokio::test]
async fn initialize_agrees_on_a_version_with_a_handshake() {
    let server = Server::new().await;
    let cases = [
        ("2025-11-25", "2025-11-25"),
        ("2025-06-18", "2025-06-18"),
        ("2025-03-26", "2025-03-26"),
        ("2024-11-05", "2024-11-05"),
        ("2026-07-28", "2025-11-25"),
        ("1999-01-01", "2025-11-25"),
        ("", "2025-11-25"),
    ];
    for (requested, agreed) in cases {
        let params = json!({ "protocolVersion": requested, "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } });
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params });
        let expected = json!({
            "protocolVersion": agreed,
            "capabilities": { "tools": {}, "logging": {} },
            "serverInfo": { "name": "test", "version": "1.2.3" },
        });
        let answer = server.post(body.to_string()).await;
        assert_eq!(answer.result(), expected, "{requested}");
        assert_eq!(
            answer.header("mcp-session-id"),
            None,
            "the server keeps no transport sessions"
        );
    }
}

#[tokio::test]
async fn the_server_says_what_it_is_in_both_generations() {
    let server = Server::with(&tools::TOOLS[..1], |settings| {
        settings.server.title = Some("Test".to_owned());
        settings.server.description = Some("A server to test".to_owned());
        settings.server.website = Some("https://example.com/".to_owned());
        settings.server.instructions = Some("Call hello first.".to_owned());
    })
    .await;
    let info = json!({
        "name": "test",
        "version": "1.2.3",
        "title": "Test",
        "description": "A server to test",
        "websiteUrl": "https://example.com/",
    });
    let initialized = server
        .request(
            Era::Legacy,
            "initialize",
            json!({ "protocolVersion": "2025-11-25" }),
        )
        .await
        .result();
    let expected = json!({
        "protocolVersion": "2025-11-25",
        "capabilities": { "tools": {} },
        "serverInfo": info,
        "instructions": "Call hello first.",
    });
    assert_eq!(initialized, expected);
    let discovered = server
        .request(Era::Modern, "server/discover", json!({}))
        .await
        .result();
    let expected = json!({
        "resultType": "complete",
        "supportedVersions": SUPPORTED,
        "capabilities": { "tools": {} },
        "ttlMs": 0,
        "cacheScope": "public",
        "_meta": { "io.modelcontextprotocol/serverInfo": info },
        "instructions": "Call hello first.",
    });
    assert_eq!(discovered, expected);
}

#[tokio::test]
async fn methods_belong_to_their_generation() {
    let server = Server::new().await;
    let legacy_only = [
        ("ping", json!({})),
        ("initialize", json!({ "protocolVersion": "2025-11-25" })),
        ("logging/setLevel", json!({ "level": "info" })),
    ];
    for (method, params) in legacy_only {
        assert_eq!(
            server
                .request(Era::Legacy, method, params.clone())
                .await
                .status,
            200,
            "{method}"
        );
        let expected = (404, -32601, format!("method not found: `{method}`"));
        assert_eq!(
            server.request(Era::Modern, method, params).await.error(),
            expected
        );
    }
    let (status, code, _) = server
        .request(Era::Legacy, "server/discover", json!({}))
        .await
        .error();
    assert_eq!(
        (status, code),
        (400, -32602),
        "discovery is a modern request that lacks its `_meta`"
    );
    for method in ["ping", "logging/setLevel"] {
        let answer = server
            .request(Era::Legacy, method, json!({ "level": "debug" }))
            .await;
        assert_eq!(
            answer.text(),
            r#"{"jsonrpc":"2.0","id":1,"result":{}}"#,
            "{method}"
        );
    }
}

#[tokio::test]
async fn a_level_cannot_be_set_where_nothing_logs() {
    let server = Server::with(&tools::TOOLS[..1], |_| {}).await;
    let answer = server
        .request(Era::Legacy, "logging/setLevel", json!({ "level": "info" }))
        .await
        .error();
    assert_eq!(
        answer,
        (
            200,
            -32601,
            "method not found: `logging/setLevel`".to_owned()
        )
    );
}

#[tokio::test]
async fn a_modern_request_must_say_in_its_headers_what_its_body_says() {
    let server = Server::new().await;
    let cases: &[(&[(&str, &str)], &str)] = &[
        (
            &[METHOD, NAME],
            "the header `MCP-Protocol-Version` is missing",
        ),
        (
            &[("mcp-protocol-version", "2025-11-25"), METHOD, NAME],
            "the header `MCP-Protocol-Version` differs from the version in `_meta`",
        ),
        (
            &[VERSION, VERSION, METHOD, NAME],
            "the header `mcp-protocol-version` stands more than once",
        ),
        (&[VERSION, NAME], "the header `mcp-method` is missing"),
        (
            &[VERSION, ("mcp-method", "tools/list"), NAME],
            "the header `mcp-method` differs from the body",
        ),
        (
            &[VERSION, ("mcp-method", "Tools/Call"), NAME],
            "the header `mcp-method` differs from the body",
        ),
        (
            &[VERSION, ("mcp-method", "=?base64?dG9vbHMvY2FsbA==?="), NAME],
            "the header `mcp-method` differs from the body",
        ),
        (
            &[VERSION, METHOD, METHOD, NAME],
            "the header `mcp-method` stands more than once",
        ),
        (&[VERSION, METHOD], "the header `mcp-name` is missing"),
        (
            &[VERSION, METHOD, ("mcp-name", "repeat")],
            "the header `mcp-name` differs from the body",
        ),
        (
            &[VERSION, METHOD, ("mcp-name", "Hello")],
            "the header `mcp-name` differs from the body",
        ),
        (
            &[VERSION, METHOD, ("mcp-name", "=?base64?cmVwZWF0?=")],
            "the header `mcp-name` differs from the body",
        ),
        (
            &[VERSION, METHOD, ("mcp-name", "=?base64?aGVsbG8?=")],
            "the header `mcp-name` differs from the body",
        ),
        (
            &[VERSION, METHOD, ("mcp-name", "aGVsbG8=")],
            "the header `mcp-name` differs from the body",
        ),
        (
            &[VERSION, METHOD, NAME, ("mcp-name", "repeat")],
            "the header `mcp-name` stands more than once",
        ),
        (
            &[VERSION, METHOD, ("mcp-name", "hellö")],
            "the header `mcp-name` has characters that are not visible ASCII",
        ),
    ];
    for (headers, message) in cases {
        let answer = call(&server, headers, meta()).await;
        let expected =
            json!({ "jsonrpc": "2.0", "id": 1, "error": { "code": -32020, "message": message } });
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (400, expected),
            "{headers:?}"
        );
    }
    for name in ["hello", "=?base64?aGVsbG8=?="] {
        let answer = call(&server, &[VERSION, METHOD, ("mcp-name", name)], meta()).await;
        assert_eq!(answer.result()["content"][0]["text"], "hello", "{name}");
    }
}

#[tokio::test]
async fn methods_without_a_name_need_no_name_header() {
    let server = Server::new().await;
    for method in ["tools/list", "server/discover"] {
        assert_eq!(
            server.request(Era::Modern, method, json!({})).await.status,
            200
        );
    }
}

#[tokio::test]
async fn a_version_that_is_not_spoken_is_refused_with_those_that_are() {
    let server = Server::new().await;
    let mut future = meta();
    future["io.modelcontextprotocol/protocolVersion"] = "2099-01-01".into();
    let headers: [(&str, &str); 3] = [("mcp-protocol-version", "2099-01-01"), METHOD, NAME];
    for meta in [future, json!({})] {
        let answer = call(&server, &headers, meta).await;
        let data = json!({ "supported": SUPPORTED, "requested": "2099-01-01" });
        let error =
            json!({ "code": -32022, "message": "unsupported protocol version", "data": data });
        assert_eq!(
            (answer.status.as_u16(), answer.json()),
            (400, json!({ "jsonrpc": "2.0", "id": 1, "error": error }))
        );
    }
}

#[tokio::test]
async fn a_modern_request_must_carry_capabilities_and_version() {
    let server = Server::new().await;
    let cases = [
        (
            json!({ "io.modelcontextprotocol/protocolVersion": "2026-07-28" }),
            "clientCapabilities",
        ),
        (
            json!({ "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": [] }),
            "clientCapabilities",
        ),
        (
            json!({ "io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": null }),
            "clientCapabilities",
        ),
        (
            json!({ "io.modelcontextprotocol/clientCapabilities": {} }),
            "protocolVersion",
        ),
        (json!({}), "protocolVersion"),
    ];
    for (meta, key) in cases {
        let answer = call(&server, &[VERSION, METHOD, NAME], meta.clone())
            .await
            .error();
        let message =
            format!("`_meta` lacks `io.modelcontextprotocol/{key}` or has it with a wrong type");
        assert_eq!(answer, (400, -32602, message), "{meta}");
    }
    for meta in [
        json!({ "io.modelcontextprotocol/protocolVersion": 7 }),
        json!([]),
        json!("x"),
    ] {
        let (status, code, message) = call(&server, &[VERSION, METHOD, NAME], meta).await.error();
        assert_eq!((status, code), (400, -32602), "{message}");
    }
}

#[tokio::test]
async fn earlier_versions_need_no_header_and_take_any_that_is_spoken() {
    let server = Server::new().await;
    let text = |answer: Answer| answer.result()["content"][0]["text"].clone();
    assert_eq!(text(call(&server, &[], json!({})).await), "hello");
    for version in &SUPPORTED[1..] {
        assert_eq!(
            text(call(&server, &[("mcp-protocol-version", version)], json!({})).await),
            "hello"
        );
    }
    // The headers of 2026-07-28 mean nothing before it.
    let headers = [
        ("mcp-protocol-version", "2025-11-25"),
        ("mcp-method", "ping"),
        ("mcp-name", "x"),
    ];
    assert_eq!(text(call(&server, &headers, json!({})).await), "hello");
}

#[tokio::test]
async fn only_modern_results_say_their_type() {
    let server = Server::new().await;
    for (method, params) in [
        ("tools/list", json!({})),
        ("tools/call", json!({ "name": "hello" })),
    ] {
        let result = server
            .request(Era::Modern, method, params.clone())
            .await
            .result();
        assert_eq!(result["resultType"], "complete", "{method}");
        assert_eq!(
            server
                .request(Era::Legacy, method, params)
                .await
                .result()
                .get("resultType"),
            None,
            "{method}"
        );
    }
}

#[tokio::test]
async fn the_list_shows_what_each_generation_can_take() {
    let server = Server::with(&tools::TOOLS[..5], |_| {}).await;
    for era in BOTH {
        let numbers = json!({ "type": "array", "items": { "type": "number" } });
        let numbers = match era {
            Era::Legacy => {
                json!({ "type": "object", "properties": { "result": numbers }, "required": ["result"] })
            }
            Era::Modern => numbers,
        };
        let nothing = json!({ "type": "object", "properties": {}, "additionalProperties": false });
        let expected = json!([
            {
                "name": "hello",
                "title": "Hello",
                "description": "Description of hello",
                "inputSchema": nothing,
                "annotations": { "readOnlyHint": true, "openWorldHint": false },
            },
            {
                "name": "repeat",
                "description": "Description of repeat",
                "inputSchema": {
                    "type": "object",
                    "properties": {
                        "text": { "description": "What to repeat", "type": "string", "minLength": 1, "maxLength": 20 },
                        "times": { "description": "How often", "type": "integer", "minimum": 1, "maximum": 3 },
                        "loud": { "description": "In capitals", "type": "boolean" },
                        "tags": { "description": "After it", "type": "array", "items": { "type": "string" }, "default": [] },
                    },
                    "required": ["text"],
                    "additionalProperties": false,
                },
            },
            {
                "name": "raw",
                "description": "Takes what its own schema says",
                "inputSchema": {
                    "type": "object",
                    "properties": { "when": { "type": "string", "pattern": "^[0-9]{4}$" } },
                    "required": ["when"],
                },
                "_meta": { "example.com/color": "blue" },
            },
            {
                "name": "point",
                "description": "Description of point",
                "inputSchema": nothing,
                "outputSchema": {
                    "type": "object",
                    "properties": { "y": { "type": "number" }, "x": { "type": "number" } },
                    "required": ["y", "x"],
                },
            },
            { "name": "numbers", "description": "Description of numbers", "inputSchema": nothing, "outputSchema": numbers },
        ]);
        let mut list = server.request(era, "tools/list", json!({})).await.result();
        assert_eq!(list["tools"].take(), expected, "{era:?}");
        let rest = match era {
            Era::Legacy => json!({ "tools": null }),
            Era::Modern => {
                json!({ "resultType": "complete", "tools": null, "ttlMs": 0, "cacheScope": "public" })
            }
        };
        assert_eq!(list, rest);
    }
}

/// 2025-11-25 basic/lifecycle, "Version Negotiation"; 2026-07-28 basic/versioning.
#[tokio::test]
async fn versions_that_the_settings_leave_out_are_not_spoken() {
    use xmcp::codegen::ProtocolVersion;

    let speaking = async |versions: Vec<ProtocolVersion>| {
        Server::with(&tools::TOOLS[..1], |settings| {
            settings.server.versions = versions
        })
        .await
    };
    let initialize = async |server: &Server| {
        let params = json!({ "protocolVersion": "2025-11-25" });
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params });
        server.post(body.to_string()).await
    };
    let only = |version: &str, requested: &str| {
        let data = json!({ "supported": [version], "requested": requested });
        json!({ "code": -32022, "message": "unsupported protocol version", "data": data })
    };

    let modern = speaking(vec![ProtocolVersion::V2026_07_28]).await;
    let discovered = modern
        .request(Era::Modern, "server/discover", json!({}))
        .await;
    assert_eq!(
        discovered.result()["supportedVersions"],
        json!(["2026-07-28"])
    );
    for (answer, requested) in [
        (initialize(&modern).await, "2025-11-25"),
        (
            modern.call(Era::Legacy, "hello", json!({})).await,
            "2025-11-25",
        ),
        (call(&modern, &[], json!({})).await, "2025-03-26"),
    ] {
        let answer = (answer.status.as_u16(), answer.json()["error"].take());
        assert_eq!(answer, (400, only("2026-07-28", requested)));
    }

    let legacy = speaking(vec![ProtocolVersion::V2025_06_18]).await;
    assert_eq!(
        initialize(&legacy).await.result()["protocolVersion"],
        "2025-06-18"
    );
    let answer = legacy.call(Era::Modern, "hello", json!({})).await;
    let answer = (answer.status.as_u16(), answer.json()["error"].take());
    assert_eq!(answer, (400, only("2025-06-18", "2026-07-28")));
    assert_eq!(call(&legacy, &[], json!({})).await.status, 200);
}
