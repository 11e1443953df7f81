//! What those who listen are told when the server is told to end. The test is the server's program too: it starts itself once more.

use std::{
    env,
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    process::{Child, ChildStderr, Command, Stdio},
};

use serde_json::json;
use xmcp::AppState;

use crate::tools;

/// Set for the process that serves.
const SERVER: &str = "XMCP_TEST_IS_SERVER";

/// Ends the server, whatever the test came to.
struct Ending(Child);

impl Drop for Ending {
    fn drop(&mut self) {
        // Both fail when it has ended already, which is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start() -> (Ending, BufReader<ChildStderr>, String) {
    let process = Command::new(env::current_exe().unwrap())
        .args([
            "--exact",
            "shutdown::who_listens_is_told_that_it_is_over",
            "--nocapture",
        ])
        .env(SERVER, "1")
        .env("PORT", "0")
        .env("XMCP_HTTP_SESSIONS", "true")
        .env_remove("HOST")
        .env_remove("BASE_URL")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut process = Ending(process);
    let mut stderr = BufReader::new(process.0.stderr.take().unwrap());
    let mut said = String::new();
    loop {
        assert_ne!(stderr.read_line(&mut said).unwrap(), 0, "{said}");
        if let Some((_, rest)) = said.split_once("MCP Server running on http://") {
            let address = rest.strip_suffix("/mcp\n").unwrap().to_owned();
            return (process, stderr, address);
        }
    }
}

/// A request, and the lines of its answer.
fn send(address: &str, head: &str, body: &str) -> BufReader<TcpStream> {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    let accept = "accept: application/json, text/event-stream\r\ncontent-type: application/json";
    write!(
        stream,
        "{head}\r\nhost: {address}\r\nconnection: close\r\n{accept}\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    BufReader::new(stream)
}

/// The lines up to one that begins so.
fn until(answer: &mut BufReader<TcpStream>, begin: &str) -> Vec<String> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        assert_ne!(answer.read_line(&mut line).unwrap(), 0, "{lines:?}");
        lines.push(line.trim_end().to_owned());
        if line.starts_with(begin) {
            return lines;
        }
    }
}

#[test]
fn who_listens_is_told_that_it_is_over() {
    if env::var_os(SERVER).is_some() {
        let app = xmcp::App {
            state: Some(|| Box::pin(async { Ok(AppState::new().with(tools::Stage::default())) })),
            ..tools::app()
        };
        let runtime = tokio::runtime::Runtime::new().unwrap();
        return runtime.block_on(xmcp::serve(app)).unwrap();
    }
    let (mut process, _stderr, address) = start();
    let initialize = json!({ "jsonrpc": "2.0", "id": 0, "method": "initialize", "params": { "protocolVersion": "2025-11-25", "capabilities": { "elicitation": {} } } });
    let mut answer = send(&address, "POST /mcp HTTP/1.1", &initialize.to_string());
    let lines = until(&mut answer, "mcp-session-id: ");
    let id = lines.last().unwrap().trim_start_matches("mcp-session-id: ");
    let mut own = send(
        &address,
        &format!("GET /mcp HTTP/1.1\r\nmcp-session-id: {id}"),
        "",
    );
    until(&mut own, "id: 0-0");

    let call =
        json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "ask" } });
    let head = format!("POST /mcp HTTP/1.1\r\nmcp-session-id: {id}");
    let mut asking = send(&address, &head, &call.to_string());
    until(&mut asking, "id: 1-1");

    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let params = json!({ "notifications": { "toolsListChanged": true }, "_meta": meta });
    let listen =
        json!({ "jsonrpc": "2.0", "id": "a", "method": "subscriptions/listen", "params": params });
    let head = "POST /mcp HTTP/1.1\r\nmcp-protocol-version: 2026-07-28\r\nmcp-method: subscriptions/listen";
    let mut listening = send(&address, head, &listen.to_string());
    until(&mut listening, "data: ");

    let kill = Command::new("kill")
        .arg(process.0.id().to_string())
        .status();
    assert!(kill.unwrap().success());
    let last = until(&mut listening, "data: ").pop().unwrap();
    let expected = json!({ "resultType": "complete", "_meta": { "io.modelcontextprotocol/subscriptionId": "a" } });
    let last: serde_json::Value = serde_json::from_str(last.trim_start_matches("data: ")).unwrap();
    assert_eq!(
        last,
        json!({ "jsonrpc": "2.0", "id": "a", "result": expected })
    );
    // The end of a chunked body: neither stream breaks off.
    until(&mut listening, "0\r\n");
    until(&mut own, "0\r\n");
    // No answer can come any more, so the call does not wait for one until the end of the drain.
    let lines = until(&mut asking, "0\r\n");
    assert!(
        lines.iter().any(|line| line.contains("\"isError\":true")),
        "{lines:?}"
    );
    assert!(process.0.wait().unwrap().success());
}
