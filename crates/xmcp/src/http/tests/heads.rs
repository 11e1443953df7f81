//! What a connection may do before and between requests: rules 1 and 2 of `connection.rs`, and the sizes of a head.

use std::{
    future::{Future, poll_fn},
    pin::pin,
};

use tokio::task::coop;

use super::*;
use crate::http::{
    activity::Times,
    connection,
    serve::{Tasks, builder},
};

fn quick() -> HttpSettings {
    let mut settings = HttpSettings::default();
    settings.limits.header_timeout = Duration::from_millis(300);
    settings.limits.idle_timeout = Duration::from_millis(300);
    settings
}

/// Far above the limits in use, far below the defaults.
const SOON: Duration = Duration::from_secs(5);

#[tokio::test]
async fn a_silent_connection_is_closed() {
    let server = TestServer::start(quick()).await;
    let start = Instant::now();
    assert_eq!(server.connect().await.answer().await.status, 0);
    assert!(start.elapsed() < SOON);
    server.stop().await;
}

#[tokio::test]
async fn a_head_that_trickles_is_cut_off_and_others_are_served() {
    let server = TestServer::start(quick()).await;
    let mut client = server.connect().await;
    let (well, (elapsed, answer)) = tokio::join!(
        server.is_well(),
        client.trickle(b"GET /mcp HTTP/1.1\r\nhost: localhost\r\nx: ")
    );
    assert!(well);
    assert_eq!(answer.status, 0);
    assert!(elapsed < SOON, "{elapsed:?}");
    server.stop().await;
}

#[tokio::test]
async fn the_start_of_an_http2_connection_may_not_trickle_either() {
    let server = TestServer::start(quick()).await;
    let (elapsed, _) = server
        .connect()
        .await
        .trickle(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        .await;
    assert!(elapsed < SOON, "{elapsed:?}");
    server.stop().await;
}

#[tokio::test]
async fn a_connection_that_is_busy_from_its_start_has_no_more_time_than_others() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let _client = TcpStream::connect(address).await.unwrap();
    let accepted = listener.accept().await.unwrap();
    let limits = quick().limits;
    let mut served = pin!(connection::serve(
        accepted,
        Router::new().into(),
        builder(&limits, Tasks::default()),
        Times::from(&limits),
        Ends::default(),
    ));
    let mut is_first = true;
    let served = poll_fn(|context| {
        // As after a flood that takes all that tokio lets a task do at a time.
        while is_first && coop::has_budget_remaining() {
            let _ = pin!(coop::consume_budget()).poll(context);
        }
        is_first = false;
        served.as_mut().poll(context)
    });
    let closed = timeout(SOON, served).await;
    closed.expect("a silent connection is closed");
}

#[tokio::test]
async fn the_head_of_a_later_request_may_not_trickle_either() {
    let mut settings = quick();
    settings.limits.idle_timeout = Duration::from_secs(60);
    let server = TestServer::start(settings).await;
    let mut client = server.connect().await;
    client
        .write(format!(
            "GET /mcp HTTP/1.1\r\nhost: {}\r\n\r\n",
            server.address
        ))
        .await;
    assert!(client.piece().await.starts_with("HTTP/1.1 200"));
    let (elapsed, _) = client.trickle(b"GET /mcp HTTP/1.1\r\nx: ").await;
    assert!(elapsed < SOON, "{elapsed:?}");
    server.stop().await;
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_a_used_one_is_kept() {
    let server = TestServer::start(quick()).await;
    let mut client = server.connect().await;
    let start = Instant::now();
    while start.elapsed() < Duration::from_millis(600) {
        client
            .write(format!(
                "GET /mcp HTTP/1.1\r\nhost: {}\r\n\r\n",
                server.address
            ))
            .await;
        assert!(client.piece().await.starts_with("HTTP/1.1 200"));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let start = Instant::now();
    assert_eq!(client.answer().await.status, 0);
    assert!(start.elapsed() < SOON);
    server.stop().await;
}

#[tokio::test]
async fn a_request_that_works_for_long_is_not_idle() {
    let mut server = TestServer::start(quick()).await;
    let mut client = server.connect().await;
    client
        .write(format!(
            "GET /wait HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n",
            server.address
        ))
        .await;
    server.waiting.recv().await.unwrap();
    tokio::time::sleep(Duration::from_millis(900)).await;
    server.release.notify_one();
    assert_eq!(client.answer().await.body, "done");
    server.stop().await;
}

#[tokio::test]
async fn a_head_beyond_its_size_is_431() {
    let server = TestServer::start(HttpSettings::default()).await;
    let long = "x".repeat(40 * 1024);
    assert_eq!(
        server
            .get("/mcp", &format!("x-long: {long}\r\n"))
            .await
            .status,
        431
    );
    let fits = "x".repeat(20 * 1024);
    assert_eq!(
        server
            .get("/mcp", &format!("x-long: {fits}\r\n"))
            .await
            .status,
        200
    );
    assert!(matches!(
        server.get(&format!("/{long}"), "").await.status,
        414 | 431
    ));
    server.stop().await;
}

#[tokio::test]
async fn too_many_headers_are_431() {
    let server = TestServer::start(HttpSettings::default()).await;
    let headers = |count: usize| {
        (0..count)
            .map(|number| format!("x-{number}: 1\r\n"))
            .collect::<String>()
    };
    // `host` and `connection` count too.
    assert_eq!(server.get("/mcp", &headers(62)).await.status, 200);
    let answer = server.get("/mcp", &headers(63)).await;
    assert_eq!(
        (answer.status, answer.message()),
        (
            431,
            "the request has more than 64 header fields, see [http.limits] headers".into()
        )
    );
    assert_eq!(server.get("/mcp", &headers(200)).await.status, 431);
    server.stop().await;
}

#[tokio::test]
async fn garbage_is_refused_and_leaves_the_server_well() {
    let server = TestServer::start(quick()).await;
    let long: Vec<u8> = (0..200_000_u32)
        .map(|number| (number * 31 % 251) as u8)
        .collect();
    let garbage: [&[u8]; 7] = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\0\0\0\0\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\ngarbage that is no frame at all, for long enough to be one",
        &long,
    ];
    for bytes in garbage {
        let mut client = server.connect().await;
        // The server may have closed before everything was sent.
        let _ = client.0.write_all(bytes).await;
        let mut rest = Vec::new();
        let _ = timeout(PATIENCE, client.0.read_to_end(&mut rest))
            .await
            .expect("the server closes the connection");
        assert!(
            !rest.starts_with(b"HTTP/1.1 200"),
            "{}",
            String::from_utf8_lossy(&rest)
        );
    }
    assert!(server.is_well().await);
    server.stop().await;
}

#[tokio::test]
async fn requests_that_mean_two_things_are_refused() {
    let server = TestServer::start(HttpSettings::default()).await;
    for framing in [
        "content-length: 5\r\ncontent-length: 6\r\n\r\nhello",
        "content-length: -1\r\n\r\n",
        "content-length: +5\r\n\r\nhello",
        "transfer-encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "transfer-encoding: gzip\r\n\r\nhello",
    ] {
        let answer = server
            .send(format!(
                "POST /mcp HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{framing}"
            ))
            .await;
        assert_eq!(answer.status, 400, "{framing:?}");
    }
    server.stop().await;
}
