//! What changes outside of any request, told by the handle that the app's state has (2025-11-25 and 2026-07-28 server/tools, "List
//! Changed Notification").

use std::sync::Arc;

use serde_json::{Value, json};
use xmcp::{App, AppState, DynamicTool, RegisterError, ServerHandle, Settings, testing};

use crate::{
    client::{Client, Server, Stream, json},
    listening::{BOTH, listen, modern, send},
    tools::{self, Stage},
};

/// A server without any handler that could say that something has changed.
async fn started(mut state: AppState, handle: &ServerHandle) -> Server {
    let app = App {
        tools: &[],
        ..tools::app()
    };
    let mut settings = Settings::default();
    settings.http.sessions = true;
    state = state.with(Stage::default());
    let stage: Arc<Stage> = state.get().unwrap();
    let router = testing::test_router(app, settings, Some(state), None).await;
    let router = router.unwrap();
    handle.started().await;
    Server { router, stage }
}

fn tool() -> DynamicTool {
    DynamicTool::without_arguments("found", async |_| "it works")
}

async fn initialized(client: &Client) -> Value {
    json(client.initialize().await).await.1
}

#[tokio::test(start_paused = true)]
async fn the_state_adds_tools_and_every_client_is_told() {
    let mut state = AppState::new();
    let handle = state.server();
    let server = started(state, &handle).await;
    let old = server.connect().await;
    let announced = initialized(&server.client()).await;
    assert_eq!(
        announced["result"]["capabilities"]["tools"],
        json!({ "listChanged": true })
    );
    let mut old_stream = Stream::of(old.get(None).await);
    old_stream.next().await.unwrap();
    let new = modern(&server).await;
    let filter = json!({ "toolsListChanged": true });
    let mut new_stream = Stream::of(listen(&new, json!(1), filter.clone()).await);
    let acknowledged = new_stream.next().await.unwrap();
    assert_eq!(acknowledged.data()["params"]["notifications"], filter);

    handle.add_tool(tool()).unwrap();
    for stream in [&mut old_stream, &mut new_stream] {
        let event = stream.next().await.unwrap();
        let method = &event.data()["method"];
        assert_eq!(method, "notifications/tools/list_changed");
    }
    let called = Stream::of(old.call(1, "found", json!({})).await)
        .rest()
        .await;
    assert_eq!(called.last().unwrap().said(), "it works");
    let params = json!({ "name": "found" });
    let (_, called) = json(send(&new, json!(2), "tools/call", params, BOTH).await).await;
    assert_eq!(called["result"]["content"][0]["text"], "it works");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_added_before_the_start_and_after_the_end() {
    let mut state = AppState::new();
    let handle = state.server();
    assert_eq!(handle.add_tool(tool()), Err(RegisterError::NotStarted));
    handle.tools_changed();
    let server = started(state, &handle).await;
    assert_eq!(handle.add_tool(tool()), Ok(()));
    drop(server);
    assert_eq!(handle.add_tool(tool()), Err(RegisterError::Stopped));
}

/// 2025-11-25 basic/lifecycle, "Capability Negotiation": nothing is announced that cannot happen.
#[tokio::test(start_paused = true)]
async fn a_state_that_never_asked_for_the_server_announces_no_changes() {
    let server = started(AppState::new(), &ServerHandle::default()).await;
    let announced = initialized(&server.client()).await;
    assert_eq!(announced["result"]["capabilities"]["tools"], json!({}));
}
