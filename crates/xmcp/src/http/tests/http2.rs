//! HTTP/2, where one connection is many requests.

use http_body_util::{BodyExt, Empty};
use hyper::{
    body::Incoming,
    client::conn::http2::{Builder, SendRequest},
};
use hyper_util::rt::{TokioExecutor, TokioIo};

use super::*;

/// A connection, and its end.
struct Http2 {
    sender: SendRequest<Empty<Bytes>>,
    ended: JoinHandle<()>,
}

impl Http2 {
    async fn connect(server: &TestServer) -> Self {
        Self::connect_with_room_for(server, None).await
    }

    /// A client that lets the server send so many bytes of an answer before it reads them.
    async fn connect_with_room_for(server: &TestServer, bytes: impl Into<Option<u32>>) -> Self {
        let stream = TcpStream::connect(server.address).await.unwrap();
        let (sender, connection) = Builder::new(TokioExecutor::new())
            .initial_stream_window_size(bytes)
            .handshake(TokioIo::new(stream))
            .await
            .unwrap();
        let ended = tokio::spawn(async move { drop(connection.await) });
        Self { sender, ended }
    }

    async fn get(&mut self, path: &str) -> hyper::Response<Incoming> {
        let request = Request::get(format!("http://localhost{path}"))
            .body(Empty::new())
            .unwrap();
        self.sender.send_request(request).await.unwrap()
    }

    async fn text(&mut self, path: &str) -> String {
        let body = self.get(path).await.into_body().collect().await.unwrap();
        String::from_utf8(body.to_bytes().to_vec()).unwrap()
    }

    async fn ended(self) {
        timeout(PATIENCE, self.ended)
            .await
            .expect("the connection ends")
            .unwrap();
    }
}

fn quick() -> HttpSettings {
    let mut settings = HttpSettings::default();
    settings.limits.header_timeout = Duration::from_millis(200);
    settings.limits.idle_timeout = Duration::from_millis(500);
    settings.limits.body_timeout = Duration::from_millis(500);
    settings
}

/// Whether the connection ends of a client that holds back one answer and takes all others.
async fn one_answer_held_back_ends_the_connection(path: &str, room: impl Into<Option<u32>>) {
    let mut settings = quick();
    settings.limits.in_flight = 3;
    let server = TestServer::start(settings).await;
    let mut client = Http2::connect_with_room_for(&server, room).await;
    let held_back = client.get(path).await;
    let sender = client.sender.clone();
    let busy = tokio::spawn(async move {
        loop {
            let request = Request::get("http://localhost/mcp")
                .body(Empty::new())
                .unwrap();
            let Ok(response) = sender.clone().send_request(request).await else {
                break;
            };
            drop(response.into_body().collect().await);
        }
    });
    client.ended().await;
    timeout(PATIENCE, busy).await.unwrap().unwrap();
    drop(held_back);
    assert!(server.is_well().await);
    server.stop().await;
}

#[tokio::test]
async fn one_answer_that_is_not_taken_ends_the_connection_although_others_are() {
    one_answer_held_back_ends_the_connection("/endless", None).await;
}

#[tokio::test]
async fn an_answer_in_one_piece_is_not_taken_when_its_first_byte_is() {
    one_answer_held_back_ends_the_connection("/large", 1).await;
}

#[tokio::test]
async fn a_large_answer_arrives_whole() {
    let server = TestServer::start(HttpSettings::default()).await;
    let mut client = Http2::connect(&server).await;
    let response = client.get("/large").await;
    assert_eq!(
        response.headers()["content-length"],
        LARGE.to_string().as_str()
    );
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert!(body.len() == LARGE && body.iter().all(|byte| *byte == b'x'));
    server.stop().await;
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_a_used_one_is_kept() {
    let server = TestServer::start(quick()).await;
    let mut client = Http2::connect(&server).await;
    let start = Instant::now();
    while start.elapsed() < Duration::from_millis(1500) {
        assert_eq!(client.text("/mcp").await, "ok");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    client.ended().await;
    server.stop().await;
}

#[tokio::test]
async fn requests_in_progress_are_finished_at_shutdown() {
    let mut server = TestServer::start(HttpSettings::default()).await;
    let mut client = Http2::connect(&server).await;
    let mut idle = Http2::connect(&server).await;
    assert_eq!(idle.text("/mcp").await, "ok");
    let answer = tokio::spawn(async move {
        let text = client.text("/wait").await;
        (text, client)
    });
    timeout(PATIENCE, server.waiting.recv())
        .await
        .unwrap()
        .unwrap();
    server.shutdown.cancel();
    idle.ended().await;
    server.release.notify_one();
    let (text, client) = timeout(PATIENCE, answer).await.unwrap().unwrap();
    assert_eq!(text, "done");
    client.ended().await;
    server.stop().await;
}

#[tokio::test]
async fn requests_that_do_not_finish_are_dropped_with_their_tasks() {
    let mut settings = HttpSettings::default();
    settings.limits.drain = Duration::from_millis(200);
    let mut server = TestServer::start(settings).await;
    let mut client = Http2::connect(&server).await;
    let sender = client.sender.clone();
    let answer = tokio::spawn(async move {
        let mut client = Http2 {
            sender,
            ended: tokio::spawn(async {}),
        };
        let request = Request::get("http://localhost/wait")
            .body(Empty::new())
            .unwrap();
        client.sender.send_request(request).await.is_err()
    });
    timeout(PATIENCE, server.waiting.recv())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(client.text("/mcp").await, "ok");
    let release = Arc::downgrade(&server.release);
    server.stop().await;
    assert!(
        timeout(PATIENCE, answer).await.unwrap().unwrap(),
        "the request failed"
    );
    assert_eq!(release.strong_count(), 0, "nothing of the routes is left");
}

#[tokio::test]
async fn a_header_list_beyond_its_size_is_refused() {
    let server = TestServer::start(HttpSettings::default()).await;
    let mut client = Http2::connect(&server).await;
    let request = Request::get("http://localhost/mcp")
        .header("x-long", "x".repeat(20 * 1024))
        .body(Empty::new())
        .unwrap();
    let refused = client.sender.send_request(request).await.unwrap();
    assert_eq!(refused.status(), 431);
    assert_eq!(client.text("/mcp").await, "ok");
    server.stop().await;
}
