//! A client that does as little as possible, so that it hides nothing: one call after the other, on a connection that is kept.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed},
        mpsc::{Receiver, channel},
    },
    thread::{self, JoinHandle},
};

use serde_json::{Value, json};

use crate::app::PATIENCE;

/// A connection to a server.
pub struct Client {
    port: u16,
    token: Option<String>,
    connection: Option<BufReader<TcpStream>>,
    keeps: bool,
}

impl Client {
    pub fn new(port: u16, token: Option<&str>) -> Self {
        Self {
            port,
            token: token.map(str::to_owned),
            connection: None,
            keeps: true,
        }
    }

    /// One that makes a connection for each call.
    pub fn of_one_call(self) -> Self {
        Self {
            keeps: false,
            ..self
        }
    }

    /// What a tool without arguments answers.
    pub fn call(&mut self, tool: &str) -> io::Result<String> {
        let answer = self.post(
            &json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": tool, "arguments": {}}}),
            "",
        )?;
        let answer: Value = serde_json::from_str(&answer)?;
        let text = answer["result"]["content"][0]["text"].as_str();
        text.map(str::to_owned)
            .ok_or_else(|| io::Error::other(answer.to_string()))
    }

    /// The body of the answer to a message.
    pub fn post(&mut self, message: &Value, headers: &str) -> io::Result<String> {
        let mut connection = self.send(message, headers)?;
        let (mut length, mut is_last) = (0, !self.keeps);
        let status = line(&mut connection)?;
        if !status.starts_with("HTTP/1.1 200") {
            return Err(io::Error::other(status));
        }
        loop {
            let header = line(&mut connection)?.to_ascii_lowercase();
            match header.split_once(": ") {
                None => break,
                Some(("content-length", value)) => {
                    length = value.parse().map_err(io::Error::other)?
                }
                Some(("connection", "close")) => is_last = true,
                Some(_) => {}
            }
        }
        let mut body = vec![0; length];
        connection.read_exact(&mut body)?;
        self.connection = (!is_last).then_some(connection);
        String::from_utf8(body).map_err(io::Error::other)
    }

    /// Sends a message, and leaves what comes to the caller.
    pub fn send(&mut self, message: &Value, headers: &str) -> io::Result<BufReader<TcpStream>> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => {
                let stream = TcpStream::connect(("127.0.0.1", self.port))?;
                stream.set_read_timeout(Some(PATIENCE))?;
                BufReader::new(stream)
            }
        };
        let body = message.to_string();
        let token = self.token.as_ref();
        let authorization = token.map(|token| format!("authorization: Bearer {token}\r\n"));
        let request = format!(
            "POST /mcp HTTP/1.1\r\nhost: localhost:{}\r\ncontent-type: application/json\r\naccept: application/json, \
             text/event-stream\r\n{}{headers}content-length: {}\r\n\r\n{body}",
            self.port,
            authorization.unwrap_or_default(),
            body.len()
        );
        connection.get_mut().write_all(request.as_bytes())?;
        Ok(connection)
    }
}

/// A line without its end; the end of the stream is an error.
pub fn line(from: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    match from.read_line(&mut line)? {
        0 => Err(io::ErrorKind::UnexpectedEof.into()),
        _ => Ok(line.trim_end().to_owned()),
    }
}

/// A client that calls without pause, from a thread of its own.
pub struct Caller {
    stop: Arc<AtomicBool>,
    calls: Arc<AtomicUsize>,
    thread: JoinHandle<Vec<String>>,
    changes: Receiver<String>,
}

impl Caller {
    /// Calls `word` again and again.
    pub fn start(mut client: Client) -> Self {
        let (stop, calls) = (Arc::<AtomicBool>::default(), Arc::<AtomicUsize>::default());
        let (is_over, count) = (Arc::clone(&stop), Arc::clone(&calls));
        let (sender, changes) = channel();
        let thread = thread::spawn(move || {
            let (mut last, mut failures) = (String::new(), Vec::new());
            while !is_over.load(Relaxed) {
                match client.call("word") {
                    Ok(word) if word != last => {
                        last.clone_from(&word);
                        let _ = sender.send(word);
                    }
                    Ok(_) => {}
                    Err(error) => failures.push(error.to_string()),
                }
                count.fetch_add(1, Relaxed);
            }
            failures
        });
        Self {
            stop,
            calls,
            thread,
            changes,
        }
    }

    /// Waits until another word is answered, and says which.
    #[track_caller]
    pub fn next(&self) -> String {
        self.changes
            .recv_timeout(PATIENCE)
            .expect("the answer changes")
    }

    /// Ends it. Answers how many calls there were, and why some of them failed.
    pub fn stop(self) -> (usize, Vec<String>) {
        self.stop.store(true, Relaxed);
        let failures = self.thread.join().unwrap();
        (self.calls.load(Relaxed), failures)
    }
}
