//! The client itself.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::Router;
use http::HeaderMap;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;
use xmcp::{App, Era};

use crate::{
    CallResult, ClientBuilder, Error, RpcError,
    answers::{self, Answers, ROUNDS},
    message, parameters, request,
};

/// Headers that differ from the body, or are missing (2026-07-28 basic, "Error Codes").
const HEADER_MISMATCH: i64 = -32020;

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
    /// [`ClientBuilder::answering`].
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
        let exchange = self
            .settle(
                &what,
                "tools/call",
                json!({ "name": tool, "arguments": arguments }),
            )
            .await?;
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
        let exchange = self.settle(&what, method, params).await?;
        exchange.result.map_err(|error| Error::Rpc {
            what,
            error: error.into(),
        })
    }

    /// Sends a request, and again with the answers as long as its result asks the client.
    async fn settle(&self, what: &str, method: &str, params: Value) -> Result<Exchange, Error> {
        let mut exchange = self.send(what, method, params.clone()).await?;
        for _ in 1..ROUNDS {
            let (Some(answers), Ok(result)) = (&self.answers, &exchange.result) else {
                break;
            };
            if !answers::is_asked(result) {
                break;
            }
            let repeated = answers.repeated(&params, result);
            let next = self.send(what, method, repeated).await?;
            exchange.notifications.extend(next.notifications);
            exchange.result = next.result;
        }
        Ok(exchange)
    }

    /// Sends a request, and again with the headers that its tool wants when it lacked them. Only the list of tools tells what these
    /// are, so most calls spare themselves to look.
    async fn send(&self, what: &str, method: &str, params: Value) -> Result<Exchange, Error> {
        let exchange = self.exchange(what, method, params.clone(), HeaderMap::new());
        let exchange = exchange.await?;
        let is_mismatch = matches!(&exchange.result, Err(error) if error.code == HEADER_MISMATCH);
        if method != "tools/call" || !is_mismatch {
            return Ok(exchange);
        }
        // Boxed, because a list is a request as well.
        let tools = Box::pin(self.list_tools()).await;
        let tool = tools.iter().find(|tool| tool["name"] == params["name"]);
        let schema = tool.map_or(&Value::Null, |tool| &tool["inputSchema"]);
        let headers = parameters::headers(schema, &params["arguments"]);
        if headers.is_empty() {
            return Ok(exchange);
        }
        self.exchange(what, method, params, headers).await
    }

    async fn exchange(
        &self,
        what: &str,
        method: &str,
        params: Value,
        parameters: HeaderMap,
    ) -> Result<Exchange, Error> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let sender = request::Sender {
            endpoint: &self.endpoint,
            headers: &self.headers,
            parameters: &parameters,
            era: self.era,
            answers: self.answers.is_some(),
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
