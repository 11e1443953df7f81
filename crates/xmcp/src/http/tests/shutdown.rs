//! The end of a server: rule 4 of `serve.rs`, rule 5 of `connection.rs`.

use super::*;

async fn begin(server: &mut TestServer) -> Client {
    let mut client = server.connect().await;
    client
        .write(format!(
            "GET /wait HTTP/1.1\r\nhost: {}\r\n\r\n",
            server.address
        ))
        .await;
    timeout(PATIENCE, server.waiting.recv())
        .await
        .unwrap()
        .unwrap();
    client
}

#[tokio::test]
async fn a_request_in_progress_is_finished_and_no_other_is_taken() {
    let mut server = TestServer::start(HttpSettings::default()).await;
    let mut client = begin(&mut server).await;
    server.shutdown.cancel();
    let closed = async { while TcpStream::connect(server.address).await.is_ok() {} };
    timeout(PATIENCE, closed)
        .await
        .expect("the listener closes at once");
    server.release.notify_one();
    let answer = client.answer().await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "done"));
    server.stop().await;
}

#[tokio::test]
async fn idle_and_half_begun_connections_do_not_hold_it_up() {
    let server = TestServer::start(HttpSettings::default()).await;
    let mut idle = server.connect().await;
    idle.write(format!(
        "GET /mcp HTTP/1.1\r\nhost: {}\r\n\r\n",
        server.address
    ))
    .await;
    assert!(idle.piece().await.starts_with("HTTP/1.1 200"));
    let _silent = server.connect().await;
    let mut half = server.connect().await;
    half.write("GET /mcp HTT").await;
    assert!(server.is_well().await, "so the others are accepted too");
    let start = Instant::now();
    server.stop().await;
    assert!(
        start.elapsed() < Duration::from_secs(5),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(idle.answer().await.status, 0);
}

#[tokio::test]
async fn what_does_not_finish_in_time_is_dropped() {
    let mut settings = HttpSettings::default();
    settings.limits.drain = Duration::from_millis(200);
    let mut server = TestServer::start(settings).await;
    let mut client = begin(&mut server).await;
    let start = Instant::now();
    server.stop().await;
    assert!(
        start.elapsed() >= Duration::from_millis(200),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(client.answer().await.status, 0);
}

#[tokio::test]
async fn a_stream_without_end_is_dropped_too() {
    let mut settings = HttpSettings::default();
    settings.limits.drain = Duration::from_millis(200);
    let server = TestServer::start(settings).await;
    let mut client = server.connect().await;
    client
        .write(format!(
            "GET /endless HTTP/1.1\r\nhost: {}\r\n\r\n",
            server.address
        ))
        .await;
    assert!(client.piece().await.starts_with("HTTP/1.1 200"));
    server.stop().await;
}

fn ask(server: &TestServer) -> String {
    format!("GET /mcp HTTP/1.1\r\nhost: {}\r\n\r\n", server.address)
}

/// An answer that may be followed by another.
async fn next(client: &mut Client) -> Answer {
    let mut text = client.piece().await;
    while !text.contains("\r\n\r\n") || !text.ends_with("ok") {
        text.push_str(&client.piece().await);
    }
    Answer::parse(text.as_bytes())
}

#[tokio::test]
async fn with_a_successor_a_kept_connection_has_one_more_answer_that_says_so() {
    let server = TestServer::start(HttpSettings::default()).await;
    let mut client = server.connect().await;
    client.write(ask(&server)).await;
    assert_eq!(next(&mut client).await.header("connection"), None);
    server.handover.begin();
    let refused = async { while TcpStream::connect(server.address).await.is_ok() {} };
    timeout(PATIENCE, refused)
        .await
        .expect("the listener is the successor's");
    client.write(ask(&server)).await;
    let last = client.answer().await;
    assert_eq!((last.status, last.body.as_str()), (200, "ok"));
    assert_eq!(last.header("connection"), Some("close"));
    timeout(PATIENCE, server.task).await.unwrap().unwrap();
}

#[tokio::test]
async fn with_a_successor_a_connection_that_stays_idle_is_closed_and_what_is_in_progress_is_finished()
 {
    let mut server = TestServer::start(HttpSettings::default()).await;
    let mut busy = begin(&mut server).await;
    let mut idle = server.connect().await;
    idle.write(ask(&server)).await;
    next(&mut idle).await;
    server.handover.begin();
    assert_eq!(idle.answer().await.status, 0, "it is closed");
    server.release.notify_one();
    let answer = busy.answer().await;
    assert_eq!((answer.status, answer.body.as_str()), (200, "done"));
    timeout(PATIENCE, server.task).await.unwrap().unwrap();
}
