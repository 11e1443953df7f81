//! One adversary at a server with everything turned on: a provider, transport sessions, and a page of a browser that may call. It knows
//! the id of another caller's session, and tries one door after the other. Rows X5, X7, X8, H1 to H8, S1, S2 of the threat table.

use scalekit_emulator::Signer;
use serde_json::{Value, json};
use xmcp::{Era, Settings};

use crate::{
    fixture::Setup,
    live::{Live, Raw, Request},
    support::BOTH,
};

/// The page that may call.
const PAGE: &str = "https://app.example";
/// Where this server says it is.
const PUBLIC: &str = "https://notes.example";

struct Adversary {
    live: Live,
    /// Ada's token and her session, of which the adversary has the id.
    ada: String,
    session: String,
    /// A good token of its own, without the scope of `admin`.
    own: String,
}

#[tokio::test]
async fn an_adversary_who_knows_a_session_gets_through_no_door() {
    let adversary = Adversary::new().await;
    adversary.without_a_credential().await;
    adversary.with_a_bad_credential().await;
    adversary.as_another_user().await;
    adversary.with_ids_like_the_one_it_knows().await;
    adversary.with_a_token_that_is_over().await;
    adversary.under_another_name().await;
    adversary.asks_as_a_page_in_adas_browser().await;
    adversary.with_a_preflight().await;
    adversary.without_the_scope().await;
    adversary
        .with_messages_that_two_readers_read_differently()
        .await;
    adversary.leaves_everything_as_it_was().await;
}

impl Adversary {
    async fn new() -> Self {
        let mut settings = Settings::default();
        settings.http.sessions = true;
        settings.http.cors = vec![PAGE.to_owned()];
        settings.http.allowed_hosts = vec!["notes.example".to_owned()];
        settings.http.allowed_origins = vec![PUBLIC.to_owned()];
        let live = Live::with(Setup {
            settings,
            dev: false,
            ..Setup::default()
        })
        .await;
        let ada = live.token("openid");
        let own = live.changed(json!({ "sub": "usr_eve", "scope": "openid" }));
        let opened = live.send(&initialize().bearer(&ada)).await;
        assert_eq!(opened.status, 200, "{opened:?}");
        let session = opened.header("mcp-session-id").unwrap().to_owned();
        Self {
            live,
            ada,
            session,
            own,
        }
    }

    /// Everything that one may send to a session, with its id.
    fn requests(&self) -> Vec<(&'static str, Request)> {
        let of = |request: Request| request.line(format!("mcp-session-id: {}", self.session));
        let call = Request::call(Era::Legacy, "counted");
        let told = |message: Value| of(call.clone().body(message.to_string()));
        let cancelled = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 1 } });
        let answer =
            json!({ "jsonrpc": "2.0", "id": 1, "result": { "action": "accept", "content": {} } });
        let listen = of(call
            .clone()
            .by("GET")
            .body("")
            .without("accept")
            .line("accept: text/event-stream"));
        vec![
            ("a call", of(call.clone())),
            ("a cancellation", told(cancelled)),
            ("an answer", told(answer)),
            ("its stream", listen.clone()),
            ("what was said before", listen.line("last-event-id: 0-0")),
            ("its end", of(call.by("DELETE").body(""))),
        ]
    }

    async fn without_a_credential(&self) {
        for (what, request) in self.requests() {
            self.live
                .assert_unauthorized(&self.live.send(&request).await, what);
            let query = format!("/mcp?access_token={}", self.ada);
            let answer = self.live.send(&request.clone().to(&query)).await;
            self.live.assert_unauthorized(&answer, what);
            let cookie = format!(
                "cookie: access_token={}; session={}",
                self.ada, self.session
            );
            self.live
                .assert_unauthorized(&self.live.send(&request.line(cookie)).await, what);
        }
    }

    async fn with_a_bad_credential(&self) {
        let mint = &self.live.scalekit;
        let claims = json!({ "sub": "usr_ada" });
        let bad = [
            (
                "of another key",
                mint.mint_signed(claims.clone(), json!({}), &Signer::Stranger),
            ),
            (
                "of an unknown key",
                mint.mint(claims.clone(), json!({ "kid": "snk_unknown" })),
            ),
            (
                "for another resource",
                self.live
                    .changed(json!({ "sub": "usr_ada", "aud": ["res_other"] })),
            ),
            (
                "of another issuer",
                self.live
                    .changed(json!({ "sub": "usr_ada", "iss": "https://evil.example" })),
            ),
            (
                "bound to a key",
                self.live
                    .changed(json!({ "sub": "usr_ada", "cnf": { "jkt": "k" } })),
            ),
        ];
        for (what, token) in &bad {
            for (_, request) in self.requests() {
                self.live
                    .assert_invalid(&self.live.send(&request.bearer(token)).await, what);
            }
        }
        for (what, request) in self.requests() {
            let both = request.bearer(&self.own).bearer(&self.ada);
            self.live
                .assert_ambiguous(&self.live.send(&both).await, what);
        }
    }

    /// S1: to everybody but its maker there is no such session.
    async fn as_another_user(&self) {
        for (what, request) in self.requests() {
            let answer = self.live.send(&request.bearer(&self.own)).await;
            assert_eq!(answer.status, 404, "{what}: {answer:?}");
        }
        // The protocol of 2026-07-28 has no sessions, and an id gives nothing.
        let call =
            Request::call(Era::Modern, "who").line(format!("mcp-session-id: {}", self.session));
        assert_eq!(
            self.live.send(&call.bearer(&self.own)).await.said(),
            "usr_eve"
        );
    }

    async fn with_ids_like_the_one_it_knows(&self) {
        let id = &self.session;
        let mut last = id.clone();
        let end = if last.pop() == Some('0') { '1' } else { '0' };
        last.push(end);
        for like in [
            &last,
            &id[1..],
            &id.to_uppercase(),
            &format!("{id}0"),
            &format!("{id},{id}"),
            "0",
            "*",
            "../0",
        ] {
            if like == id {
                continue;
            }
            for token in [&self.own, &self.ada] {
                let call =
                    Request::call(Era::Legacy, "counted").line(format!("mcp-session-id: {like}"));
                let answer = self.live.send(&call.bearer(token)).await;
                assert_eq!(answer.status, 404, "{like}: {answer:?}");
            }
        }
        let (_, call) = self.requests().swap_remove(0);
        let twice = call.line("mcp-session-id: 0").bearer(&self.ada);
        assert_eq!(self.live.send(&twice).await.status, 400);
    }

    /// S2: a session is no credential, not even for its maker.
    async fn with_a_token_that_is_over(&self) {
        let over = json!({ "sub": "usr_ada", "iat": 1000, "nbf": 1000, "exp": 4600 });
        let over = self.live.changed(over);
        for (what, request) in self.requests() {
            self.live
                .assert_expired(&self.live.send(&request.bearer(&over)).await, what);
        }
    }

    /// H1 to H3: a name that was pointed at this machine helps nobody, whatever else is right.
    async fn under_another_name(&self) {
        for host in [
            "evil.example",
            "localhost.evil.com",
            "127.0.0.1.nip.io",
            "[::ffff:7f00:1]",
            "notes.example.evil.com",
            "evil.example:80",
        ] {
            for (what, request) in self.requests() {
                let request = request.bearer(&self.ada).line(format!("host: {host}"));
                for forwarded in [
                    "",
                    "x-forwarded-host: localhost",
                    "forwarded: host=localhost",
                ] {
                    let request = match forwarded {
                        "" => request.clone(),
                        line => request.clone().line(line),
                    };
                    let answer = self.live.send(&request).await;
                    assert_eq!(answer.status, 403, "{what} {host} {forwarded}: {answer:?}");
                    assert_unmarked(&answer);
                }
            }
        }
        let (_, call) = self.requests().swap_remove(0);
        let call = call.bearer(&self.ada);
        let two = call
            .clone()
            .line("host: localhost")
            .line("host: evil.example");
        assert_eq!(self.live.send(&two).await.status, 400);
        let absolute = call.line("host: localhost").to("http://evil.example/mcp");
        assert!(matches!(self.live.send(&absolute).await.status, 400 | 403));
    }

    /// H4 to H6: a page that has found out everything is still a page of somebody else.
    async fn asks_as_a_page_in_adas_browser(&self) {
        for origin in [
            "https://evil.example",
            "null",
            "http://localhost.evil.com",
            "https://app.example.evil.com",
            "https://app.example:444",
            "http://app.example",
            "https://app.example, https://evil.example",
            "https://user@app.example",
            // In production pages of this machine are strangers too, unless they are this server's own.
            "http://localhost:6274",
            "file://",
            "",
        ] {
            for (what, request) in self.requests() {
                let request = request.bearer(&self.ada).line(format!("origin: {origin}"));
                for target in ["/mcp", "/mine"] {
                    let answer = self.live.send(&request.clone().to(target)).await;
                    assert_eq!(answer.status, 403, "{what} {origin} {target}: {answer:?}");
                    assert_unmarked(&answer);
                }
                // What a page may send without asking first.
                let plain = request
                    .without("content-type")
                    .line("content-type: text/plain");
                assert_eq!(self.live.send(&plain).await.status, 403, "{what} {origin}");
            }
        }
        let (_, call) = self.requests().swap_remove(0);
        let two = call
            .bearer(&self.ada)
            .line(format!("origin: {PAGE}"))
            .line("origin: https://evil.example");
        assert_eq!(self.live.send(&two).await.status, 403);
    }

    /// H8: who asks before it calls is told no, needs no token, and nothing happens.
    async fn with_a_preflight(&self) {
        let preflight = |origin: &str| {
            Request::call(Era::Legacy, "counted")
                .by("OPTIONS")
                .body("")
                .line(format!("origin: {origin}"))
                .line("access-control-request-method: POST")
                .line("access-control-request-headers: authorization, content-type, mcp-session-id")
        };
        let good = self.live.send(&preflight(PAGE)).await;
        assert_eq!(
            (good.status, good.header("access-control-allow-origin")),
            (204, Some(PAGE))
        );
        for origin in [
            "https://evil.example",
            "null",
            "https://app.example.evil.com",
            "http://app.example",
        ] {
            let answer = self.live.send(&preflight(origin)).await;
            assert!(
                matches!(answer.status, 204 | 401 | 403),
                "{origin}: {answer:?}"
            );
            assert_unmarked(&answer);
        }
    }

    async fn without_the_scope(&self) {
        let opened = self.live.send(&initialize().bearer(&self.own)).await;
        let own_session = format!(
            "mcp-session-id: {}",
            opened.header("mcp-session-id").unwrap()
        );
        for era in BOTH {
            let call = Request::call(era, "admin").bearer(&self.own);
            let in_session = match era {
                Era::Legacy => call.clone().line(&own_session),
                Era::Modern => call.clone(),
            };
            for request in [
                call.clone(),
                in_session,
                call.clone().line("x-scope: todo:write"),
                call.line("x-http-method-override: GET"),
            ] {
                let answer = self.live.send(&request).await;
                self.live
                    .assert_lacking(&answer, &["todo:write"], "a scope that it lacks");
            }
        }
        for scope in [
            "todo:writeX",
            "todo",
            "TODO:WRITE",
            "todo:write,admin",
            "todo:*",
            "*",
        ] {
            let token = self
                .live
                .changed(json!({ "sub": "usr_eve", "scope": scope, "scopes": [] }));
            let answer = self.live.call(Era::Modern, "admin", &token).await;
            self.live.assert_lacking(&answer, &["todo:write"], scope);
        }
    }

    async fn with_messages_that_two_readers_read_differently(&self) {
        let admin = r#"{"name":"admin","arguments":{}}"#;
        let bodies = [
            format!(r#"{{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call","params":{admin}}}"#),
            format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"counted"}},"params":{admin}}}"#),
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"counted","name":"admin"}}"#.to_owned(),
            format!(r#"[{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{admin}}}]"#),
            format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{admin}}}{{"jsonrpc":"2.0","id":2,"method":"ping"}}"#),
        ];
        for era in BOTH {
            for body in &bodies {
                let request = Request::call(era, "counted").bearer(&self.own).body(body);
                let answer = self.live.send(&request).await;
                assert!(
                    matches!(answer.status, 200 | 400 | 403),
                    "{body}: {answer:?}"
                );
                assert_eq!(answer.json().get("result"), None, "{body}: {answer:?}");
            }
        }
    }

    /// No handler ran, and Ada's session is as she left it.
    async fn leaves_everything_as_it_was(&self) {
        assert_eq!(self.live.calls().await, "0");
        let own =
            Request::call(Era::Legacy, "who").line(format!("mcp-session-id: {}", self.session));
        let answer = self
            .live
            .send(&own.bearer(&self.ada).line(format!("origin: {PAGE}")))
            .await;
        // It may come as a stream of one event.
        assert_eq!(answer.status, 200, "{answer:?}");
        assert!(answer.body.contains(r#""text":"usr_ada""#), "{answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), Some(PAGE));
        let (_, end) = self.requests().pop().unwrap();
        let end = end.bearer(&self.ada);
        assert_eq!(self.live.send(&end).await.status, 204);
        assert_eq!(self.live.send(&end).await.status, 404);
    }
}

fn initialize() -> Request {
    let params = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "test", "version": "1" } });
    Request::message(Era::Legacy, "initialize", params)
}

/// No page may read it.
#[track_caller]
fn assert_unmarked(answer: &Raw) {
    assert_eq!(
        answer.header("access-control-allow-origin"),
        None,
        "{answer:?}"
    );
}
