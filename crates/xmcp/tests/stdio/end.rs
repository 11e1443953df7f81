//! How a server on a pipe ends.

use std::time::Duration;

use serde_json::json;
use xmcp::Era;

use crate::support::{BOTH, Client, call, request, text};

#[tokio::test]
async fn a_client_that_hangs_up_at_once_ends_the_server_in_order() {
    let (rest, ended) = Client::new().finish().await;
    ended.unwrap();
    assert_eq!(rest, "");
}

#[tokio::test]
async fn what_was_asked_before_the_end_of_the_input_is_answered() {
    for era in BOTH {
        let mut client = Client::with(|settings| settings.http.limits.in_flight = 2);
        for id in 1..=3 {
            client.call(era, id, "wait").await;
        }
        client.send("{").await;
        assert_eq!(client.message().await["error"]["code"], -32700);
        client.hang_up();
        client.sees(|stage| &stage.entered).await;
        client.stage.door.add_permits(3);
        let (rest, ended) = client.ended().await;
        ended.unwrap();
        let mut ids: Vec<_> = rest
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["id"].clone())
            .collect();
        ids.sort_by_key(ToString::to_string);
        assert_eq!(ids, [json!(1), json!(2), json!(3)]);
    }
}

#[tokio::test]
async fn a_shutdown_stops_the_reading_and_lets_calls_finish() {
    for era in BOTH {
        let mut client = Client::new();
        client.call(era, 1, "wait").await;
        client.sees(|stage| &stage.entered).await;
        client.shutdown.cancel();
        client.stage.door.add_permits(1);
        let (rest, ended) = client.ended().await;
        ended.unwrap();
        assert_eq!(text(&serde_json::from_str(&rest).unwrap()), "waited");
    }
}

#[tokio::test]
async fn a_shutdown_with_nothing_to_do_ends_although_the_input_stays_open() {
    let mut client = Client::new();
    client.sees_nothing_more(Era::Legacy).await;
    client.shutdown.cancel();
    let (rest, ended) = client.ended().await;
    ended.unwrap();
    assert_eq!(rest, "");
}

#[tokio::test(start_paused = true)]
async fn calls_that_take_longer_than_the_drain_are_dropped() {
    for era in BOTH {
        let mut client =
            Client::with(|settings| settings.http.limits.drain = Duration::from_secs(3));
        client.call(era, 1, "wait").await;
        client.sees(|stage| &stage.entered).await;
        let before = tokio::time::Instant::now();
        client.hang_up();
        client.sees(|stage| &stage.left).await;
        let (rest, ended) = client.ended().await;
        ended.unwrap();
        assert_eq!(rest, "");
        assert_eq!(before.elapsed().as_secs(), 3);
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_never_reads_does_not_hold_up_the_end() {
    let mut client = Client::on_pipe(64, |settings| {
        settings.http.limits.drain = Duration::from_secs(2)
    });
    client
        .send(request(Era::Legacy, 1, "tools/list", json!({})))
        .await;
    client.hang_up();
    client.ended_unread().await.unwrap();
}

#[tokio::test]
async fn a_client_that_no_longer_listens_ends_the_server_and_its_calls() {
    for era in BOTH {
        let mut client = Client::new();
        client.call(era, 1, "wait").await;
        client.sees(|stage| &stage.entered).await;
        client.send(call(era, 2, "nothing")).await;
        let stage = std::sync::Arc::clone(&client.stage);
        client.vanish().await.unwrap();
        tokio::time::timeout(Duration::from_secs(30), stage.left.acquire())
            .await
            .unwrap()
            .unwrap()
            .forget();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_handler_that_blocks_its_thread_does_not_hold_up_the_end() {
    let mut client = Client::with(|settings| settings.http.limits.drain = Duration::from_millis(1));
    client.call(Era::Modern, 1, "block").await;
    client.sees(|stage| &stage.entered).await;
    client.hang_up();
    let (rest, ended) = client.ended().await;
    ended.unwrap();
    assert_eq!(rest, "");
    client.stage.release();
}
