//! How much at a time, and what happens above it.

use super::*;

async fn start_waiting(server: &mut TestServer) -> Client {
    let mut client = server.connect().await;
    client
        .write(format!(
            "GET /wait HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n",
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
async fn a_request_beyond_the_cap_is_503_and_comes_through_later() {
    let mut settings = HttpSettings::default();
    settings.limits.in_flight = 2;
    let mut server = TestServer::start(settings).await;
    let mut first = start_waiting(&mut server).await;
    let mut second = start_waiting(&mut server).await;
    let refused = server.get("/mcp", "").await;
    assert_eq!(
        (refused.status, refused.header("retry-after")),
        (503, Some("1"))
    );
    assert!(refused.header("x-request-id").is_some());
    assert_eq!(
        refused.message(),
        "the server is busy with other requests, try again"
    );
    assert_eq!(
        server.get("/health", "").await.status,
        200,
        "a busy server is not a sick one"
    );
    server.release.notify_one();
    server.release.notify_one();
    assert_eq!(
        (first.answer().await.body, second.answer().await.body),
        ("done".into(), "done".into())
    );
    assert!(server.is_well().await);
    server.stop().await;
}

#[tokio::test]
async fn a_stream_counts_until_its_end() {
    let mut settings = HttpSettings::default();
    settings.limits.in_flight = 1;
    let server = TestServer::start(settings).await;
    let mut client = server.connect().await;
    client
        .write(format!(
            "GET /endless HTTP/1.1\r\nhost: {}\r\n\r\n",
            server.address
        ))
        .await;
    assert!(client.piece().await.starts_with("HTTP/1.1 200"));
    assert_eq!(server.get("/mcp", "").await.status, 503);
    drop(client);
    let free = async { while server.get("/mcp", "").await.status != 200 {} };
    timeout(PATIENCE, free)
        .await
        .expect("the place is free again");
    server.stop().await;
}

#[tokio::test]
async fn a_large_answer_counts_until_it_is_taken() {
    let mut settings = HttpSettings::default();
    settings.limits.in_flight = 1;
    let server = TestServer::start(settings).await;
    let mut client = server.connect().await;
    client
        .write(format!(
            "GET /large HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n",
            server.address
        ))
        .await;
    assert!(client.piece().await.starts_with("HTTP/1.1 200"));
    assert_eq!(server.get("/mcp", "").await.status, 503);
    client.0.read_to_end(&mut Vec::new()).await.unwrap();
    let free = async { while server.get("/mcp", "").await.status != 200 {} };
    timeout(PATIENCE, free)
        .await
        .expect("the place is free again");
    server.stop().await;
}

#[tokio::test]
async fn a_large_answer_may_take_longer_than_an_idle_connection_lasts() {
    let mut settings = HttpSettings::default();
    settings.limits.idle_timeout = Duration::from_millis(200);
    let server = TestServer::start(settings).await;
    let mut client = server.connect().await;
    client
        .write(format!(
            "GET /large HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n",
            server.address
        ))
        .await;
    let mut taken = 0;
    let mut piece = vec![0; 1024 * 1024];
    loop {
        match timeout(PATIENCE, client.0.read(&mut piece))
            .await
            .unwrap()
            .unwrap()
        {
            0 => break,
            length => taken += length,
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(taken > LARGE, "{taken} bytes came");
    server.stop().await;
}

#[tokio::test]
async fn a_connection_beyond_the_cap_is_503_and_closed() {
    let mut settings = HttpSettings::default();
    settings.limits.connections = 2;
    let mut server = TestServer::start(settings).await;
    let mut first = start_waiting(&mut server).await;
    let mut second = start_waiting(&mut server).await;
    let refused = server.get("/mcp", "").await;
    assert_eq!(
        (
            refused.status,
            refused.header("retry-after"),
            refused.header("connection")
        ),
        (503, Some("1"), Some("close"))
    );
    assert_eq!(
        refused.message(),
        "the server has too many connections, try again"
    );
    assert!(refused.header("x-request-id").is_some());
    server.release.notify_one();
    server.release.notify_one();
    assert_eq!(
        (first.answer().await.body, second.answer().await.body),
        ("done".into(), "done".into())
    );
    let free = async { while server.get("/mcp", "").await.status != 200 {} };
    timeout(PATIENCE, free).await.expect("there is room again");
    server.stop().await;
}

#[tokio::test]
async fn many_connections_beyond_the_cap_do_not_pile_up() {
    let mut settings = HttpSettings::default();
    settings.limits.connections = 1;
    let mut server = TestServer::start(settings).await;
    let mut first = start_waiting(&mut server).await;
    let mut crowd = Vec::new();
    for _ in 0..200 {
        crowd.push(server.connect().await);
    }
    for client in &mut crowd {
        // Those that are told something wait for a request first; none is kept for long.
        let mut rest = Vec::new();
        let _ = timeout(PATIENCE, client.0.read_to_end(&mut rest))
            .await
            .expect("the server closes the connection");
    }
    server.release.notify_one();
    assert_eq!(first.answer().await.body, "done");
    server.stop().await;
}

#[tokio::test]
async fn a_client_that_takes_no_bytes_is_let_go() {
    let mut settings = HttpSettings::default();
    settings.limits.in_flight = 1;
    settings.limits.body_timeout = Duration::from_millis(300);
    settings.limits.header_timeout = Duration::from_millis(300);
    let server = TestServer::start(settings).await;
    let mut client = server.connect().await;
    client
        .write(format!(
            "GET /endless HTTP/1.1\r\nhost: {}\r\n\r\n",
            server.address
        ))
        .await;
    assert!(client.piece().await.starts_with("HTTP/1.1 200"));
    // From here on the client reads nothing, and its place comes free all the same.
    let free = async { while server.get("/mcp", "").await.status != 200 {} };
    timeout(PATIENCE, free)
        .await
        .expect("the place is free again");
    drop(client);
    server.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_route_that_hangs_is_503_a_little_after_the_time_of_a_call() {
    use tower::ServiceExt;

    let mut settings = HttpSettings::default();
    settings.limits.call_timeout = Duration::from_secs(60);
    let routes = Routes {
        guarded: Router::new().route("/hang", get(std::future::pending::<()>)),
        ..Routes::default()
    };
    let router = stack(routes, &settings, true).unwrap().into_router();
    let start = tokio::time::Instant::now();
    let request = Request::get("/hang")
        .header("host", "localhost")
        .body(Body::empty())
        .unwrap();
    let response = router.oneshot(request).await.unwrap();
    assert_eq!(
        (response.status().as_u16(), start.elapsed().as_secs()),
        (503, 65)
    );
    assert!(response.headers().get("retry-after").is_none());
}
