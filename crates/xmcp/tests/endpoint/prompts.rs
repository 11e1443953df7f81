//! Prompts (2025-11-25 and 2026-07-28 server/prompts).

use std::time::Duration;

use serde_json::{Value, json};
use xmcp::{Era, Session};

use crate::{
    primitives::PROMPTS,
    support::{Answer, BOTH, Server, app_of, in_era},
};

async fn server() -> Server {
    Server::app(app_of(PROMPTS, &[]), |_| {}, None, None).await
}

async fn get(server: &Server, era: Era, params: Value) -> Answer {
    server.request(era, "prompts/get", params).await
}

fn text(text: &str) -> Value {
    json!({ "role": "user", "content": { "type": "text", "text": text } })
}

/// "Listing Prompts" and "Prompt".
#[tokio::test]
async fn the_list_shows_prompts_with_their_arguments() {
    let server = server().await;
    for era in BOTH {
        let list = server
            .request(era, "prompts/list", json!({}))
            .await
            .result();
        let names: Vec<&str> = list["prompts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|prompt| prompt["name"].as_str().unwrap())
            .collect();
        let expected = [
            "messages",
            "plain",
            "review",
            "failing",
            "guarded_prompt",
            "endless",
        ];
        assert_eq!(
            names, expected,
            "the number of `order` goes before the path"
        );
        assert_eq!(
            list["prompts"][1],
            json!({ "name": "plain", "description": "Description of plain" })
        );
        assert_eq!(
            list["prompts"][2],
            json!({
                "name": "review",
                "title": "Code review",
                "description": "Reviews code",
                "icons": [{ "src": "https://example.com/a.png", "mimeType": "image/png", "sizes": ["48x48", "96x96"], "theme": "dark" }],
                "arguments": [
                    { "name": "code", "title": "Code", "description": "What to review", "required": true },
                    { "name": "language", "required": true },
                    { "name": "tone", "description": "How strict to be", "required": false },
                ],
                "_meta": { "example.com/color": "blue" },
            })
        );
    }
}

/// "Getting a Prompt".
#[tokio::test]
async fn a_prompt_without_arguments_needs_none() {
    let server = server().await;
    for era in BOTH {
        for params in [
            json!({ "name": "plain" }),
            json!({ "name": "plain", "arguments": {} }),
        ] {
            let expected = json!({ "description": "Description of plain", "messages": [text("a plain prompt")] });
            assert_eq!(
                get(&server, era, params).await.result(),
                in_era(era, expected)
            );
        }
    }
}

#[tokio::test]
async fn arguments_reach_the_handler() {
    let server = server().await;
    for era in BOTH {
        let arguments = json!({ "code": "x + 1", "language": "rust", "tone": "very-kind" });
        let result = get(
            &server,
            era,
            json!({ "name": "review", "arguments": arguments }),
        )
        .await;
        let expected = json!({
            "description": "Reviews code",
            "messages": [text("x + 1 in rust (Some(VeryKind), Http)")],
        });
        assert_eq!(result.result(), in_era(era, expected));
    }
}

/// "PromptMessage".
#[tokio::test]
async fn a_prompt_may_have_many_messages_of_any_content() {
    let server = server().await;
    for era in BOTH {
        let expected = json!({
            "description": "Several",
            "messages": [
                { "role": "user", "content": { "type": "image", "data": "AAE=", "mimeType": "image/png" } },
                { "role": "user", "content": { "type": "resource", "resource": { "uri": "test://a", "mimeType": "text/plain", "text": "inside" } } },
                { "role": "assistant", "content": { "type": "text", "text": "I see." } },
            ],
        });
        let result = get(&server, era, json!({ "name": "messages" }))
            .await
            .result();
        assert_eq!(result, in_era(era, expected));
    }
}

/// "Error Handling".
#[tokio::test]
async fn what_is_wrong_with_a_request_is_an_error_of_its_params() {
    let server = server().await;
    let cases = [
        (json!({}), "`name` is missing"),
        (json!({ "name": "no_such" }), "unknown prompt `no_such`"),
        (
            json!({ "name": "review" }),
            "missing arguments of the prompt `review`: `code`, `language`",
        ),
        (
            json!({ "name": "review", "arguments": { "language": "rust", "tone": "kind" } }),
            "missing arguments of the prompt `review`: `code`",
        ),
        (
            json!({ "name": "review", "arguments": { "code": null, "language": "rust" } }),
            "missing arguments of the prompt `review`: `code`",
        ),
        (
            json!({ "name": "review", "arguments": { "code": "x".repeat(101), "language": "rust" } }),
            "`code`: ",
        ),
        (
            json!({ "name": "review", "arguments": { "code": "x", "language": "rust", "tone": "loud" } }),
            "`tone`: ",
        ),
        (
            json!({ "name": "review", "arguments": { "code": "x", "language": "rust", "extra": "1" } }),
            "`extra`",
        ),
    ];
    for era in BOTH {
        for (params, expected) in &cases {
            let (status, code, message) = get(&server, era, params.clone()).await.error();
            assert_eq!((status, code), (200, -32602), "{params}");
            assert!(message.contains(expected), "{params}: {message}");
        }
    }
}

#[tokio::test]
async fn a_failing_handler_answers_with_an_error() {
    let server = server().await;
    for era in BOTH {
        let fail = async |how: &str| {
            let params = json!({ "name": "failing", "arguments": { "how": how } });
            get(&server, era, params).await.error()
        };
        let (_, code, message) = fail("message").await;
        assert_eq!((code, &*message), (-32603, "there is no such file"));
        let (_, code, message) = fail("internal").await;
        assert_eq!(code, -32603);
        assert!(
            message.starts_with("internal error (request id "),
            "{message}"
        );
        assert_eq!(
            fail("rpc").await,
            (200, -32602, "no such project".to_owned())
        );
        let (_, code, message) = fail("illegal_rpc").await;
        assert_eq!(code, -32603);
        assert!(!message.contains("not mine"), "{message}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_prompt_has_the_time_of_a_call() {
    let limit = |settings: &mut xmcp::Settings| {
        settings.http.limits.call_timeout = Duration::from_secs(5);
    };
    let server = Server::app(app_of(PROMPTS, &[]), limit, None, None).await;
    for era in BOTH {
        let answer = get(&server, era, json!({ "name": "endless" }))
            .await
            .error();
        let message = "the prompt did not answer within 5 s";
        assert_eq!(answer, (200, -32603, message.to_owned()));
    }
}

#[tokio::test]
async fn a_large_prompt_is_refused() {
    let limit = |settings: &mut xmcp::Settings| settings.http.limits.output = 1024;
    let server = Server::app(app_of(PROMPTS, &[]), limit, None, None).await;
    for (length, fits) in [(90, true), (100, true)] {
        let arguments = json!({ "code": "x".repeat(length), "language": "y".repeat(300) });
        let answer = get(
            &server,
            Era::Modern,
            json!({ "name": "review", "arguments": arguments }),
        )
        .await;
        assert_eq!(answer.json().get("result").is_some(), fits);
    }
    let arguments = json!({ "code": "x", "language": "y".repeat(1024) });
    let answer = get(
        &server,
        Era::Modern,
        json!({ "name": "review", "arguments": arguments }),
    )
    .await;
    let message = "the prompt `review` gives more than 1024 bytes";
    assert_eq!(answer.error(), (200, -32603, message.to_owned()));
}

#[tokio::test]
async fn a_prompt_that_asks_for_scopes_is_for_those_who_hold_them() {
    for (scopes, status) in [(&["todo:read"][..], 200), (&["todo:write"], 403)] {
        let session = Session::for_test("usr_1")
            .scopes(scopes.iter().copied())
            .build();
        let server = Server::app(app_of(PROMPTS, &[]), |_| {}, None, Some(session)).await;
        for era in BOTH {
            let answer = get(&server, era, json!({ "name": "guarded_prompt" })).await;
            assert_eq!(answer.status, status);
        }
    }
}

#[tokio::test]
async fn a_list_of_prompts_leaves_out_what_the_caller_may_not_use_when_the_settings_say_so() {
    let hide = |settings: &mut xmcp::Settings| settings.server.hide_unauthorized = true;
    for (session, length) in [
        (None, 5),
        (
            Some(Session::for_test("usr_1").scopes(["todo:read"]).build()),
            6,
        ),
    ] {
        let server = Server::app(app_of(PROMPTS, &[]), hide, None, session).await;
        let list = server
            .request(Era::Modern, "prompts/list", json!({}))
            .await
            .result();
        assert_eq!(list["prompts"].as_array().unwrap().len(), length);
        assert_eq!(list["cacheScope"], "private");
    }
}

/// 2025-11-25 basic/lifecycle, "Capability Negotiation".
#[tokio::test]
async fn what_is_not_there_is_neither_announced_nor_answered() {
    let without = Server::new().await;
    let with = server().await;
    for era in BOTH {
        for method in [
            "prompts/list",
            "prompts/get",
            "resources/list",
            "resources/read",
            "completion/complete",
        ] {
            let params = match method {
                "resources/read" => json!({ "uri": "test://rules" }),
                _ => json!({ "name": "plain" }),
            };
            let (_, code, message) = without.request(era, method, params).await.error();
            assert_eq!(
                (code, message),
                (-32601, format!("method not found: `{method}`"))
            );
        }
    }
    let params = json!({ "protocolVersion": "2025-11-25" });
    let initialized = with
        .request(Era::Legacy, "initialize", params)
        .await
        .result();
    let expected = json!({ "tools": {}, "prompts": {}, "completions": {}, "logging": {} });
    assert_eq!(initialized["capabilities"], expected);
    let discovered = with
        .request(Era::Modern, "server/discover", json!({}))
        .await
        .result();
    let told = json!({ "listChanged": true });
    let expected = json!({ "tools": told, "prompts": told, "completions": {}, "logging": {} });
    assert_eq!(discovered["capabilities"], expected);
}

/// 2026-07-28 basic/transports/streamable-http, "Standard Request Headers".
#[tokio::test]
async fn the_name_header_repeats_the_prompts_name() {
    let server = server().await;
    for (name, status) in [("plain", 200), ("review", 400)] {
        let mut params = json!({ "name": "plain" });
        for (key, value) in crate::support::modern_meta() {
            params["_meta"][key] = value;
        }
        let message =
            json!({ "jsonrpc": "2.0", "id": 1, "method": "prompts/get", "params": params });
        let headers = [
            ("content-type", "application/json"),
            ("accept", crate::support::ACCEPT),
            ("mcp-protocol-version", "2026-07-28"),
            ("mcp-method", "prompts/get"),
            ("mcp-name", name),
        ];
        let answer = server
            .ask(http::Method::POST, "/mcp", &headers, message.to_string())
            .await;
        assert_eq!(answer.status, status);
    }
}
