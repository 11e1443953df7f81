//! A running server, and a client that speaks HTTP/1.1 by hand: what a stranger's program would send.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, ChildStderr, ExitStatus},
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::command::command;

/// A server on a free port. Dropping it ends it.
pub struct Served {
    child: Child,
    stderr: BufReader<ChildStderr>,
    address: String,
    _folder: TempDir,
}

/// An answer, read to its end.
pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: String,
}

impl Served {
    pub fn start(binary: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = command(Path::new(binary), folder.path())
            .env("PORT", "0")
            .spawn()
            .unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let mut served = Self {
            child,
            stderr,
            address: String::new(),
            _folder: folder,
        };
        let mut text = String::new();
        while served.stderr.read_line(&mut text).unwrap() > 0 {
            if let Some((_, url)) = text.split_once("MCP Server running on http://") {
                let address = url.trim_end().strip_suffix("/mcp");
                served.address = address.expect("the URL of the endpoint").to_owned();
                return served;
            }
        }
        panic!("the server ended before it ran: {text}");
    }

    /// One request on a connection of its own.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n",
            self.address
        );
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        Answer::read(&answer)
    }

    /// A request as a 2025-11-25 client sends it.
    pub fn legacy(&self, method: &str, params: Value) -> Answer {
        self.post(&[("MCP-Protocol-Version", "2025-11-25")], method, params)
    }

    /// A request as a 2026-07-28 client sends it.
    pub fn modern(&self, method: &str, mut params: Value) -> Answer {
        let name = params["name"].as_str().unwrap_or_default().to_owned();
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let mut headers = vec![
            ("MCP-Protocol-Version", "2026-07-28"),
            ("Mcp-Method", method),
        ];
        if !name.is_empty() {
            headers.push(("Mcp-Name", &name));
        }
        self.post(&headers, method, params)
    }

    fn post(&self, headers: &[(&str, &str)], method: &str, params: Value) -> Answer {
        let mut all = vec![
            ("Content-Type", "application/json"),
            ("Accept", "application/json, text/event-stream"),
        ];
        all.extend_from_slice(headers);
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        self.ask("POST", "/mcp", &all, &message.to_string())
    }

    /// Asks the process to end, as a container runtime does, and waits until it has.
    #[cfg(unix)]
    pub fn terminate(mut self) -> ExitStatus {
        let kill = std::process::Command::new("kill")
            .arg(self.child.id().to_string())
            .status()
            .unwrap();
        assert!(kill.success());
        let mut rest = String::new();
        self.stderr.read_to_string(&mut rest).unwrap();
        self.child.wait().unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // Both fail when it has ended already, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Answer {
    fn read(answer: &str) -> Self {
        let (head, body) = answer
            .split_once("\r\n\r\n")
            .unwrap_or_else(|| panic!("no HTTP: {answer}"));
        let mut lines = head.split("\r\n");
        let status = lines
            .next()
            .and_then(|line| line.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok());
        let headers = lines.filter_map(|line| line.split_once(": "));
        Self {
            status: status.unwrap_or_else(|| panic!("no status: {head}")),
            headers: headers
                .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                .collect(),
            body: body.to_owned(),
        }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(header, _)| header == name)
            .map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("{} {}", self.status, self.body))
    }

    /// The result of a response that has one.
    #[track_caller]
    pub fn result(&self) -> Value {
        let mut message = self.json();
        assert_eq!(
            (self.status, message.get("result").is_some()),
            (200, true),
            "{message}"
        );
        message["result"].take()
    }
}
