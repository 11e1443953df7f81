//! A client of 2026-07-28 that has the extension, unless a test says otherwise.

use std::time::Duration;

use axum::{Router, body::Body};
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tokio::time::timeout;
use tower::ServiceExt;
use xmcp::{Session, Settings, codegen::Tool, testing};

use crate::tools::{self, Signals};

pub const EXTENSION: &str = "io.modelcontextprotocol/tasks";
/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Client {
    pub router: Router,
    pub signals: Signals,
    pub capabilities: Value,
    pub caller: Option<Session>,
}

impl Client {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::of(tools::TOOLS, change).await
    }

    pub async fn of(tools: &'static [Tool], change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::default();
        change(&mut settings);
        let signals = Signals::default();
        let state = Some(tools::state(&signals));
        let router = testing::test_router(tools::app(tools), settings, state, None)
            .await
            .unwrap();
        Self {
            router,
            signals,
            capabilities: json!({ "elicitation": {}, "extensions": { EXTENSION: {} } }),
            caller: None,
        }
    }

    /// Another client of the same server.
    pub fn another(&self) -> Self {
        Self {
            router: self.router.clone(),
            signals: self.signals.clone(),
            capabilities: self.capabilities.clone(),
            caller: None,
        }
    }

    pub fn request(&self, method: &str, mut params: Value) -> Request<Body> {
        let name = params["name"].as_str().or(params["taskId"].as_str());
        let name = name.unwrap_or_default().to_owned();
        params["_meta"]["io.modelcontextprotocol/protocolVersion"] = "2026-07-28".into();
        params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = self.capabilities.clone();
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let mut request = Request::builder()
            .method(Method::POST)
            .uri("/mcp")
            .header(header::HOST, "localhost")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/json, text/event-stream")
            .header("mcp-protocol-version", "2026-07-28")
            .header("mcp-method", method)
            .header("mcp-name", name)
            .body(Body::from(message.to_string()))
            .unwrap();
        if let Some(caller) = &self.caller {
            request.extensions_mut().insert(caller.clone());
        }
        request
    }

    pub async fn respond(&self, request: Request<Body>) -> (StatusCode, Value) {
        let Ok(response) = self.router.clone().oneshot(request).await;
        read(response).await
    }

    /// The result of a request that has one.
    #[track_caller]
    pub fn ask(&self, method: &str, params: Value) -> impl Future<Output = Value> {
        let request = self.request(method, params);
        async move {
            let (_, mut message) = self.respond(request).await;
            assert!(message["result"].is_object(), "{message}");
            message["result"].take()
        }
    }

    /// Status and code of a request that fails, and its data.
    pub async fn refusal(&self, method: &str, params: Value) -> (u16, i64, Value) {
        let (status, message) = self.respond(self.request(method, params)).await;
        let error = &message["error"];
        let code = error["code"]
            .as_i64()
            .unwrap_or_else(|| panic!("{message}"));
        (status.as_u16(), code, error["data"].clone())
    }

    pub async fn call(&self, tool: &str) -> Value {
        self.ask("tools/call", json!({ "name": tool })).await
    }

    /// The id of a new task.
    pub async fn begin(&self, tool: &str) -> String {
        let created = self.call(tool).await;
        assert_eq!(created["resultType"], "task", "{created}");
        created["taskId"].as_str().unwrap().to_owned()
    }

    pub async fn get(&self, id: &str) -> Value {
        self.ask("tasks/get", json!({ "taskId": id })).await
    }

    /// The task once it has this status.
    pub async fn until(&self, id: &str, status: &str) -> Value {
        let poll = async {
            loop {
                let task = self.get(id).await;
                if task["status"] == status {
                    return task;
                }
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, poll)
            .await
            .unwrap_or_else(|_| panic!("the task never was `{status}`"))
    }

    pub async fn update(&self, id: &str, answers: Value) {
        let params = json!({ "taskId": id, "inputResponses": answers });
        let result = self.ask("tasks/update", params).await;
        assert_eq!(result, json!({ "resultType": "complete" }));
    }

    pub async fn cancel(&self, id: &str) {
        let result = self.ask("tasks/cancel", json!({ "taskId": id })).await;
        assert_eq!(result, json!({ "resultType": "complete" }));
    }
}

async fn read(response: Response<Body>) -> (StatusCode, Value) {
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap())
}

pub fn accepted(content: Value) -> Value {
    json!({ "action": "accept", "content": content })
}

/// Ends when the signal is there.
pub async fn signalled(signal: &tokio::sync::Notify) {
    timeout(PATIENCE, signal.notified())
        .await
        .expect("it happens");
}
