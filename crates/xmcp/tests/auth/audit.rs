//! What is told of each request: who asked for what, and how it was decided.

use std::{
    collections::BTreeSet,
    future::pending,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Extension, extract::ConnectInfo};
use http::Method;
use serde_json::{Map, Value, json};
use tokio::sync::Notify;
use tracing::{subscriber::DefaultGuard, subscriber::set_default};
use xmcp::{
    Era, Session as Caller, Settings,
    codegen::{self, Input, Tool},
    prelude::*,
};

use crate::{
    fixture::{Protected, Setup},
    support::{ACCEPT, Answer, BOTH, Server},
    tools::{who, write},
};

const DOCUMENT: &str = include_str!("../../../../docs/audit.md");

static TOOLS: &[Tool] = &[
    tool!(async who, of_async_1, None, [session]),
    tool!(sync write, of_0, None, []),
    tool!(sync greet, of_0, Schema, []),
    tool!(sync breaks, of_0, None, []),
    tool!(sync fails, of_0, None, []),
    tool!(sync says_failed, of_0, None, []),
    tool!(sync hides_why, of_0, None, []),
    tool!(async hangs, of_async_0, None, []),
    tool!(async lingers, of_async_0, None, []),
];

/// `lingers` has begun.
static LINGERS: Notify = Notify::const_new();

mod greet {
    use super::*;
    #[derive(Deserialize, JsonSchema)]
    pub struct Schema {
        pub name: String,
    }
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub fn handler(schema: Schema) -> String {
        schema.name
    }
}

mod breaks {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub fn handler() -> &'static str {
        panic!("hunter2")
    }
}

mod fails {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub fn handler() -> Result<String> {
        Err(ToolError::new("hunter2"))
    }
}

mod says_failed {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub fn handler() -> CallToolResult {
        CallToolResult::error("hunter2")
    }
}

mod hides_why {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub fn handler() -> Result<String> {
        Err(ToolError::internal("hunter2"))
    }
}

mod hangs {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub async fn handler() -> &'static str {
        pending().await
    }
}

mod lingers {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub async fn handler() -> &'static str {
        LINGERS.notify_one();
        pending().await
    }
}

/// What this thread logs, in the form of `[log] format = "json"`.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Lines {
    fn start() -> (Self, DefaultGuard) {
        let lines = Self::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .with_max_level(tracing::Level::INFO)
            .with_writer(move || writer.clone())
            .finish();
        (lines, set_default(subscriber))
    }

    /// The events since the last time.
    fn take(&self) -> Vec<Map<String, Value>> {
        let text = std::mem::take(&mut *self.0.lock().unwrap());
        let text = String::from_utf8(text).unwrap();
        assert!(!text.contains("Bearer"), "{text}");
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        lines
            .filter(|line: &Map<String, Value>| line["target"] == "xmcp::audit")
            .collect()
    }

    /// The one event since the last time, without what is never the same.
    fn event(&self) -> Value {
        let mut events = self.take();
        assert_eq!(events.len(), 1, "{events:?}");
        let mut event = events.remove(0);
        assert!(event["timestamp"].is_string() && event["duration_us"].is_u64());
        assert_eq!(event["level"], "INFO");
        let id = event["request_id"].as_str().unwrap();
        assert_eq!(id.len(), 16, "{id}");
        assert!(!event.contains_key("message"));
        for member in [
            "timestamp",
            "level",
            "target",
            "span",
            "request_id",
            "duration_us",
            "token_id",
        ] {
            event.remove(member);
        }
        event.into()
    }
}

async fn server(change: impl FnOnce(&mut Settings)) -> Protected {
    let mut settings = Settings::default();
    settings.log.audit = true;
    change(&mut settings);
    Protected::with(Setup {
        settings,
        tools: TOOLS,
        ..Setup::default()
    })
    .await
}

/// The server as this peer reaches it.
fn reached_from(protected: Protected, peer: &str) -> Protected {
    let peer = ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 4711));
    let router = protected.server.router.layer(Extension(peer));
    Protected {
        server: Server { router },
        ..protected
    }
}

/// What an event says of who called.
fn ada(protected: &Protected, mut event: Value) -> Value {
    let environment = protected.scalekit.environment_url();
    event["issuer"] = environment.into();
    event["user_id"] = "usr_ada".into();
    event
}

/// Whoever it was: of the members that say so, those that the test does not know.
fn without_client(mut event: Value) -> Value {
    for member in ["client_id", "organization_id"] {
        event.as_object_mut().unwrap().remove(member);
    }
    event
}

#[tokio::test]
async fn every_request_has_one_event_that_says_how_it_was_decided() {
    let protected = server(|settings| {
        settings.http.limits.call_timeout = Duration::from_millis(200);
    })
    .await;
    let token = protected.token("openid");
    let (lines, _guard) = Lines::start();
    for era in BOTH {
        let name = match era {
            Era::Legacy => "legacy",
            Era::Modern => "modern",
        };
        let call = |tool: &str, outcome: &str, more: Value| {
            let mut event = json!({ "method": "tools/call", "tool": tool, "outcome": outcome });
            event
                .as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            event
        };
        let because = |reason: &str| json!({ "reason": reason });
        let failed = |tool: &str, reason: &str| call(tool, "failed", because(reason));
        let tool = |name: &str| json!({ "name": name, "arguments": {} });
        let requested = |method: &str, reason: &str, name: &str| json!({ "method": method, "outcome": "refused", "reason": reason, "requested": name });
        let long = "x".repeat(1000);
        for (method, params, expected) in [
            ("tools/call", tool("who"), call("who", "allowed", json!({}))),
            (
                "tools/call",
                json!({ "name": "greet", "arguments": { "name": "hunter2" } }),
                call("greet", "allowed", json!({})),
            ),
            (
                "tools/call",
                json!({ "name": "greet", "arguments": { "name": ["hunter2"] } }),
                call("greet", "refused", because("invalid_arguments")),
            ),
            (
                "tools/call",
                tool("write"),
                call(
                    "write",
                    "refused",
                    json!({ "reason": "insufficient_scope", "scope": "todo:read todo:write" }),
                ),
            ),
            ("tools/call", tool("breaks"), failed("breaks", "panic")),
            (
                "tools/call",
                tool("fails"),
                failed("fails", "handler_error"),
            ),
            (
                "tools/call",
                tool("says_failed"),
                failed("says_failed", "handler_error"),
            ),
            (
                "tools/call",
                tool("hides_why"),
                failed("hides_why", "internal"),
            ),
            ("tools/call", tool("hangs"), failed("hangs", "timeout")),
            (
                "tools/call",
                tool("eat"),
                requested("tools/call", "unknown_tool", "eat"),
            ),
            (
                "tools/call",
                tool("\u{1b}[31m\n"),
                requested("tools/call", "unknown_tool", "\\u{1b}[31m\\n"),
            ),
            (
                "tools/call",
                tool(&long),
                requested("tools/call", "unknown_tool", &format!("{}…", &long[..128])),
            ),
            (
                "tools/eat",
                json!({}),
                json!({ "method": "tools/eat", "outcome": "refused", "reason": "unknown_method" }),
            ),
            (
                "tools/list",
                json!({}),
                json!({ "method": "tools/list", "outcome": "allowed" }),
            ),
        ] {
            protected
                .request(era, method, params.clone(), Some(&token))
                .await;
            let mut expected = ada(&protected, expected);
            expected["transport"] = "http".into();
            expected["era"] = name.into();
            assert_eq!(without_client(lines.event()), expected, "{method} {params}");
        }
    }
}

#[tokio::test]
async fn what_auth_refuses_has_an_event_too() {
    let protected = server(|_| {}).await;
    let expired = protected.bearer(json!({ "iat": 1000, "nbf": 1000, "exp": 4600 }));
    let (lines, _guard) = Lines::start();
    for (path, method, credentials, reason) in [
        ("/mcp", Method::POST, &[][..], "missing_credential"),
        ("/mcp", Method::GET, &[], "missing_credential"),
        ("/mine", Method::GET, &["Bearer a.b.c"], "invalid_token"),
        ("/mcp", Method::POST, &[&*expired], "expired"),
        (
            "/mcp",
            Method::POST,
            &["Bearer a.b.c", "Bearer a.b.c"],
            "ambiguous_credential",
        ),
    ] {
        let headers: Vec<_> = credentials
            .iter()
            .map(|value| ("authorization", *value))
            .collect();
        protected
            .server
            .ask(method.clone(), path, &headers, "{}")
            .await;
        let expected = json!({
            "outcome": "refused", "reason": reason, "transport": "http", "http_method": method.as_str(),
        });
        assert_eq!(lines.event(), expected);
    }
    // What auth lets through to a route of the app's is the app's business.
    let token = protected.token("openid");
    let headers = [("authorization", token.as_str())];
    protected
        .server
        .ask(Method::GET, "/mine", &headers, "")
        .await;
    assert!(lines.take().is_empty());
}

#[tokio::test]
async fn who_lacks_a_scope_that_everything_needs_is_named() {
    let mut settings = Settings::default();
    settings.log.audit = true;
    let protected = Protected::with(Setup {
        settings,
        provider: |provider| provider.required_scopes(["base"]),
        ..Setup::default()
    })
    .await;
    let token = protected.token("openid");
    let (lines, _guard) = Lines::start();
    protected.call(Era::Modern, "who", Some(&token)).await;
    let expected = ada(
        &protected,
        json!({
            "outcome": "refused", "reason": "insufficient_scope", "scope": "base", "transport": "http", "http_method": "POST",
        }),
    );
    assert_eq!(without_client(lines.event()), expected);
}

#[tokio::test]
async fn what_nobody_waits_for_was_cancelled() {
    let protected = server(|_| {}).await;
    let token = protected.token("openid");
    protected.call(Era::Modern, "who", Some(&token)).await;
    let (lines, _guard) = Lines::start();
    tokio::select! {
        _ = protected.call(Era::Modern, "lingers", Some(&token)) => panic!("it ends"),
        () = LINGERS.notified() => {}
    }
    let event = lines.event();
    assert_eq!(
        (&event["outcome"], &event["reason"], &event["tool"]),
        (&json!("failed"), &json!("cancelled"), &json!("lingers"))
    );
}

#[tokio::test]
async fn a_stranger_is_nobody_in_its_events() {
    let mut settings = Settings::default();
    settings.log.audit = true;
    let protected = Protected::with(Setup {
        settings,
        provider: |provider| provider.optional(),
        tools: &TOOLS[..2],
        ..Setup::default()
    })
    .await;
    let (lines, _guard) = Lines::start();
    protected.call(Era::Modern, "write", None).await;
    let expected = json!({
        "outcome": "refused", "reason": "missing_credential", "method": "tools/call", "tool": "write",
        "scope": "todo:read todo:write", "transport": "http", "era": "modern",
    });
    assert_eq!(lines.event(), expected);
    protected
        .request(Era::Modern, "tasks/list", json!({}), None)
        .await;
    assert_eq!(lines.event()["reason"], "unknown_method");
}

#[tokio::test]
async fn nothing_is_told_where_the_settings_do_not_want_it() {
    let protected = server(|settings| settings.log.audit = false).await;
    let token = protected.token("openid");
    let (lines, _guard) = Lines::start();
    for credential in [None, Some(token.as_str())] {
        protected.call(Era::Modern, "who", credential).await;
    }
    assert!(lines.take().is_empty());
}

#[tokio::test]
async fn a_message_that_nobody_can_read_is_told_of() {
    let caller = Caller::for_test("usr_1")
        .client_id("app")
        .organization_id("org_1")
        .build();
    let server = Server::of(
        TOOLS,
        |settings| settings.log.audit = true,
        None,
        Some(caller),
    )
    .await;
    let (lines, _guard) = Lines::start();
    let headers = [("content-type", "application/json"), ("accept", ACCEPT)];
    for body in ["{", "[]", r#"{"jsonrpc":"2.0","id":1}"#] {
        server.ask(Method::POST, "/mcp", &headers, body).await;
        let expected = json!({
            "outcome": "refused", "reason": "invalid_request", "issuer": "https://issuer.example", "user_id": "usr_1",
            "client_id": "app", "organization_id": "org_1", "transport": "http",
        });
        assert_eq!(lines.event(), expected, "{body}");
    }
}

#[tokio::test]
async fn an_event_has_the_address_of_the_peer_or_of_whom_a_trusted_proxy_speaks_for() {
    for (peer, address) in [
        ("192.0.2.41", "192.0.2.41"),
        ("2001:db8::1", "2001:db8::1"),
        ("::ffff:192.0.2.41", "192.0.2.41"),
        ("127.0.0.1", "127.0.0.1"),
        ("10.0.0.7", "198.51.100.7"),
    ] {
        let protected = server(|settings| {
            settings.http.trusted_proxies = vec!["10.0.0.0/8".to_owned()];
        })
        .await;
        let protected = reached_from(protected, peer);
        let token = protected.token("openid");
        let (lines, _guard) = Lines::start();
        for credential in [None, Some("Bearer a.b.c"), Some(&*token)] {
            let mut headers = vec![("x-forwarded-for", "203.0.113.5, 198.51.100.7")];
            headers.extend(credential.map(|value| ("authorization", value)));
            let params = json!({ "name": "who", "arguments": {} });
            let server = &protected.server;
            Answer::read(
                server
                    .open(Era::Modern, "tools/call", params, &headers)
                    .await,
            )
            .await;
            assert_eq!(lines.event()["client_address"], address, "{peer}");
        }
    }
}

#[tokio::test]
async fn the_example_of_the_document_is_a_line_of_a_server() {
    let protected = reached_from(server(|_| {}).await, "192.0.2.41");
    let token = protected.token("openid");
    let (lines, _guard) = Lines::start();
    protected.call(Era::Modern, "who", Some(&token)).await;
    let real = lines.take().remove(0);
    let (_, example) = DOCUMENT.split_once("```json\n").unwrap();
    let (example, _) = example.split_once("\n```").unwrap();
    let example: Map<String, Value> = serde_json::from_str(example).unwrap();
    let members =
        |event: &Map<String, Value>| -> BTreeSet<String> { event.keys().cloned().collect() };
    assert_eq!(members(&example), members(&real), "{}", json!(real));
    for member in ["level", "target", "outcome", "method", "transport", "era"] {
        assert_eq!(example[member], real[member], "{member}");
    }
    // And every member has its row.
    for member in members(&real) {
        assert!(DOCUMENT.contains(&format!("`{member}`")), "{member}");
    }
}
