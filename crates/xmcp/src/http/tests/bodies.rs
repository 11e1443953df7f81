//! Bodies: the rules of `body.rs`.

use super::*;

fn quick() -> HttpSettings {
    let mut settings = HttpSettings::default();
    settings.limits.body_timeout = Duration::from_millis(300);
    settings
}

fn head(server: &TestServer, headers: &str) -> String {
    format!(
        "POST /mcp HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n{headers}\r\n",
        server.address
    )
}

#[tokio::test]
async fn bodies_within_the_limit_are_read_whole() {
    let server = TestServer::start(HttpSettings::default()).await;
    for size in [0, 1, BODY_LIMIT] {
        let answer = server
            .send(head(&server, &format!("content-length: {size}\r\n")) + &"x".repeat(size))
            .await;
        assert_eq!(answer.body, format!("{size} bytes"));
    }
    let chunks = "5\r\nhello\r\n6\r\n world\r\n0\r\ntrailer: 1\r\n\r\n";
    assert_eq!(
        server
            .send(head(&server, "transfer-encoding: chunked\r\n") + chunks)
            .await
            .body,
        "11 bytes"
    );
    server.stop().await;
}

#[tokio::test]
async fn an_announced_length_beyond_the_limit_is_413_before_a_byte_is_sent() {
    let server = TestServer::start(HttpSettings::default()).await;
    let answer = server
        .send(head(
            &server,
            "content-length: 20000000\r\nexpect: 100-continue\r\n",
        ))
        .await;
    assert_eq!(
        (answer.status, answer.message()),
        (
            413,
            "the body is larger than 10000 bytes, see [http] body_limit".into()
        )
    );
    server.stop().await;
}

#[tokio::test]
async fn a_client_that_sends_on_still_reads_its_413() {
    let server = TestServer::start(HttpSettings::default()).await;
    let body = "x".repeat(300_000);
    let answer = server
        .send(head(&server, "content-length: 300000\r\n") + &body)
        .await;
    assert_eq!(answer.status, 413);
    server.stop().await;
}

#[tokio::test]
async fn a_body_without_length_is_counted() {
    let server = TestServer::start(HttpSettings::default()).await;
    let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000));
    let answer = server
        .send(head(&server, "transfer-encoding: chunked\r\n") + &chunk.repeat(20) + "0\r\n\r\n")
        .await;
    assert_eq!(answer.status, 413);
    server.stop().await;
}

#[tokio::test]
async fn a_body_that_stops_is_408() {
    let server = TestServer::start(quick()).await;
    let mut client = server.connect().await;
    client
        .write(head(&server, "content-length: 100\r\n") + "only this")
        .await;
    let answer = client.answer().await;
    assert_eq!(
        (answer.status, answer.message()),
        (408, "the body did not arrive in time".into())
    );
    server.stop().await;
}

#[tokio::test]
async fn a_body_that_trickles_is_408_although_bytes_come() {
    let server = TestServer::start(quick()).await;
    let mut client = server.connect().await;
    client
        .write(head(&server, "content-length: 5000\r\n"))
        .await;
    let (elapsed, answer) = client.trickle(b"x").await;
    assert_eq!(answer.status, 408);
    assert!(elapsed < Duration::from_secs(5), "{elapsed:?}");
    assert!(server.is_well().await);
    server.stop().await;
}

#[tokio::test]
async fn a_slow_body_that_gets_on_is_read() {
    let server = TestServer::start(quick()).await;
    let mut client = server.connect().await;
    client
        .write(head(&server, "content-length: 8192\r\n"))
        .await;
    for _ in 0..8 {
        client.write(vec![b'x'; 1024]).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(client.answer().await.body, "8192 bytes");
    server.stop().await;
}

#[tokio::test]
async fn compressed_bodies_are_415() {
    let server = TestServer::start(HttpSettings::default()).await;
    for encoding in [
        "gzip",
        "br",
        "GZIP",
        "identity, gzip",
        "identity\r\ncontent-encoding: gzip",
    ] {
        let answer = server
            .send(
                head(
                    &server,
                    &format!("content-encoding: {encoding}\r\ncontent-length: 2\r\n"),
                ) + "{}",
            )
            .await;
        assert_eq!(answer.status, 415, "{encoding}");
    }
    let answer = server
        .send(
            head(
                &server,
                "content-encoding: Identity\r\ncontent-length: 2\r\n",
            ) + "{}",
        )
        .await;
    assert_eq!(answer.status, 200);
    server.stop().await;
}

#[tokio::test]
async fn a_broken_body_is_400() {
    let server = TestServer::start(HttpSettings::default()).await;
    let answer = server
        .send(head(&server, "transfer-encoding: chunked\r\n") + "zz\r\nhello\r\n")
        .await;
    assert_eq!(
        (answer.status, answer.message()),
        (400, "the body is incomplete or malformed".into())
    );
    let mut client = server.connect().await;
    client
        .write(head(&server, "content-length: 100\r\n") + "half")
        .await;
    client.0.shutdown().await.unwrap();
    // Whoever closed its half may get no answer; what counts is that the server does not wait for the rest.
    assert!(matches!(client.answer().await.status, 0 | 400));
    assert!(server.is_well().await);
    server.stop().await;
}

#[tokio::test]
async fn a_body_in_one_piece_is_not_copied() {
    let bytes = Bytes::from(vec![b'x'; 1000]);
    let budget = BodyBudget::for_bodies_of(1000);
    let (read, _) = body::read(Body::from(bytes.clone()), 1000, PATIENCE, &budget)
        .await
        .unwrap();
    assert_eq!(read.as_ptr(), bytes.as_ptr());
    let refused = body::read(Body::from(bytes), 999, PATIENCE, &budget).await;
    assert_eq!(
        refused.unwrap_err(),
        body::BodyError::TooLarge { limit: 999 }
    );
}

#[tokio::test]
async fn bodies_together_take_what_there_is_for_them_and_no_more() {
    const LARGE: usize = 128 * 1024;
    let large = || Body::from(vec![b'x'; LARGE]);
    let small = || Body::from(vec![b'x'; 1024]);
    // Room for two large bodies, beyond the 64 KiB that each has for nothing.
    let budget = BodyBudget::of(LARGE);
    let first = body::read(large(), LARGE, PATIENCE, &budget).await.unwrap();
    let second = body::read(large(), LARGE, PATIENCE, &budget).await.unwrap();
    let refused = body::read(large(), LARGE, PATIENCE, &budget)
        .await
        .unwrap_err();
    assert_eq!(refused, body::BodyError::NoRoom);
    let answer = refused.into_response();
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.headers()["retry-after"], "1");
    assert!(body::read(small(), LARGE, PATIENCE, &budget).await.is_ok());
    drop((first, second));
    assert!(body::read(large(), LARGE, PATIENCE, &budget).await.is_ok());
}

#[tokio::test]
async fn an_answer_before_the_body_came_says_that_the_connection_ends() {
    let server = TestServer::start(HttpSettings::default()).await;
    let mut client = server.connect().await;
    client
        .write(format!(
            "POST /nowhere HTTP/1.1\r\nhost: {}\r\ncontent-length: 5\r\n\r\n",
            server.address
        ))
        .await;
    let piece = client.piece().await;
    client.write("hello").await;
    assert!(
        piece.starts_with("HTTP/1.1 404") && piece.contains("connection: close\r\n"),
        "{piece}"
    );
    server.stop().await;
}

#[tokio::test]
async fn a_connection_whose_bodies_were_read_goes_on() {
    let server = TestServer::start(HttpSettings::default()).await;
    let mut client = server.connect().await;
    for body in [
        "content-length: 5\r\n\r\nhello",
        "content-length: 0\r\n\r\n",
        "transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    ] {
        let request = format!("POST /mcp HTTP/1.1\r\nhost: {}\r\n{body}", server.address);
        client.write(request).await;
        let piece = client.piece().await;
        assert!(
            piece.starts_with("HTTP/1.1 200") && !piece.contains("connection:"),
            "{piece}"
        );
    }
    server.stop().await;
}
