//! The same on a pipe, where one connection carries everything.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream},
    task::JoinHandle,
    time::timeout,
};
use tokio_util::sync::CancellationToken;
use xmcp::{AppState, Settings, StartError, testing::test_stdio};

use crate::tools::{self, Stage};

struct Pipe {
    input: DuplexStream,
    output: BufReader<DuplexStream>,
    shutdown: CancellationToken,
    server: JoinHandle<Result<(), StartError>>,
}

impl Pipe {
    fn new() -> Self {
        let (input, their_input) = tokio::io::duplex(64 * 1024);
        let (their_output, output) = tokio::io::duplex(64 * 1024);
        let shutdown = CancellationToken::new();
        let mut settings = Settings::default();
        settings.server.name = "pipe".to_owned();
        let server = tokio::spawn(test_stdio(
            tools::with_resources(false),
            settings,
            AppState::new().with(Stage::default()),
            their_input,
            their_output,
            shutdown.clone(),
        ));
        Self {
            input,
            output: BufReader::new(output),
            shutdown,
            server,
        }
    }

    async fn send(&mut self, message: Value) {
        self.input
            .write_all(format!("{message}\n").as_bytes())
            .await
            .unwrap();
    }

    async fn request(&mut self, id: Value, method: &str, params: Value) {
        self.send(json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }))
            .await;
    }

    /// A request of a 2026-07-28 client.
    async fn modern(&mut self, id: Value, method: &str, mut params: Value) {
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        self.request(id, method, params).await;
    }

    async fn message(&mut self) -> Value {
        let mut line = String::new();
        let read = timeout(Duration::from_secs(20), self.output.read_line(&mut line));
        read.await.expect("the server says nothing").unwrap();
        serde_json::from_str(&line).unwrap_or_default()
    }

    /// What is said until the answer to this request.
    async fn until(&mut self, id: &Value) -> Vec<Value> {
        let mut messages = Vec::new();
        loop {
            let message = self.message().await;
            let is_last = message["id"] == *id;
            messages.push(message);
            if is_last {
                return messages;
            }
        }
    }

    async fn change(&mut self, what: &[&str]) {
        let params = json!({ "name": "change", "arguments": { "what": what } });
        self.request(json!("change"), "tools/call", params).await;
    }
}

fn methods(messages: &[Value]) -> Vec<&str> {
    messages
        .iter()
        .filter_map(|message| message["method"].as_str())
        .collect()
}

/// Every message that is due goes out before the answer to one more round trip.
async fn told(pipe: &mut Pipe) -> Vec<Value> {
    let mut messages = pipe.until(&json!("change")).await;
    pipe.request(json!("ping"), "ping", json!({})).await;
    messages.extend(pipe.until(&json!("ping")).await);
    messages
}

#[tokio::test(start_paused = true)]
async fn a_client_is_told_from_its_initialize_on_and_of_resources_once_it_subscribes() {
    let mut pipe = Pipe::new();
    pipe.change(&["tools"]).await;
    assert_eq!(methods(&told(&mut pipe).await), [""; 0]);
    pipe.request(
        json!(0),
        "initialize",
        json!({ "protocolVersion": "2025-11-25", "capabilities": {} }),
    )
    .await;
    let opened = pipe.message().await;
    assert_eq!(
        opened["result"]["capabilities"]["resources"],
        json!({ "subscribe": true, "listChanged": true })
    );
    pipe.change(&["tools", "notes://1"]).await;
    assert_eq!(
        methods(&told(&mut pipe).await),
        ["notifications/tools/list_changed"]
    );
    for (method, expected) in [("subscribe", 1), ("unsubscribe", 0)] {
        pipe.request(
            json!(1),
            &format!("resources/{method}"),
            json!({ "uri": "notes://1" }),
        )
        .await;
        assert_eq!(pipe.message().await["result"], json!({}));
        pipe.change(&["notes://1"]).await;
        let messages = told(&mut pipe).await;
        let updated = messages
            .iter()
            .filter(|message| message["params"] == json!({ "uri": "notes://1" }));
        assert_eq!(updated.count(), expected, "{method}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_subscription_is_told_of_until_it_is_cancelled_or_the_server_ends() {
    let mut pipe = Pipe::new();
    for id in ["one", "two"] {
        let filter = json!({ "notifications": { "toolsListChanged": true } });
        pipe.modern(json!(id), "subscriptions/listen", filter).await;
        let first = pipe.message().await;
        assert_eq!(first["method"], "notifications/subscriptions/acknowledged");
        assert_eq!(
            first["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"],
            id
        );
    }
    pipe.change(&["tools", "prompts"]).await;
    let messages = told(&mut pipe).await;
    let mut ids: Vec<&Value> = messages
        .iter()
        .map(|message| &message["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"])
        .filter(|id| id.is_string())
        .collect();
    ids.sort_by_key(|id| id.to_string());
    assert_eq!(ids, ["one", "two"]);
    pipe.send(json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": "one" } })).await;
    pipe.change(&["tools"]).await;
    assert_eq!(methods(&told(&mut pipe).await).len(), 1);
    pipe.shutdown.cancel();
    let last = pipe.message().await;
    assert_eq!(
        (&last["id"], &last["result"]["resultType"]),
        (&json!("two"), &json!("complete"))
    );
    assert_eq!(
        last["result"]["_meta"]["io.modelcontextprotocol/subscriptionId"],
        "two"
    );
    assert_eq!(pipe.message().await, Value::Null, "nothing comes after it");
    pipe.server.await.unwrap().unwrap();
}
