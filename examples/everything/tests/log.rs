//! What the log of a running server says of a handler's panic: whose request it was, and where to look.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    process::{Child, ChildStderr, Command, Stdio},
};

use serde_json::{Value, json};

struct Server {
    process: Child,
    stderr: BufReader<ChildStderr>,
    address: String,
}

impl Server {
    fn start() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_everything"))
            .args([
                "--no-env-file",
                "--http",
                "--host",
                "127.0.0.1",
                "--port",
                "0",
            ])
            .env("XMCP_LOG_FORMAT", "json")
            .env_remove("RUST_BACKTRACE")
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = process.stderr.take().unwrap();
        let mut server = Self {
            process,
            stderr: BufReader::new(stderr),
            address: String::new(),
        };
        while server.address.is_empty() {
            let line = server.line();
            if let Some((_, url)) = line.split_once("MCP Server running on http://") {
                server.address = url.strip_suffix("/mcp").unwrap().to_owned();
            }
        }
        server
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        assert_ne!(self.stderr.read_line(&mut line).unwrap(), 0, "it ended");
        line.trim_end().to_owned()
    }

    /// The next event of the log, without its time.
    fn event(&mut self) -> Value {
        loop {
            // The banner is for people, and ends before the first event.
            if let Ok(Value::Object(mut event)) = serde_json::from_str(&self.line()) {
                event.remove("timestamp");
                return event.into();
            }
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail when it has ended already, which is as good.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn a_panic_is_an_event_of_its_request() {
    let mut server = Server::start();
    let body = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"fail","arguments":{"way":"panic"}}}"#;
    let mut stream = TcpStream::connect(&server.address).unwrap();
    write!(
        stream,
        "POST /mcp HTTP/1.1\r\nhost: {}\r\nconnection: close\r\nx-request-id: req-7\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        server.address,
        body.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(
        answer.contains("internal error (request id req-7)"),
        "{answer}"
    );

    let mut event = server.event();
    let at = event["at"].take();
    assert!(
        at.as_str().is_some_and(|at| at.contains("tools/fail.rs:")),
        "{at}"
    );
    let span = json!({ "name": "request", "id": "req-7" });
    let expected = json!({
        "level": "ERROR",
        "target": "xmcp::panic",
        "span": span,
        "message": "a panic",
        "panic": "somebody asked for it",
        "at": null,
    });
    assert_eq!(event, expected);
    let expected = json!({
        "level": "ERROR",
        "target": "xmcp::server::failure",
        "span": span,
        "message": "the handler panicked",
        "tool": "fail",
        "request_id": "req-7",
    });
    assert_eq!(server.event(), expected, "the text stands there once");
}
