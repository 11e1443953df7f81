//! The client itself.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use axum::Router;
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;
use xmcp::{App, Era};

use crate::{
    CallResult, ClientBuilder, Error, RpcError,
    answers::{self, Answers, ROUNDS},
    manner::Manner,
    message, request,
};

/// How long to wait before a task is asked for again.
const POLL_INTERVAL: Duration = Duration::from_millis(1);

/// A client of an app that runs in memory: no socket, no port, no task of its own.
///
/// Every request is independent of the others, so one client may be used by several futures at once.
pub struct Client {
    pub(crate) router: Router,
    pub(crate) endpoint: String,
    pub(crate) era: Era,
    pub(crate) headers: HeaderMap,
    pub(crate) answers: Option<Answers>,
    pub(crate) next_id: AtomicU64,
}

/// A response, and what was said before it.
struct Exchange {
    result: Result<Value, RpcError>,
    notifications: Vec<Value>,
}

impl Client {
    /// A client with a session, a state, settings or a protocol generation of the test's choice.
    ///
    /// ```no_run
    /// # mod my_app { pub fn app() -> xmcp::App { unimplemented!() } }
    /// # struct Pool;
    /// # async fn example() -> Result<(), xmcp::StartError> {
    /// use xmcp::{AppState, Era, Session};
    /// use xmcp_test::Client;
    ///
    /// let client = Client::builder(my_app::app())
    ///     .session(Session::for_test("usr_1").scopes(["todo:read"]).build())
    ///     .state(AppState::new().with(Pool))
    ///     .settings(|settings| settings.server.strict = true)
    ///     .era(Era::Legacy)
    ///     .build()
    ///     .await?;
    /// # let _ = client;
    /// # Ok(())
    /// # }
    /// ```
    pub fn builder(app: App) -> ClientBuilder {
        ClientBuilder::new(app)
    }

    /// Calls a tool, and asks for progress and for log messages of every level.
    ///
    /// A failure of the tool is a result too: look at [`CallResult::is_error`]. A tool that asks the client gets its answers from
    /// [`ClientBuilder::answering`], one that runs as a task only is asked for its result until it has one, and arguments that come as
    /// headers too get them.
    ///
    /// # Panics
    ///
    /// When the server answers with anything but a result: the tool does not exist, the session's scopes do not suffice, a
    /// layer refused the request, the tool asks and nobody answers. [`Client::try_call`] returns that as an [`Error`].
    pub async fn call(&self, tool: &str, arguments: Value) -> CallResult {
        match self.try_call(tool, arguments).await {
            Ok(result) => result,
            Err(error) => panic!("{error}"),
        }
    }

    /// Calls a tool as [`Client::call`] does, for tests of what is refused.
    ///
    /// ```no_run
    /// # async fn example(client: xmcp_test::Client) {
    /// let refused = client.try_call("todo_write", serde_json::json!({})).await.unwrap_err();
    /// assert_eq!(refused.status(), 403);
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Anything but a result.
    pub async fn try_call(&self, tool: &str, arguments: Value) -> Result<CallResult, Error> {
        let what = format!("tool `{tool}`");
        let params = json!({ "name": tool, "arguments": arguments });
        let mut manner = Manner::default();
        let mut exchange = self
            .settle(&what, "tools/call", params.clone(), &manner)
            .await?;
        // What a client learns from a refusal, it does the second time.
        while let Err(error) = &exchange.result {
            if manner.lacks_headers(error) {
                let tools = self.list_tools().await;
                let schema = tools.iter().find(|entry| entry["name"] == tool);
                manner.add_headers(
                    &schema.cloned().unwrap_or_default()["inputSchema"],
                    &arguments,
                );
                if manner.headers.is_empty() {
                    break;
                }
            } else if manner.lacks_tasks(error) {
                manner.has_tasks = true;
            } else {
                break;
            }
            exchange = self
                .settle(&what, "tools/call", params.clone(), &manner)
                .await?;
        }
        if let Ok(task) = &exchange.result
            && task["resultType"] == "task"
        {
            exchange.result = self.finish(&what, &task["taskId"]).await?;
        }
        match exchange.result {
            Ok(result) if answers::is_asked(&result) => Err(Error::InputRequired { what, result }),
            Ok(result) => CallResult::read(tool, result, exchange.notifications),
            Err(error) => Err(Error::Rpc {
                what,
                error: error.into(),
            }),
        }
    }

    /// The definitions of all tools, in the server's order.
    ///
    /// # Panics
    ///
    /// When the server answers with anything but lists of tools.
    pub async fn list_tools(&self) -> Vec<Value> {
        let mut tools = Vec::new();
        let mut params = json!({});
        loop {
            let mut page = match self.request("tools/list", params).await {
                Ok(page) => page,
                Err(error) => panic!("{error}"),
            };
            match page["tools"].take() {
                Value::Array(page) => tools.extend(page),
                other => panic!("`tools/list` answered without an array `tools`: {other}"),
            }
            match page["nextCursor"].take() {
                Value::Null => return tools,
                cursor => params = json!({ "cursor": cursor }),
            }
        }
    }

    /// Sends any request of the protocol, and returns its result. `params` must be an object; what the protocol generation
    /// wants in `_meta` and in headers is added. A result that asks the client is returned as it is, unless there is somebody to answer
    /// ([`ClientBuilder::answering`]).
    ///
    /// # Errors
    ///
    /// Anything but a result.
    pub async fn request(&self, method: &str, params: Value) -> Result<Value, Error> {
        let what = format!("`{method}`");
        let exchange = self
            .settle(&what, method, params, &Manner::default())
            .await?;
        exchange.result.map_err(|error| Error::Rpc {
            what,
            error: error.into(),
        })
    }

    /// Sends a request, and again with the answers as long as its result asks the client.
    async fn settle(
        &self,
        what: &str,
        method: &str,
        params: Value,
        manner: &Manner,
    ) -> Result<Exchange, Error> {
        let mut exchange = self.exchange(what, method, params.clone(), manner).await?;
        for _ in 1..ROUNDS {
            let (Some(answers), Ok(result)) = (&self.answers, &exchange.result) else {
                break;
            };
            if !answers::is_asked(result) {
                break;
            }
            let repeated = answers.repeated(&params, result);
            let next = self.exchange(what, method, repeated, manner).await?;
            exchange.notifications.extend(next.notifications);
            exchange.result = next.result;
        }
        Ok(exchange)
    }

    /// What a task comes to, once its questions are answered.
    async fn finish(&self, what: &str, id: &Value) -> Result<Result<Value, RpcError>, Error> {
        let params = json!({ "taskId": id });
        let manner = Manner::default();
        loop {
            let exchange = self
                .exchange(what, "tasks/get", params.clone(), &manner)
                .await?;
            let mut task = match exchange.result {
                Ok(task) => task,
                Err(error) => return Ok(Err(error)),
            };
            let error = json!({ "error": task["error"] });
            if let Some(failed) = message::outcome(error, StatusCode::OK) {
                return Ok(failed.result);
            }
            match (task["status"].as_str(), &self.answers) {
                (Some("completed"), _) => return Ok(Ok(task["result"].take())),
                (Some("input_required"), Some(answers)) => {
                    let answers = answers.repeated(&params, &task);
                    self.exchange(what, "tasks/update", answers, &manner)
                        .await?;
                }
                (Some("working"), _) => tokio::time::sleep(POLL_INTERVAL).await,
                (Some("input_required"), None) => {
                    return Err(Error::InputRequired {
                        what: what.to_owned(),
                        result: task,
                    });
                }
                _ => {
                    return Err(Error::Unreadable {
                        what: what.to_owned(),
                        status: StatusCode::OK,
                        body: task.to_string(),
                    });
                }
            }
        }
    }

    async fn exchange(
        &self,
        what: &str,
        method: &str,
        params: Value,
        manner: &Manner,
    ) -> Result<Exchange, Error> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let sender = request::Sender {
            endpoint: &self.endpoint,
            headers: &self.headers,
            era: self.era,
            answers: self.answers.is_some(),
            manner,
        };
        let request = sender.request(id, method, params);
        let Ok(response) = self.router.clone().oneshot(request).await;
        let (parts, body) = response.into_parts();
        let unreadable = |body: String| Error::Unreadable {
            what: what.to_owned(),
            status: parts.status,
            body,
        };
        let body = match body.collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) => return Err(unreadable(format!("the body broke off: {error}"))),
        };
        let Some(mut messages) = message::messages(&parts.headers, &body) else {
            return Err(unreadable(String::from_utf8_lossy(&body).into_owned()));
        };
        // The response is the last message; before it only notifications come.
        let response = messages.pop().unwrap_or_default();
        let result = match message::outcome(response, parts.status) {
            Some(answered) if answered.id.is_none_or(|answered| answered == id) => answered.result,
            _ => return Err(unreadable(String::from_utf8_lossy(&body).into_owned())),
        };
        Ok(Exchange {
            result,
            notifications: messages,
        })
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Client")
            .field("endpoint", &self.endpoint)
            .field("era", &self.era)
            .finish_non_exhaustive()
    }
}
