//! A client on a pipe in memory.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream},
    sync::Semaphore,
    task::JoinHandle,
    time::timeout,
};
use tokio_util::sync::CancellationToken;
use xmcp::{App, AppState, Era, Settings, StartError, testing::test_stdio};

use crate::{
    primitives::{PROMPTS, RESOURCES},
    tools::{Stage, TOOLS},
};

pub(crate) const BOTH: [Era; 2] = [Era::Legacy, Era::Modern];
/// How long a test waits for what must happen.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn app() -> App {
    App {
        dev: true,
        settings,
        tools: &TOOLS,
        prompts: PROMPTS,
        resources: RESOURCES,
        skills: &[],
        state: None,
        middleware: None,
        emulator: None,
    }
}

fn settings() -> Settings {
    let mut settings = Settings::default();
    settings.server.name = "pipes".to_owned();
    settings.server.version = "1.2.3".to_owned();
    settings
}

/// The server and its client.
pub(crate) struct Client {
    pub(crate) stage: Arc<Stage>,
    pub(crate) shutdown: CancellationToken,
    input: Option<DuplexStream>,
    output: BufReader<DuplexStream>,
    server: JoinHandle<Result<(), StartError>>,
}

impl Client {
    pub(crate) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(crate) fn with(change: impl FnOnce(&mut Settings)) -> Self {
        Self::on_pipe(64 * 1024, change)
    }

    /// With pipes that hold so many bytes.
    pub(crate) fn on_pipe(size: usize, change: impl FnOnce(&mut Settings)) -> Self {
        Self::of(app(), size, change)
    }

    /// With another app.
    pub(crate) fn of(app: App, size: usize, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = settings();
        change(&mut settings);
        let (input, their_input) = tokio::io::duplex(size);
        let (their_output, output) = tokio::io::duplex(size);
        let state = AppState::new().with(Stage::default());
        let stage = state.get::<Stage>().unwrap();
        let shutdown = CancellationToken::new();
        let server = tokio::spawn(test_stdio(
            app,
            settings,
            state,
            their_input,
            their_output,
            shutdown.clone(),
        ));
        Self {
            stage,
            shutdown,
            input: Some(input),
            output: BufReader::new(output),
            server,
        }
    }

    /// Writes a line.
    pub(crate) async fn send(&mut self, line: impl AsRef<[u8]>) {
        self.write([line.as_ref(), b"\n"].concat()).await;
    }

    /// Writes bytes as they are.
    pub(crate) async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        let input = self.input.as_mut().unwrap();
        timeout(PATIENCE, input.write_all(bytes.as_ref()))
            .await
            .expect("the server reads")
            .unwrap();
    }

    /// The next line, without its end; `None` after the last.
    pub(crate) async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        timeout(PATIENCE, self.output.read_line(&mut line))
            .await
            .expect("the server answers")
            .unwrap();
        line.pop().map(|end| {
            assert_eq!(end, '\n', "a message is a whole line");
            line
        })
    }

    pub(crate) async fn message(&mut self) -> Value {
        serde_json::from_str(&self.line().await.expect("one more message")).unwrap()
    }

    /// Asks, and reads the next line.
    pub(crate) async fn ask(&mut self, line: impl AsRef<[u8]>) -> String {
        self.send(line).await;
        self.line().await.expect("an answer")
    }

    /// Calls a tool without arguments.
    pub(crate) async fn call(&mut self, era: Era, id: u32, tool: &str) {
        self.send(call(era, id, tool)).await;
    }

    /// Calls `nothing` and reads its answer: every line that was due before has been read by then.
    pub(crate) async fn sees_nothing_more(&mut self, era: Era) {
        self.call(era, 999, "nothing").await;
        assert_eq!(self.message().await["id"], 999);
    }

    /// Waits for a permit of the stage.
    pub(crate) async fn sees(&self, event: impl Fn(&Stage) -> &Semaphore) {
        timeout(PATIENCE, event(&self.stage).acquire())
            .await
            .expect("it happens")
            .unwrap()
            .forget();
    }

    /// Says goodbye.
    pub(crate) fn hang_up(&mut self) {
        self.input = None;
    }

    /// Hangs up, and returns the rest of the output and how the server ended.
    pub(crate) async fn finish(mut self) -> (String, Result<(), StartError>) {
        self.hang_up();
        self.ended().await
    }

    /// The rest of the output and how the server ended by itself.
    pub(crate) async fn ended(&mut self) -> (String, Result<(), StartError>) {
        let mut rest = String::new();
        timeout(PATIENCE, self.output.read_to_string(&mut rest))
            .await
            .expect("the output ends")
            .unwrap();
        (
            rest,
            timeout(PATIENCE, &mut self.server)
                .await
                .expect("the server ends")
                .unwrap(),
        )
    }

    /// How the server ends while its output is open and nobody reads.
    pub(crate) async fn ended_unread(&mut self) -> Result<(), StartError> {
        timeout(PATIENCE, &mut self.server)
            .await
            .expect("the server ends")
            .unwrap()
    }

    /// Stops listening, and returns how the server took it.
    pub(crate) async fn vanish(self) -> Result<(), StartError> {
        let Self {
            input,
            output,
            server,
            ..
        } = self;
        drop(output);
        let result = timeout(PATIENCE, server)
            .await
            .expect("the server ends")
            .unwrap();
        drop(input);
        result
    }
}

/// A request of a generation. The id is written as it stands.
pub(crate) fn request(
    era: Era,
    id: impl std::fmt::Display,
    method: &str,
    mut params: Value,
) -> String {
    if era == Era::Modern {
        let meta = &mut params["_meta"];
        meta["io.modelcontextprotocol/protocolVersion"] = json!("2026-07-28");
        meta["io.modelcontextprotocol/clientInfo"] =
            json!({ "name": "modern-client", "version": "2" });
        meta["io.modelcontextprotocol/clientCapabilities"] = json!({});
    }
    format!(r#"{{"jsonrpc":"2.0","id":{id},"method":"{method}","params":{params}}}"#)
}

/// A call of a tool without arguments.
pub(crate) fn call(era: Era, id: u32, tool: &str) -> String {
    request(era, id, "tools/call", json!({ "name": tool }))
}

/// The client gives up a request.
pub(crate) fn cancelled(id: &str) -> String {
    format!(
        r#"{{"jsonrpc":"2.0","method":"notifications/cancelled","params":{{"requestId":{id},"reason":"no longer needed"}}}}"#
    )
}

/// The text of a result's only block.
pub(crate) fn text(message: &Value) -> &str {
    message["result"]["content"][0]["text"]
        .as_str()
        .unwrap_or_else(|| panic!("no text in {message}"))
}
