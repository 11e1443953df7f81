//! Tasks over stdio: the same, without headers.

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio_util::sync::CancellationToken;
use xmcp::{Settings, testing::test_stdio};

use crate::{
    client::EXTENSION,
    tools::{self, Signals},
};

#[tokio::test]
async fn tasks_work_over_a_pipe() {
    let (mut input, their_input) = tokio::io::duplex(65_536);
    let (their_output, output) = tokio::io::duplex(65_536);
    let signals = Signals::default();
    let server = tokio::spawn(test_stdio(
        tools::app(tools::TOOLS),
        Settings::default(),
        tools::state(&signals),
        their_input,
        their_output,
        CancellationToken::new(),
    ));
    let mut lines = BufReader::new(output).lines();
    let mut ask = async |method: &str, mut params: Value| {
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": { "extensions": { EXTENSION: {} } },
        });
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        input
            .write_all(format!("{message}\n").as_bytes())
            .await
            .unwrap();
        let line = lines.next_line().await.unwrap().unwrap();
        let mut answer: Value = serde_json::from_str(&line).unwrap();
        answer["result"].take()
    };
    let created = ask("tools/call", json!({ "name": "wait" })).await;
    assert_eq!(created["resultType"], "task", "{created}");
    let params = json!({ "taskId": created["taskId"] });
    assert_eq!(ask("tasks/get", params.clone()).await["status"], "working");
    signals.release.notify_one();
    let task = loop {
        let task = ask("tasks/get", params.clone()).await;
        if task["status"] != "working" {
            break task;
        }
    };
    assert_eq!(task["result"]["content"][0]["text"], "done");
    assert_eq!(
        ask("tasks/cancel", params).await,
        json!({ "resultType": "complete" })
    );
    drop(input);
    server.await.unwrap().unwrap();
}
