//! The protected server as strangers meet it: raw bytes over real sockets.

use std::time::Duration;

use http::StatusCode;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::timeout,
};
use xmcp::{Era, testing};

use crate::{
    fixture::Setup,
    scalekit::Scalekit,
    secrets::note,
    support::{ACCEPT, modern_meta},
};

/// What no step of a test takes when all is well.
const PATIENCE: Duration = Duration::from_secs(20);

/// A protected server that listens, and who vouches for its callers.
pub struct Live {
    pub port: u16,
    pub scalekit: Scalekit,
    path: String,
    serving: JoinHandle<()>,
}

/// A request, byte by byte. It asks for the connection to be closed behind the answer.
#[derive(Clone)]
pub struct Request {
    pub method: String,
    pub target: String,
    /// The lines of the head, without the first.
    pub lines: Vec<Vec<u8>>,
    pub body: Vec<u8>,
    pub is_chunked: bool,
    pub keeps_alive: bool,
}

/// What the server sent. Status 0 means nothing.
#[derive(Debug)]
pub struct Raw {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Live {
    pub async fn start() -> Self {
        Self::with(Setup::default()).await
    }

    pub async fn with(setup: Setup) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (path, limits) = (
            setup.settings.http.endpoint.clone(),
            setup.settings.http.limits.clone(),
        );
        let (router, scalekit) = setup.assemble(port).await;
        let serving =
            tokio::spawn(async move { testing::test_serve(listener, router, &limits).await });
        Self {
            port,
            scalekit,
            path,
            serving,
        }
    }

    /// What every challenge says of the metadata.
    pub fn metadata(&self) -> String {
        format!(
            "resource_metadata=\"http://localhost:{}/.well-known/oauth-protected-resource{}\"",
            self.port, self.path
        )
    }

    /// A good token of this user, with these scopes.
    pub fn token(&self, scope: &str) -> String {
        let scopes: Vec<&str> = scope.split_whitespace().collect();
        self.scalekit.mint(
            json!({ "sub": "usr_ada", "scope": scope, "scopes": scopes }),
            json!({}),
        )
    }

    /// A good token with these changes to its claims.
    pub fn changed(&self, claims: Value) -> String {
        self.scalekit.mint(claims, json!({}))
    }

    /// A request on a connection of its own, and everything until the server closes it.
    pub async fn send(&self, request: &Request) -> Raw {
        self.send_bytes(&request.bytes(self.port)).await
    }

    pub async fn send_bytes(&self, bytes: &[u8]) -> Raw {
        let mut stream = self.connect().await;
        // A server that has refused may have closed before it read everything.
        let _ = stream.write_all(bytes).await;
        let mut answer = Vec::new();
        let read = timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
        let read = read.expect("the server closes the connection");
        assert!(read.is_ok() || !answer.is_empty(), "{read:?}");
        Raw::parse(&answer)
    }

    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(("127.0.0.1", self.port)).await.unwrap()
    }

    /// A call with this token.
    pub async fn call(&self, era: Era, tool: &str, token: &str) -> Raw {
        self.send(&Request::call(era, tool).to(&self.path).bearer(token))
            .await
    }

    /// How often a handler of `counted` or `admin` has run.
    pub async fn calls(&self) -> String {
        self.call(Era::Modern, "calls", &self.token("openid"))
            .await
            .said()
    }

    /// Nothing of a credential was there, or nothing that is one.
    #[track_caller]
    pub fn assert_unauthorized(&self, raw: &Raw, what: &str) {
        assert_eq!(raw.status, 401, "{what}: {raw:?}");
        assert_eq!(
            raw.headers("www-authenticate"),
            [format!("Bearer {}", self.metadata())],
            "{what}"
        );
        assert_eq!(
            raw.json(),
            json!({ "error": "unauthorized", "error_description": "Missing or invalid bearer token" }),
            "{what}"
        );
        raw.assert_private(what);
    }

    /// There was a token, and it is no good.
    #[track_caller]
    pub fn assert_invalid(&self, raw: &Raw, what: &str) {
        self.assert_refused(raw, "Token verification failed", what);
    }

    /// There was a token, and it is over.
    #[track_caller]
    pub fn assert_expired(&self, raw: &Raw, what: &str) {
        self.assert_refused(raw, "The access token expired", what);
    }

    #[track_caller]
    fn assert_refused(&self, raw: &Raw, description: &str, what: &str) {
        assert_eq!(raw.status, 401, "{what}: {raw:?}");
        let challenge = format!(
            "Bearer error=\"invalid_token\", error_description=\"{description}\", {}",
            self.metadata()
        );
        assert_eq!(raw.headers("www-authenticate"), [challenge], "{what}");
        assert_eq!(
            raw.json(),
            json!({ "error": "invalid_token", "error_description": description }),
            "{what}"
        );
        raw.assert_private(what);
    }

    /// There is more than one credential.
    #[track_caller]
    pub fn assert_ambiguous(&self, raw: &Raw, what: &str) {
        assert_eq!(raw.status, 400, "{what}: {raw:?}");
        let challenge = format!("Bearer error=\"invalid_request\", {}", self.metadata());
        assert_eq!(raw.headers("www-authenticate"), [challenge], "{what}");
        raw.assert_private(what);
    }

    /// The token lacks one of these scopes, which a tool needs.
    #[track_caller]
    pub fn assert_lacking(&self, raw: &Raw, scopes: &[&str], what: &str) {
        assert_eq!(raw.status, 403, "{what}: {raw:?}");
        let challenge = format!(
            "Bearer error=\"insufficient_scope\", scope=\"{}\", {}, error_description=\"The access token lacks a required scope\"",
            scopes.join(" "),
            self.metadata()
        );
        assert_eq!(raw.headers("www-authenticate"), [challenge], "{what}");
        let error = json!({ "code": -32600, "message": "insufficient scope", "data": { "required_scopes": scopes } });
        assert_eq!(
            raw.json(),
            json!({ "jsonrpc": "2.0", "id": 1, "error": error }),
            "{what}"
        );
        raw.assert_private(what);
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Request {
    /// A call as a client of that generation sends it, without a credential.
    pub fn call(era: Era, tool: &str) -> Self {
        Self::message(era, "tools/call", json!({ "name": tool, "arguments": {} }))
    }

    pub fn message(era: Era, method: &str, mut params: Value) -> Self {
        let mut request = Self {
            method: "POST".to_owned(),
            target: "/mcp".to_owned(),
            lines: Vec::new(),
            body: Vec::new(),
            is_chunked: false,
            keeps_alive: false,
        }
        .line("content-type: application/json")
        .line(format!("accept: {ACCEPT}"));
        request = match era {
            Era::Legacy => request.line("mcp-protocol-version: 2025-11-25"),
            Era::Modern => {
                for (key, value) in modern_meta() {
                    params["_meta"][key] = value;
                }
                let request = request
                    .line("mcp-protocol-version: 2026-07-28")
                    .line(format!("mcp-method: {method}"));
                match params["name"].as_str() {
                    Some(name) => request.line(format!("mcp-name: {name}")),
                    None => request,
                }
            }
        };
        request.body(
            json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string(),
        )
    }

    pub fn by(mut self, method: &str) -> Self {
        self.method = method.to_owned();
        self
    }

    pub fn to(mut self, target: &str) -> Self {
        self.target = target.to_owned();
        self
    }

    pub fn line(mut self, line: impl AsRef<[u8]>) -> Self {
        self.lines.push(line.as_ref().to_owned());
        self
    }

    pub fn bearer(self, token: &str) -> Self {
        self.line(format!("authorization: Bearer {token}"))
    }

    pub fn body(mut self, body: impl AsRef<[u8]>) -> Self {
        self.body = body.as_ref().to_owned();
        self
    }

    pub fn chunked(mut self) -> Self {
        self.is_chunked = true;
        self
    }

    pub fn keeping_alive(mut self) -> Self {
        self.keeps_alive = true;
        self
    }

    /// Without lines of this header. `host` stands for the one that is there by itself.
    pub fn without(mut self, name: &str) -> Self {
        self.lines.retain(|line| {
            !line
                .to_ascii_lowercase()
                .starts_with(format!("{name}:").as_bytes())
        });
        self
    }

    fn bytes(&self, port: u16) -> Vec<u8> {
        let mut bytes = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        let has_host = self
            .lines
            .iter()
            .any(|line| line.to_ascii_lowercase().starts_with(b"host:"));
        let mut line = |line: &[u8]| {
            bytes.extend_from_slice(line);
            bytes.extend_from_slice(b"\r\n");
        };
        if !has_host {
            line(format!("host: localhost:{port}").as_bytes());
        }
        if !self.keeps_alive {
            line(b"connection: close");
        }
        for own in &self.lines {
            line(own);
        }
        if self.is_chunked {
            line(b"transfer-encoding: chunked");
            bytes.extend_from_slice(format!("\r\n{:x}\r\n", self.body.len()).as_bytes());
            bytes.extend_from_slice(&self.body);
            bytes.extend_from_slice(b"\r\n0\r\n\r\n");
        } else {
            line(format!("content-length: {}\r\n", self.body.len()).as_bytes());
            bytes.extend_from_slice(&self.body);
        }
        bytes
    }

    /// Sends it on a connection that is there already, and reads the one answer.
    pub async fn on(&self, stream: &mut TcpStream, port: u16) -> Raw {
        stream.write_all(&self.bytes(port)).await.unwrap();
        let mut answer = Vec::new();
        loop {
            let mut piece = [0; 4096];
            let length = timeout(PATIENCE, stream.read(&mut piece))
                .await
                .expect("the server answers")
                .unwrap();
            assert_ne!(length, 0, "the server closed: {answer:?}");
            answer.extend_from_slice(&piece[..length]);
            let raw = Raw::parse(&answer);
            let announced = raw
                .header("content-length")
                .and_then(|length| length.parse().ok());
            let is_whole = self.method == "HEAD"
                || announced.is_some_and(|length: usize| raw.body.len() >= length);
            if raw.status != 0 && answer.windows(4).any(|end| end == b"\r\n\r\n") && is_whole {
                return raw;
            }
        }
    }
}

impl Raw {
    fn parse(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        Self {
            status: status.unwrap_or(0),
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    pub fn headers(&self, name: &str) -> Vec<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .filter(|(found, _)| found.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
            .collect()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers(name).first().copied()
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{self:?}"))
    }

    /// The text of a call's result.
    #[track_caller]
    pub fn said(&self) -> String {
        assert_eq!(self.status, u16::from(StatusCode::OK), "{self:?}");
        let result = &self.json()["result"];
        assert_eq!(result.get("isError"), None, "{result}");
        result["content"][0]["text"].as_str().unwrap().to_owned()
    }

    /// A refusal is for whom it was made, readable to pages, and says nothing of anybody.
    #[track_caller]
    fn assert_private(&self, what: &str) {
        assert_eq!(self.header("cache-control"), Some("no-store"), "{what}");
        assert_eq!(
            self.header("access-control-expose-headers"),
            Some("www-authenticate"),
            "{what}"
        );
        for text in [&self.head, &self.body] {
            assert!(!text.contains("usr_ada"), "{what}: {self:?}");
        }
    }
}

/// A credential that no environment made.
pub fn made_up(token: impl Into<String>) -> String {
    let token = token.into();
    note(&token);
    token
}
