//! What is said on which stream, and what is said again (2025-11-25 basic/transports, "Sending Messages to the Server", "Multiple
//! Connections" and "Resumability and Redelivery").

use http::Method;
use serde_json::json;

use crate::client::{Event, Server, Stream, json, refused};

fn said(events: &[Event]) -> Vec<String> {
    events
        .iter()
        .map(Event::said)
        .filter(|said| !said.is_empty())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_stream_begins_with_an_event_to_come_back_to_and_its_events_have_ids() {
    let server = Server::new().await;
    let client = server.connect().await;
    server.open_door();
    let stream = Stream::of(client.call(7, "say", json!({ "says": 2 })).await);
    assert_eq!(stream.headers["x-accel-buffering"], "no");
    let events = stream.rest().await;
    let first = &events[0];
    assert!(first.id.is_some() && first.retry.is_some());
    assert_eq!(first.data, Some(json!(null)), "it has no data");
    assert_eq!(said(&events), ["0", "1", "2", "3", "said"]);
    assert_eq!(events.last().unwrap().data()["id"], 7);
    let mut ids: Vec<&str> = events.iter().map(Event::id).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

/// An older client takes an event without data for a broken message: it was new in 2025-11-25.
#[tokio::test(start_paused = true)]
async fn a_stream_to_an_older_client_begins_with_its_first_message() {
    let server = Server::new().await;
    let mut client = server.client();
    client.version = "2025-06-18";
    let client = client.connect().await;
    server.open_door();
    let events = Stream::of(client.call(1, "say", json!({ "says": 1 })).await)
        .rest()
        .await;
    assert_eq!(said(&events).len(), events.len());
    server.open_door();
    let events = Stream::of(client.call(2, "pause", json!({})).await)
        .rest()
        .await;
    assert_eq!(
        said(&events),
        ["paused"],
        "it would not know how to come back"
    );
}

#[tokio::test(start_paused = true)]
async fn two_calls_at_a_time_speak_each_on_their_own_stream() {
    let server = Server::new().await;
    let client = server.connect().await;
    let own = client.get(None).await;
    let one = Stream::of(client.call(1, "say", json!({ "says": 2 })).await);
    let two = Stream::of(client.call(2, "say", json!({ "says": 2 })).await);
    server.open_door();
    server.open_door();
    let (one, two) = (one.rest().await, two.rest().await);
    for (id, events) in [(1, &one), (2, &two)] {
        for event in &events[1..] {
            let data = event.data();
            let whose = data["id"]
                .as_u64()
                .or(data["params"]["progressToken"].as_u64());
            assert_eq!(whose, Some(id));
        }
        assert_eq!(events.len(), 6);
    }
    assert!(
        one.iter()
            .all(|event| two.iter().all(|other| event.id != other.id))
    );
    let mut own = Stream::of(own);
    own.next().await.unwrap();
    assert!(own.is_silent().await, "neither on the client's own stream");
}

#[tokio::test(start_paused = true)]
async fn a_lost_connection_cancels_nothing_and_the_rest_comes_later() {
    let server = Server::new().await;
    let client = server.connect().await;
    let mut stream = Stream::of(client.call(1, "say", json!({ "says": 2 })).await);
    stream.next().await.unwrap();
    let last = stream.next().await.unwrap();
    assert_eq!(last.said(), "0");
    server.entered().await;
    drop(stream);
    server.open_door();
    let rest = Stream::of(client.get(Some(last.id())).await).rest().await;
    assert_eq!(said(&rest), ["1", "2", "3", "said"]);
    let again = Stream::of(client.get(Some(rest[1].id())).await)
        .rest()
        .await;
    assert_eq!(said(&again), ["3", "said"]);
}

#[tokio::test(start_paused = true)]
async fn resumption_never_says_what_belongs_to_another_stream() {
    let server = Server::new().await;
    let client = server.connect().await;
    let mut streams = Vec::new();
    for id in [1, 2] {
        let mut stream = Stream::of(client.call(id, "say", json!({ "says": 1 })).await);
        let priming = stream.next().await.unwrap();
        server.entered().await;
        streams.push((id, priming, stream));
    }
    server.open_door();
    server.open_door();
    for (id, priming, stream) in streams {
        drop(stream);
        let rest = Stream::of(client.get(Some(priming.id())).await)
            .rest()
            .await;
        assert_eq!(said(&rest), ["0", "1", "said"]);
        assert_eq!(rest[2].data()["id"], id);
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_comes_back_takes_the_place_of_a_connection_that_hangs() {
    let server = Server::new().await;
    let client = server.connect().await;
    let mut hanging = Stream::of(client.call(1, "say", json!({ "says": 1 })).await);
    let priming = hanging.next().await.unwrap();
    server.entered().await;
    let resumed = client.get(Some(priming.id())).await;
    assert_eq!(hanging.next().await, None);
    server.open_door();
    assert_eq!(said(&Stream::of(resumed).rest().await), ["0", "1", "said"]);
    let mut first = Stream::of(client.get(None).await);
    first.next().await.unwrap();
    let mut second = Stream::of(client.get(None).await);
    second.next().await.unwrap();
    assert_eq!(first.next().await, None);
    assert!(second.is_silent().await);
}

#[tokio::test(start_paused = true)]
async fn a_handler_can_let_its_client_go_and_answer_when_it_is_back() {
    let server = Server::new().await;
    let client = server.connect().await;
    let events = Stream::of(client.call(1, "pause", json!({})).await)
        .rest()
        .await;
    server.entered().await;
    assert!(events.last().unwrap().retry.is_some());
    let last = events[0].id().to_owned();
    let mut resumed = Stream::of(client.get(Some(&last)).await);
    assert!(resumed.is_silent().await);
    server.open_door();
    assert_eq!(said(&resumed.rest().await), ["paused"]);
}

#[tokio::test(start_paused = true)]
async fn what_no_event_was_called_is_nothing_to_go_on_from() {
    let server = Server::new().await;
    let (client, other) = (server.connect().await, server.connect().await);
    server.open_door();
    let events = Stream::of(client.call(1, "say", json!({ "says": 1 })).await)
        .rest()
        .await;
    for unknown in ["", "1", "nonsense", "99-1", "1-99"] {
        assert_eq!(
            refused(client.get(Some(unknown)).await).await,
            (400, -32600),
            "{unknown}"
        );
    }
    let last = events.last().unwrap().id();
    assert_eq!(
        refused(other.get(Some(last)).await).await,
        (400, -32600),
        "it is another session's"
    );
}

#[tokio::test(start_paused = true)]
async fn a_client_that_takes_no_stream_gets_the_answer_alone() {
    let server = Server::new().await;
    let client = server.connect().await;
    server.open_door();
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "say", "arguments": { "says": 1 } } });
    let headers = [("accept", "application/json")];
    let (status, answer) = json(client.send(Method::POST, &headers, call.to_string()).await).await;
    assert_eq!(
        (status, answer["result"]["content"][0]["text"].as_str()),
        (200, Some("said"))
    );
    let response = client
        .send(Method::GET, &headers, axum::body::Body::empty())
        .await;
    assert_eq!(refused(response).await, (406, -32600));
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_cannot_speak_is_answered_on_a_stream_as_well() {
    let server = Server::new().await;
    let client = server.connect().await;
    let mut stream = Stream::of(client.call(1, "wait", json!({})).await);
    let priming = stream.next().await.unwrap();
    server.entered().await;
    drop(stream);
    server.open_door();
    let rest = Stream::of(client.get(Some(priming.id())).await)
        .rest()
        .await;
    assert_eq!(said(&rest), ["waited"]);
}
