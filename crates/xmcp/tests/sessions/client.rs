//! A 2025-11-25 client, message by message.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, SystemTime},
};

use axum::{Router, body::Body, extract::ConnectInfo};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;
use xmcp::{App, AppState, Session, Settings, testing};

use crate::tools::{self, Stage};

/// A running server.
#[derive(Clone)]
pub struct Server {
    pub router: Router,
    pub stage: Arc<Stage>,
}

impl Server {
    /// With sessions.
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// With sessions, and these settings changed.
    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::of(tools::app(), change).await
    }

    /// This app with sessions, and these settings changed.
    pub async fn of(app: App, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::default();
        settings.server.name = "test".to_owned();
        settings.server.version = "1.2.3".to_owned();
        settings.http.sessions = true;
        change(&mut settings);
        let state = AppState::new().with(Stage::default());
        let stage = state.get().unwrap();
        let router = testing::test_router(app, settings, Some(state), None)
            .await
            .unwrap();
        Self { router, stage }
    }

    /// A client that has not said anything yet.
    pub fn client(&self) -> Client {
        Client {
            router: self.router.clone(),
            session: None,
            version: "2025-11-25",
            user: None,
            peer: None,
            expires_at: SystemTime::now() + Duration::from_secs(86_400),
        }
    }

    /// A client with a session.
    pub async fn connect(&self) -> Client {
        self.client().connect().await
    }

    /// Waits until a handler has said its first words.
    pub async fn entered(&self) {
        self.stage.entered.acquire().await.unwrap().forget();
    }

    /// Lets a handler go on.
    pub fn open_door(&self) {
        self.stage.door.add_permits(1);
    }

    /// Waits until a handler was dropped before its end.
    pub async fn dropped(&self) {
        let dropped = tokio::time::timeout(Duration::from_secs(20), self.stage.dropped.acquire());
        dropped
            .await
            .expect("nothing was dropped")
            .unwrap()
            .forget();
    }
}

/// A client.
#[derive(Clone)]
pub struct Client {
    pub router: Router,
    pub session: Option<String>,
    pub version: &'static str,
    pub user: Option<&'static str>,
    /// Where a connection would come from.
    pub peer: Option<SocketAddr>,
    /// When the user's token expires.
    pub expires_at: SystemTime,
}

impl Client {
    /// Begins a session.
    pub async fn connect(mut self) -> Self {
        let response = self.initialize().await;
        assert_eq!(response.status(), StatusCode::OK);
        let id = &response.headers()["mcp-session-id"];
        self.session = Some(id.to_str().unwrap().to_owned());
        self
    }

    pub async fn initialize(&self) -> Response<Body> {
        let params = json!({
            "protocolVersion": self.version,
            "capabilities": { "elicitation": {} },
            "clientInfo": { "name": "test client", "version": "1" },
        });
        self.request(0, "initialize", params).await
    }

    pub async fn request(&self, id: u32, method: &str, params: Value) -> Response<Body> {
        self.post(json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))
            .await
    }

    /// A call that wants to be told of progress.
    pub async fn call(&self, id: u32, tool: &str, arguments: Value) -> Response<Body> {
        let params =
            json!({ "name": tool, "arguments": arguments, "_meta": { "progressToken": id } });
        self.request(id, "tools/call", params).await
    }

    pub async fn post(&self, message: Value) -> Response<Body> {
        let accept = ("accept", "application/json, text/event-stream");
        self.send(Method::POST, &[accept], message.to_string())
            .await
    }

    /// The client's own stream, or what it missed after an event.
    pub async fn get(&self, last: Option<&str>) -> Response<Body> {
        let mut headers = vec![("accept", "text/event-stream")];
        headers.extend(last.map(|last| ("last-event-id", last)));
        self.send(Method::GET, &headers, Body::empty()).await
    }

    pub async fn delete(&self) -> Response<Body> {
        self.send(Method::DELETE, &[], Body::empty()).await
    }

    pub async fn send(
        &self,
        method: Method,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Response<Body> {
        let mut request = Request::new(body.into());
        *request.method_mut() = method;
        *request.uri_mut() = "/mcp".parse().unwrap();
        let mut all = vec![
            ("host", "localhost"),
            ("content-type", "application/json"),
            ("mcp-protocol-version", self.version),
        ];
        all.extend(self.session.as_deref().map(|id| ("mcp-session-id", id)));
        all.extend_from_slice(headers);
        for (name, value) in all {
            request.headers_mut().append(
                HeaderName::try_from(name).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            );
        }
        if let Some(user) = self.user {
            request
                .extensions_mut()
                .insert(Session::for_test(user).expires_at(self.expires_at).build());
        }
        if let Some(peer) = self.peer {
            request.extensions_mut().insert(ConnectInfo(peer));
        }
        let Ok(response) = self.router.clone().oneshot(request).await;
        response
    }
}

/// A response that is read to its end.
pub async fn json(response: Response<Body>) -> (u16, Value) {
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

/// Status and code of a refusal.
pub async fn refused(response: Response<Body>) -> (u16, i64) {
    let (status, body) = json(response).await;
    (status, body["error"]["code"].as_i64().unwrap_or_default())
}

/// An event stream, read event by event.
pub struct Stream {
    pub headers: HeaderMap,
    body: Body,
}

/// One event.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Event {
    pub id: Option<String>,
    pub retry: Option<u32>,
    /// `Null` is an empty text.
    pub data: Option<Value>,
}

impl Event {
    pub fn id(&self) -> &str {
        self.id.as_deref().unwrap_or_default()
    }

    pub fn data(&self) -> &Value {
        self.data.as_ref().unwrap_or(&Value::Null)
    }

    /// What its progress report says, or the text of its result.
    pub fn said(&self) -> String {
        let data = self.data();
        match data["params"]["progress"].as_u64() {
            Some(progress) => progress.to_string(),
            None => data["result"]["content"][0]["text"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
        }
    }
}

impl Stream {
    #[track_caller]
    pub fn of(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        assert_eq!(parts.status, StatusCode::OK);
        assert_eq!(parts.headers["content-type"], "text/event-stream");
        Self {
            headers: parts.headers,
            body,
        }
    }

    /// The next event; `None` at the end.
    pub async fn next(&mut self) -> Option<Event> {
        let text = loop {
            let frame = tokio::time::timeout(Duration::from_secs(20), self.body.frame());
            let frame = frame.await.expect("the stream says nothing")?.unwrap();
            let text = String::from_utf8(frame.into_data().unwrap().to_vec()).unwrap();
            // A sign of life.
            if text != ":\n\n" {
                break text;
            }
        };
        let mut event = Event::default();
        for line in text.strip_suffix("\n\n").unwrap().lines() {
            match line.split_once(": ").unwrap() {
                ("id", id) => event.id = Some(id.to_owned()),
                ("retry", retry) => event.retry = Some(retry.parse().unwrap()),
                ("data", "") => event.data = Some(Value::Null),
                ("data", data) => event.data = Some(serde_json::from_str(data).unwrap()),
                ("event", "message") => {}
                _ => panic!("{line}"),
            }
        }
        Some(event)
    }

    /// Every event to the end.
    pub async fn rest(mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        events
    }

    /// The next event, if it comes at once.
    pub async fn next_soon(&mut self) -> Option<Event> {
        let next = tokio::time::timeout(Duration::from_millis(50), self.next());
        next.await.unwrap_or_default()
    }

    /// Whether nothing is said for now.
    pub async fn is_silent(&mut self) -> bool {
        tokio::time::timeout(Duration::from_millis(50), self.next())
            .await
            .is_err()
    }
}
