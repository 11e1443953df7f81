//! A server in memory, and requests to it written byte by byte.

use axum::{Router, body::Body};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;
use xmcp::{
    App, AppState, Era, Session, Settings,
    codegen::{Prompt, Resource, Tool},
    testing,
};

use crate::tools;

pub const BOTH: [Era; 2] = [Era::Legacy, Era::Modern];
pub const ACCEPT: &str = "application/json, text/event-stream";

/// A running app.
pub struct Server {
    pub router: Router,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Server {
    /// The tools without state and session, under the default settings.
    pub async fn new() -> Self {
        Self::with(tools::TOOLS, |_| {}).await
    }

    pub async fn with(tools: &'static [Tool], change: impl FnOnce(&mut Settings)) -> Self {
        Self::of(tools, change, None, None).await
    }

    pub async fn of(
        tools: &'static [Tool],
        change: impl FnOnce(&mut Settings),
        state: Option<AppState>,
        session: Option<Session>,
    ) -> Self {
        Self::app(tools::app(tools), change, state, session).await
    }

    /// An app with more than tools.
    pub async fn app(
        app: App,
        change: impl FnOnce(&mut Settings),
        state: Option<AppState>,
        session: Option<Session>,
    ) -> Self {
        let mut settings = Settings::default();
        settings.server.name = "test".to_owned();
        settings.server.version = "1.2.3".to_owned();
        change(&mut settings);
        Self {
            router: testing::test_router(app, settings, state, session)
                .await
                .unwrap(),
        }
    }

    /// The response to a request, its body not read yet.
    pub async fn respond(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Response<Body> {
        let mut request = Request::new(body.into());
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().unwrap();
        request
            .headers_mut()
            .insert("host", HeaderValue::from_static("localhost"));
        for (name, value) in headers {
            request.headers_mut().append(
                HeaderName::try_from(*name).unwrap(),
                HeaderValue::from_bytes(value.as_bytes()).unwrap(),
            );
        }
        let Ok(response) = self.router.clone().oneshot(request).await;
        response
    }

    pub async fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        Answer::read(self.respond(method, path, headers, body).await).await
    }

    /// These bytes as a message without any header of the protocol.
    pub async fn post(&self, body: impl Into<Body>) -> Answer {
        self.ask(
            Method::POST,
            "/mcp",
            &[("content-type", "application/json"), ("accept", ACCEPT)],
            body,
        )
        .await
    }

    /// These bytes under the headers with which a client of that generation sends a request of this method.
    pub async fn post_as(&self, era: Era, method: &str, body: impl Into<Body>) -> Answer {
        let version = match era {
            Era::Legacy => "2025-11-25",
            Era::Modern => "2026-07-28",
        };
        let mut headers = vec![
            ("content-type", "application/json"),
            ("accept", ACCEPT),
            ("mcp-protocol-version", version),
        ];
        if era == Era::Modern {
            headers.push(("mcp-method", method));
            if method == "tools/call" {
                headers.push(("mcp-name", "hello"));
            }
        }
        self.ask(Method::POST, "/mcp", &headers, body).await
    }

    /// A request as a client of that generation sends it.
    pub async fn request(&self, era: Era, method: &str, params: Value) -> Answer {
        Answer::read(self.open(era, method, params, &[]).await).await
    }

    /// A request with more headers, its response's body not read yet.
    pub async fn open(
        &self,
        era: Era,
        method: &str,
        mut params: Value,
        more: &[(&str, &str)],
    ) -> Response<Body> {
        let mut headers = vec![("content-type", "application/json")];
        if !more.iter().any(|(name, _)| *name == "accept") {
            headers.push(("accept", ACCEPT));
        }
        let name = params["name"].as_str().or(params["uri"].as_str());
        let name = encoded(name.unwrap_or_default());
        match era {
            Era::Legacy => headers.push(("mcp-protocol-version", "2025-11-25")),
            Era::Modern => {
                headers.extend([
                    ("mcp-protocol-version", "2026-07-28"),
                    ("mcp-method", method),
                ]);
                if matches!(method, "tools/call" | "prompts/get" | "resources/read") {
                    headers.push(("mcp-name", &name));
                }
                for (key, value) in modern_meta() {
                    params["_meta"][key] = value;
                }
            }
        }
        headers.extend_from_slice(more);
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        self.respond(Method::POST, "/mcp", &headers, message.to_string())
            .await
    }

    pub async fn call(&self, era: Era, tool: &str, arguments: Value) -> Answer {
        self.request(
            era,
            "tools/call",
            json!({ "name": tool, "arguments": arguments }),
        )
        .await
    }

    /// The result of a call that has one.
    pub async fn result(&self, era: Era, tool: &str, arguments: Value) -> Value {
        self.call(era, tool, arguments).await.result()
    }
}

/// An app of these prompts and resources, and the first tool.
pub fn app_of(prompts: &'static [Prompt], resources: &'static [Resource]) -> App {
    App {
        prompts,
        resources,
        ..tools::app(&tools::TOOLS[..1])
    }
}

/// A name as it stands in a header: what is no visible ASCII is wrapped.
fn encoded(name: &str) -> String {
    match name.bytes().all(|byte| byte.is_ascii_graphic()) {
        true => name.to_owned(),
        false => format!("=?base64?{}?=", BASE64_STANDARD.encode(name)),
    }
}

/// What every modern request says in `_meta`.
pub fn modern_meta() -> Vec<(&'static str, Value)> {
    vec![
        (
            "io.modelcontextprotocol/protocolVersion",
            "2026-07-28".into(),
        ),
        ("io.modelcontextprotocol/clientCapabilities", json!({})),
    ]
}

/// Params with what every modern request carries.
pub fn with_meta(mut params: Value) -> Value {
    for (key, value) in modern_meta() {
        params["_meta"][key] = value;
    }
    params
}

/// A tool result as it looks in that generation.
pub fn in_era(era: Era, mut result: Value) -> Value {
    if era == Era::Modern {
        result["resultType"] = "complete".into();
    }
    result
}

impl Answer {
    pub async fn read(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        Self {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("{} {}", self.status, self.text()))
    }

    /// The result of a response that has one.
    #[track_caller]
    pub fn result(&self) -> Value {
        let mut message = self.json();
        assert_eq!(self.status, 200, "{message}");
        assert!(message.get("result").is_some(), "{message}");
        message["result"].take()
    }

    /// Status, code and message of an error.
    #[track_caller]
    pub fn error(&self) -> (u16, i64, String) {
        let message = self.json();
        let error = &message["error"];
        let code = error["code"]
            .as_i64()
            .unwrap_or_else(|| panic!("{} {message}", self.status));
        (
            self.status.as_u16(),
            code,
            error["message"].as_str().unwrap().to_owned(),
        )
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The messages of an event stream.
    #[track_caller]
    pub fn events(&self) -> Vec<Value> {
        assert_eq!(
            self.header("content-type"),
            Some("text/event-stream"),
            "{}",
            self.text()
        );
        let events = self
            .text()
            .strip_suffix("\n\n")
            .expect("a stream ends with an event's end")
            .split("\n\n");
        events
            .map(|event| {
                serde_json::from_str(
                    event
                        .strip_prefix("event: message\ndata: ")
                        .unwrap_or_else(|| panic!("{event}")),
                )
                .unwrap()
            })
            .collect()
    }
}
