//! A running server, and a client that speaks HTTP/1.1 by hand: what a stranger's program would send.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::Path,
    process::{Child, ChildStderr, Command, ExitStatus},
    time::Duration,
};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::command::command;

/// A server on a free port. Dropping it ends it.
pub struct Served {
    child: Child,
    stderr: BufReader<ChildStderr>,
    /// `host:port`.
    pub address: String,
    /// What it said of itself when it was up.
    pub banner: String,
    /// What its requests carry.
    token: Option<String>,
    _folder: Option<TempDir>,
}

/// An answer, read to its end.
pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    pub body: String,
}

impl Served {
    /// In an empty folder of its own.
    pub fn start(binary: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut served = Self::spawn(&mut command(Path::new(binary), folder.path()));
        served._folder = Some(folder);
        served
    }

    /// As this command, but for the port.
    pub fn spawn(command: &mut Command) -> Self {
        let mut child = command.env("PORT", "0").spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let mut served = Self {
            child,
            stderr,
            address: String::new(),
            banner: String::new(),
            token: None,
            _folder: None,
        };
        // The banner's last line, with or without a token.
        while !served.banner.contains("tools/list\n") && !served.banner.contains("}}}'\n") {
            let read = served.stderr.read_line(&mut served.banner).unwrap();
            assert_ne!(read, 0, "the server ended before it ran: {}", served.banner);
        }
        let url = between(&served.banner, "MCP Server running on http://", "/mcp\n");
        served.address = url.expect("the URL of the endpoint").to_owned();
        served
    }

    /// Where the local Scalekit answers that it said to have started, as `host:port`.
    pub fn scalekit(&self) -> Option<&str> {
        between(&self.banner, "a local Scalekit, http://", "\n")
    }

    /// The same, with a token of this user in each request of a client.
    pub fn signed_in_as(self, user: &str) -> Self {
        let scalekit = self.scalekit().expect("a local Scalekit");
        let token = token(scalekit, user);
        self.with_token(&token)
    }

    /// The same, with this token in each request of a client.
    pub fn with_token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    /// One request on a connection of its own.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        ask(&self.address, method, path, headers, body)
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
        let bearer = self.token.as_ref().map(|token| format!("Bearer {token}"));
        all.extend(
            bearer
                .iter()
                .map(|bearer| ("Authorization", bearer.as_str())),
        );
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        self.ask("POST", "/mcp", &all, &message.to_string())
    }

    /// Waits for a line of its log.
    pub fn wait_for(&mut self, part: &str) {
        let mut said = String::new();
        while !said.contains(part) {
            let read = self.stderr.read_line(&mut said).unwrap();
            assert_ne!(read, 0, "`{part}` is missing in: {said}");
        }
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

/// One request on a connection of its own.
pub fn ask(
    address: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Answer {
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(30)))
        .unwrap();
    let mut request =
        format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n");
    for (name, value) in headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str(&format!("Content-Length: {}\r\n\r\n{body}", body.len()));
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    Answer::read(&answer)
}

/// A user's token, as the banner's command gets it.
pub fn token(scalekit: &str, user: &str) -> String {
    let form = [("Content-Type", "application/x-www-form-urlencoded")];
    let answer = ask(
        scalekit,
        "POST",
        "/emulator/token",
        &form,
        &format!("user={user}"),
    );
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    Some(text.split_once(before)?.1.split_once(after)?.0)
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
