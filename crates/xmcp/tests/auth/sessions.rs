//! Rows S1, S2 and L5 of the threat table: what a server without transport sessions makes of their ids, and what strangers write into
//! its log. Also who is admitted without a token.

use axum::Router;
use serde_json::json;
use xmcp::{
    Era, Settings,
    auth::{
        Resource,
        scalekit::{self, ScalekitConfig},
    },
};

use crate::{
    callers::CALLERS,
    live::{Live, Request},
    scalekit::Scalekit,
    secrets::Log,
    support::{Answer, BOTH, Server},
    tools,
};

#[tokio::test]
async fn s1_the_id_of_a_transport_session_is_nobodys() {
    let live = Live::start().await;
    let [ada, eve] = ["usr_ada", "usr_eve"].map(|user| live.changed(json!({ "sub": user })));
    for era in BOTH {
        let call = Request::call(era, "who").line("mcp-session-id: 0123456789abcdef");
        for (token, user) in [(&ada, "usr_ada"), (&eve, "usr_eve")] {
            let answer = live.send(&call.clone().bearer(token)).await;
            match era {
                // An id is binding (2025-11-25 basic/transports, "Session Management"), and this one was given to nobody.
                Era::Legacy => assert_eq!(answer.status, 404),
                Era::Modern => assert_eq!(
                    (answer.said().as_str(), answer.header("mcp-session-id")),
                    (user, None)
                ),
            }
        }
        live.assert_unauthorized(&live.send(&call).await, "an id alone");
        for method in ["GET", "DELETE"] {
            let resumed = call.clone().by(method).line("last-event-id: 1");
            live.assert_unauthorized(&live.send(&resumed).await, method);
            assert_eq!(live.send(&resumed.bearer(&eve)).await.status, 405);
        }
    }
}

#[tokio::test]
async fn s2_no_session_outlives_its_token() {
    let live = Live::start().await;
    let expired = live.changed(json!({ "iat": 1000, "nbf": 1000, "exp": 4600 }));
    for era in BOTH {
        let call = Request::call(era, "who")
            .line("mcp-session-id: 0123456789abcdef")
            .bearer(&expired);
        live.assert_expired(&live.send(&call).await, "an expired token with an id");
    }
}

#[tokio::test]
async fn l5_what_strangers_write_does_not_forge_the_log() {
    let (live, log) = (Live::start().await, Log::start());
    let evil = "\u{1b}[31mred\r\nforged line\n\u{9b}2J\u{2028}";
    let token = live.scalekit.mint(json!({}), json!({ "kid": evil }));
    let good = live.token("openid");
    for era in BOTH {
        live.assert_invalid(&live.call(era, "who", &token).await, "a key id that draws");
        for claims in [
            json!({ "iss": evil }),
            json!({ "aud": [evil] }),
            json!({ "resource": evil }),
        ] {
            live.assert_invalid(
                &live.call(era, "who", &live.changed(claims)).await,
                "a claim that draws",
            );
        }
        let body = json!({ "jsonrpc": "2.0", "id": evil, "method": "tools/call", "params": { "name": evil, "arguments": { evil: evil } } });
        let answer = live
            .send(
                &Request::call(era, "who")
                    .bearer(&good)
                    .body(body.to_string()),
            )
            .await;
        assert!(matches!(answer.status, 200 | 400), "{answer:?}");
        for name in [
            "origin",
            "host",
            "x-request-id",
            "mcp-protocol-version",
            "mcp-name",
            "user-agent",
        ] {
            let line = [name.as_bytes(), b": \x1b[31mred\xc2\x9b\xff\tforged line"].concat();
            let answer = live
                .send(&Request::call(era, "who").bearer(&good).line(line))
                .await;
            for text in [&answer.head, &answer.body] {
                assert!(
                    !text.contains('\u{1b}') && !text.contains('\u{9b}'),
                    "{name}: {answer:?}"
                );
            }
        }
    }
    let text = log.text();
    assert!(
        text.contains("31mred"),
        "the key id is in the log, in some form"
    );
    for line in text.lines() {
        assert!(!line.starts_with("forged line"), "{line}");
        assert!(
            !line.contains(['\u{1b}', '\u{9b}', '\u{2028}', '\r']),
            "{line:?}"
        );
    }
}

#[tokio::test]
async fn where_strangers_are_admitted_a_tool_sees_nobody_or_who_it_is() {
    let scalekit = Scalekit::start(
        scalekit_emulator::Emulator::builder(),
        "http://localhost:3001/mcp",
    )
    .await;
    let config = ScalekitConfig::new(scalekit.environment_url())
        .unwrap()
        .resource_id("res_test");
    let protected = scalekit::provider(config)
        .protect(Resource::on_loopback(3001, "/mcp"))
        .unwrap();
    // Tools that need somebody cannot be served without a provider, so these are left out.
    let open = || {
        CALLERS
            .iter()
            .position(|tool| tool.name == "maybe_who")
            .unwrap()
    };
    let server = xmcp::router(tools::app(&CALLERS[open()..=open()]), Settings::default())
        .await
        .unwrap();
    let router = Router::new()
        .fallback_service(server)
        .layer(protected.layer.admit_anonymous());
    let server = Server { router };
    let good = format!(
        "Bearer {}",
        scalekit.mint(json!({ "sub": "usr_ada" }), json!({}))
    );
    for era in BOTH {
        for (headers, expected) in [
            (vec![], "nobody"),
            (vec![("authorization", good.as_str())], "usr_ada"),
        ] {
            let params = json!({ "name": "maybe_who", "arguments": {} });
            let answer = Answer::read(server.open(era, "tools/call", params, &headers).await)
                .await
                .result();
            assert_eq!(answer["content"][0]["text"], expected);
        }
        let params = json!({ "name": "maybe_who", "arguments": {} });
        let bad = server
            .open(
                era,
                "tools/call",
                params,
                &[("authorization", "Bearer a.b.c")],
            )
            .await;
        assert_eq!(bad.status(), 401);
    }
}
