//! HTTP/2, where one connection carries the requests of many.

use bytes::Bytes;
use http::header;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2::{self, SendRequest};
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::Value;
use tokio::task::JoinHandle;

use crate::live::{Live, Request};

/// A connection. Clones of its sender share it.
pub struct Http2 {
    pub sender: SendRequest<Full<Bytes>>,
    connection: JoinHandle<()>,
}

impl Http2 {
    pub async fn connect(live: &Live) -> Self {
        let io = TokioIo::new(live.connect().await);
        let (sender, connection) = http2::handshake(TokioExecutor::new(), io).await.unwrap();
        let connection = tokio::spawn(async move { drop(connection.await) });
        Self { sender, connection }
    }
}

impl Drop for Http2 {
    fn drop(&mut self) {
        self.connection.abort();
    }
}

/// Sends a request under this authority, and reads status and message of the answer.
pub async fn send(
    mut sender: SendRequest<Full<Bytes>>,
    request: &Request,
    authority: &str,
) -> (u16, Value) {
    let mut head = http::Request::builder()
        .method(request.method.as_str())
        .uri(format!("http://{authority}{}", request.target));
    for line in &request.lines {
        let (name, value) = std::str::from_utf8(line).unwrap().split_once(": ").unwrap();
        head = head.header(name, value);
    }
    head = head.header(header::CONTENT_LENGTH, request.body.len());
    let body = Full::new(Bytes::from(request.body.clone()));
    let response = sender.send_request(head.body(body).unwrap()).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap())
}
