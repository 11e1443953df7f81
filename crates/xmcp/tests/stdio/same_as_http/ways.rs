//! One app, served both ways: the endpoint as HTTP meets it, and a pipe.

use axum::{Router, body::Body};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;
use xmcp::{AppState, testing::test_router};

use super::{
    exceptions::{self, Exception},
    headers,
    tools::app,
};
use crate::{support::Client, tools::Stage};

/// What one request came to.
pub(crate) enum Outcome {
    /// Both ways answered with the same bytes, or both with none.
    Same,
    /// They differ, as they may.
    Excepted(Exception),
}

/// Both ways to one app.
pub(crate) struct Ways {
    router: Router,
    pipe: Client,
    requests: usize,
}

/// An answer over HTTP.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
    /// It is one that ends when its client does.
    pub(crate) is_stream: bool,
}

impl Ways {
    pub(crate) async fn new() -> Self {
        let state = AppState::new().with(Stage::default());
        let mut settings = app().settings();
        // On a pipe a client can always be told of changes, over HTTP in a session.
        settings.http.sessions = true;
        let router = test_router(app(), settings, Some(state), None)
            .await
            .unwrap();
        Self {
            router,
            pipe: Client::of(app(), 64 * 1024, |_| {}),
            requests: 0,
        }
    }

    /// Sends a message both ways.
    ///
    /// # Errors
    ///
    /// The answers differ where they may not, or are not what their status says. Then the pipe is of no use any more.
    pub(crate) async fn compare(&mut self, message: &[u8]) -> Result<Outcome, String> {
        let http = self.over_http(message, headers::of(message)).await;
        if http.is_stream {
            return Ok(Outcome::Excepted(Exception::Stream));
        }
        exceptions::check_head(message, &http)?;
        if exceptions::has_no_answer(message, &http) {
            self.is_silent(message).await?;
            return Ok(match http.body.is_empty() {
                true => Outcome::Same,
                false => Outcome::Excepted(Exception::NobodyWaits),
            });
        }
        let pipe = self.pipe.ask(message).await;
        let (http, pipe) = exceptions::without_what_differs(&http.body, pipe.as_bytes());
        if http == pipe {
            return Ok(Outcome::Same);
        }
        match Exception::of(message, &http, &pipe) {
            Some(exception) => Ok(Outcome::Excepted(exception)),
            None => Err(format!("over HTTP:\n{http}\nover the pipe:\n{pipe}")),
        }
    }

    /// What HTTP answers to a message with these headers.
    pub(crate) async fn over_http(&mut self, message: &[u8], headers: HeaderMap) -> Answer {
        let answer = answer(&self.router, message, headers).await;
        if let Some(id) = answer.headers.get("mcp-session-id") {
            // Nobody goes on with it, and there is no room for thousands.
            let request = Request::delete("/mcp")
                .header(header::HOST, "127.0.0.1:3001")
                .header("mcp-session-id", id);
            let ended = self
                .router
                .clone()
                .oneshot(request.body(Body::empty()).unwrap());
            assert!(ended.await.unwrap().status().is_success());
        }
        answer
    }

    /// A message that nobody answers: the next line is the answer of a question after it.
    async fn is_silent(&mut self, message: &[u8]) -> Result<(), String> {
        self.pipe.send(message).await;
        self.requests += 1;
        let id = format!("\"silence {}\"", self.requests);
        let line = self
            .pipe
            .ask(format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"ping"}}"#))
            .await;
        let expected = format!(r#"{{"jsonrpc":"2.0","id":{id},"result":{{}}}}"#);
        if line == expected {
            return Ok(());
        }
        Err(format!("the pipe answers: {line}"))
    }
}

async fn answer(router: &Router, message: &[u8], headers: HeaderMap) -> Answer {
    let mut request = Request::post("/mcp")
        .header(header::HOST, "127.0.0.1:3001")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::ACCEPT, "application/json, text/event-stream")
        .body(Body::from(message.to_vec()))
        .unwrap();
    for (name, value) in &headers {
        request.headers_mut().append(name, value.clone());
    }
    let (parts, body) = Response::into_parts(router.clone().oneshot(request).await.unwrap());
    let is_stream = parts.headers.get(header::CONTENT_TYPE)
        == Some(&HeaderValue::from_static("text/event-stream"));
    let body = match is_stream {
        true => Vec::new(),
        false => body.collect().await.unwrap().to_bytes().to_vec(),
    };
    Answer {
        status: parts.status,
        headers: parts.headers,
        body,
        is_stream,
    }
}
