//! Clients that leave, or say that they will send no more.

use super::*;

/// Sends `request`, and waits until its work waits.
async fn waiting(server: &mut TestServer, request: &str) -> Client {
    let mut client = server.connect().await;
    client.write(request).await;
    timeout(PATIENCE, server.waiting.recv())
        .await
        .expect("the work begins")
        .unwrap();
    client
}

fn wait(server: &TestServer) -> String {
    format!("GET /wait HTTP/1.1\r\nhost: {}\r\n\r\n", server.address)
}

/// Until the one place of a server is free again.
async fn place_is_free(server: &TestServer) -> bool {
    let free = async {
        while server.get("/mcp", "").await.status == 503 {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, free).await.is_ok()
}

fn one_place() -> HttpSettings {
    let mut settings = HttpSettings::default();
    settings.limits.in_flight = 1;
    settings
}

#[tokio::test]
async fn who_leaves_while_its_request_waits_takes_it_along() {
    let mut server = TestServer::start(one_place()).await;
    let request = wait(&server);
    let client = waiting(&mut server, &request).await;
    assert_eq!(server.get("/mcp", "").await.status, 503);
    drop(client);
    assert!(place_is_free(&server).await);
    server.stop().await;
}

#[tokio::test]
async fn who_leaves_a_stream_that_waits_takes_it_along() {
    let server = TestServer::start(one_place()).await;
    let mut client = server.connect().await;
    let request = format!("GET /quiet HTTP/1.1\r\nhost: {}\r\n\r\n", server.address);
    client.write(request).await;
    assert!(client.piece().await.starts_with("HTTP/1.1 200"));
    assert_eq!(server.get("/mcp", "").await.status, 503);
    drop(client);
    assert!(place_is_free(&server).await);
    server.stop().await;
}

/// A body of which its route reads nothing.
#[tokio::test]
async fn who_leaves_with_an_unread_body_takes_its_request_along() {
    let mut server = TestServer::start(one_place()).await;
    let request = format!(
        "POST /wait HTTP/1.1\r\nhost: {}\r\ncontent-length: 5\r\n\r\nhello",
        server.address
    );
    let client = waiting(&mut server, &request).await;
    drop(client);
    assert!(place_is_free(&server).await);
    server.stop().await;
}

#[tokio::test]
async fn who_only_sends_no_more_gets_an_answer_that_is_there() {
    let server = TestServer::start(HttpSettings::default()).await;
    for _ in 0..20 {
        let mut client = server.connect().await;
        let request = format!(
            "POST /mcp HTTP/1.1\r\nhost: {}\r\ncontent-length: 5\r\n\r\nhello",
            server.address
        );
        client.write(request).await;
        client.0.shutdown().await.unwrap();
        assert_eq!(client.answer().await.body, "5 bytes");
    }
    server.stop().await;
}

/// What it sends meanwhile is its next request, and not taken for a departure.
#[tokio::test]
async fn who_sends_on_is_answered_in_order() {
    let mut server = TestServer::start(HttpSettings::default()).await;
    let request = wait(&server);
    let mut client = waiting(&mut server, &request).await;
    let next = format!(
        "POST /mcp HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-length: 5\r\n\r\nhello",
        server.address
    );
    client.write(next).await;
    assert!(server.is_well().await);
    server.release.notify_one();
    let answers = client.answer().await.body;
    let (done, bytes) = (answers.find("done"), answers.find("5 bytes"));
    assert!(done < bytes && done.is_some(), "{answers}");
    server.stop().await;
}

/// Each piece makes room for the next, of which the connection has to hear.
#[tokio::test]
async fn a_body_in_pieces_arrives_whole_however_it_is_cut() {
    let server = TestServer::start(HttpSettings::default()).await;
    let body = "x".repeat(BODY_LIMIT);
    for (size, pause) in [(1_000, true), (1_000, false), (4_096, true), (9_999, true)] {
        let mut client = server.connect().await;
        let head = format!(
            "POST /mcp HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n",
            server.address
        );
        client
            .write(format!("{head}content-length: {BODY_LIMIT}\r\n\r\n"))
            .await;
        for piece in body.as_bytes().chunks(size) {
            client.write(piece).await;
            if pause {
                tokio::task::yield_now().await;
            }
        }
        assert_eq!(client.answer().await.body, "10000 bytes", "{size}");
        let mut chunked = format!("{head}transfer-encoding: chunked\r\n\r\n");
        for piece in body.as_bytes().chunks(size) {
            chunked.push_str(&format!("{:x}\r\n", piece.len()));
            chunked.push_str(std::str::from_utf8(piece).unwrap());
            chunked.push_str("\r\n");
        }
        chunked.push_str("0\r\n\r\n");
        let answer = server.send(chunked).await;
        assert_eq!(answer.body, "10000 bytes", "{size}");
    }
    server.stop().await;
}
