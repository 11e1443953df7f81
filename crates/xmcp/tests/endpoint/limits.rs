//! What a call may take: time and size. The limits of a connection are tested where the listener is.

use std::{sync::Mutex, time::Duration};

use http_body_util::BodyExt;
use serde_json::json;
use tokio::sync::{mpsc, oneshot};
use xmcp::{AppState, Era, codegen::Tool};

use crate::support::{Answer, BOTH, Server, in_era};
use crate::tools::{
    self,
    watched::{Event, Watch},
};

#[tokio::test]
async fn a_handler_that_takes_too_long_is_ended() {
    let server = Server::with(tools::TOOLS, |settings| {
        settings.http.limits.call_timeout = Duration::from_secs(1)
    })
    .await;
    let content = json!([{ "type": "text", "text": "the tool did not answer within 1 s" }]);
    let (legacy, modern) = tokio::join!(
        server.result(Era::Legacy, "never", json!({})),
        server.result(Era::Modern, "never", json!({}))
    );
    let expected = json!({ "content": content, "isError": true });
    assert_eq!(
        [legacy, modern],
        [
            in_era(Era::Legacy, expected.clone()),
            in_era(Era::Modern, expected)
        ]
    );
}

#[tokio::test]
async fn long_text_is_cut_with_a_notice() {
    let server = Server::with(tools::TOOLS, |settings| settings.http.limits.output = 1024).await;
    for era in BOTH {
        let fits = server
            .result(era, "long_text", json!({ "bytes": 1024 }))
            .await;
        assert_eq!(
            fits,
            in_era(
                era,
                json!({ "content": [{ "type": "text", "text": "x".repeat(1024) }] })
            )
        );
        let text = format!(
            "{}\n[cut: 1024 of 1025 bytes shown, because a result may have 1024 bytes]",
            "x".repeat(1024)
        );
        let cut = server
            .result(era, "long_text", json!({ "bytes": 1025 }))
            .await;
        assert_eq!(
            cut,
            in_era(
                era,
                json!({ "content": [{ "type": "text", "text": text }] })
            )
        );
    }
}

#[tokio::test]
async fn large_structured_content_is_refused_and_never_cut() {
    let server = Server::with(tools::TOOLS, |settings| settings.http.limits.output = 1024).await;
    for era in BOTH {
        let fits = server
            .result(era, "long_json", json!({ "bytes": 1022 }))
            .await;
        assert_eq!(fits.get("isError"), None, "{fits}");
        let text = "the result's structured content is larger than 1024 bytes: ask for less";
        let refused = server
            .result(era, "long_json", json!({ "bytes": 1023 }))
            .await;
        assert_eq!(
            refused,
            in_era(
                era,
                json!({ "content": [{ "type": "text", "text": text }], "isError": true })
            )
        );
    }
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused() {
    let server = Server::with(tools::TOOLS, |settings| settings.http.body_limit = 1024).await;
    let message = |padding: usize| {
        format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"ping"{}}}"#,
            " ".repeat(padding)
        )
    };
    let fits = 1024 - message(0).len();
    assert_eq!(server.post(message(fits)).await.status, 200);
    let (status, code, message) = server.post(message(fits + 1)).await.error();
    assert_eq!((status, code), (413, -32600), "{message}");
}

/// A handler that waits, what it reports, and what lets it go.
async fn watched(says: bool) -> (Server, mpsc::UnboundedReceiver<Event>, oneshot::Sender<()>) {
    watching(tools::WATCHED, says).await
}

async fn watching(
    tools: &'static [Tool],
    says: bool,
) -> (Server, mpsc::UnboundedReceiver<Event>, oneshot::Sender<()>) {
    let (events, received) = mpsc::unbounded_channel();
    let (release, released) = oneshot::channel();
    let state = AppState::new().with(Watch {
        events,
        release: Mutex::new(Some(released)),
        says,
    });
    (
        Server::of(tools, |_| {}, Some(state), None).await,
        received,
        release,
    )
}

/// 2026-07-28 basic/transports/streamable-http and 2025-11-25 basic/transports, "Sending Messages to the Server", 6.
#[tokio::test]
async fn work_that_was_spawned_is_told_when_its_call_is_cancelled() {
    for era in BOTH {
        let (server, mut events, release) = watching(tools::SPAWNING, false).await;
        let params = json!({ "name": "spawning" });
        {
            let mut response = Box::pin(server.open(era, "tools/call", params, &[]));
            tokio::select! {
                response = &mut response => panic!("answered before it was released: {response:?}"),
                event = events.recv() => assert_eq!(event, Some(Event::Started)),
            }
        }
        // Before 2026-07-28 the call goes on, and so does what it spawned.
        if era == Era::Legacy {
            tokio::task::yield_now().await;
            assert!(events.is_empty(), "{:?}", events.recv().await);
            release.send(()).unwrap();
            assert_eq!(events.recv().await, Some(Event::Finished));
        }
        assert_eq!(events.recv().await, Some(Event::Cancelled), "{era:?}");
    }
}

/// What the handler reports after the client went away: before it answered, or while it reads what the handler says.
async fn after_a_disconnect(era: Era, says: bool) -> Event {
    let (server, mut events, release) = watched(says).await;
    let params = json!({ "name": "watched", "_meta": { "progressToken": 1 } });
    {
        let mut response = Box::pin(server.open(era, "tools/call", params, &[]));
        if says {
            let response = response.await;
            assert_eq!(response.headers()["content-type"], "text/event-stream");
            assert_eq!(events.recv().await, Some(Event::Started));
        } else {
            tokio::select! {
                response = &mut response => panic!("answered before it was released: {response:?}"),
                event = events.recv() => assert_eq!(event, Some(Event::Started)),
            }
        }
    }
    // The client is gone. On 2026-07-28 the handler is too, and nobody waits to be released.
    if era == Era::Legacy {
        release.send(()).unwrap();
    }
    events.recv().await.unwrap()
}

/// 2026-07-28 basic/transports/streamable-http: closing the stream of its response cancels a request.
#[tokio::test]
async fn on_2026_07_28_a_client_that_goes_away_ends_its_call() {
    assert_eq!(after_a_disconnect(Era::Modern, false).await, Event::Dropped);
    assert_eq!(after_a_disconnect(Era::Modern, true).await, Event::Dropped);
}

/// 2025-11-25 basic/transports, "Sending Messages to the Server", 6: a disconnection is no cancellation.
#[tokio::test]
async fn on_2025_11_25_a_client_that_goes_away_ends_nothing() {
    assert_eq!(
        after_a_disconnect(Era::Legacy, false).await,
        Event::Finished
    );
    assert_eq!(after_a_disconnect(Era::Legacy, true).await, Event::Finished);
}

/// 2025-11-25 and 2026-07-28 basic/utilities/cancellation: without a connection that both belong to, a notification could end anybody's
/// request of that id, so it ends none.
#[tokio::test]
async fn over_http_without_a_session_no_notification_cancels() {
    for era in BOTH {
        let (server, mut events, release) = watched(false).await;
        let params = json!({ "name": "watched" });
        let call = server.request(era, "tools/call", params);
        let cancel = async {
            assert_eq!(events.recv().await, Some(Event::Started));
            for id in [json!(1), json!(99)] {
                let method = "notifications/cancelled";
                let body =
                    json!({ "jsonrpc": "2.0", "method": method, "params": { "requestId": id } });
                let answer = server.post_as(era, method, body.to_string()).await;
                assert_eq!(answer.status, 202);
            }
            release.send(()).unwrap();
        };
        let (answer, ()) = tokio::join!(call, cancel);
        assert_eq!(answer.result()["content"][0]["text"], "released", "{era:?}");
    }
}

#[tokio::test]
async fn a_released_handler_answers() {
    for era in BOTH {
        let (server, mut events, release) = watched(false).await;
        release.send(()).unwrap();
        let answer = Answer::read(
            server
                .open(era, "tools/call", json!({ "name": "watched" }), &[])
                .await,
        )
        .await;
        assert_eq!(answer.result()["content"][0]["text"], "released");
        assert_eq!(
            (events.recv().await, events.recv().await),
            (Some(Event::Started), Some(Event::Finished))
        );
    }
}

/// 2025-11-25 and 2026-07-28 basic/utilities/progress, "Behavior Requirements": progress ends with the request.
#[tokio::test]
async fn nothing_comes_after_the_answer() {
    for era in BOTH {
        let (server, mut events, release) = watching(tools::OUTLIVED, false).await;
        let params = json!({ "name": "outlived", "_meta": { "progressToken": 1 } });
        let mut body = server
            .open(era, "tools/call", params, &[])
            .await
            .into_body();
        for part in ["notifications/progress", "answered"] {
            let frame = body.frame().await.unwrap().unwrap().into_data().unwrap();
            assert!(String::from_utf8_lossy(&frame).contains(part), "{frame:?}");
        }
        release.send(()).unwrap();
        assert_eq!(events.recv().await, Some(Event::Finished));
        let rest = body.frame().await;
        assert!(rest.is_none(), "{era:?}: {rest:?}");
    }
}
