//! A client on a server's pipe, with several requests under way.

use std::{
    io::{self, BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    time::Instant,
};

use serde_json::{Value, json};

/// How many requests wait for their answer at a time.
const AT_A_TIME: usize = 32;

/// A server that speaks on its standard output. Dropping it ends it.
pub struct Pipe {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Pipe {
    /// Starts it, and says hello as clients of 2025-11-25 do.
    ///
    /// # Errors
    ///
    /// It does not start, or does not answer.
    pub fn open(mut command: Command) -> io::Result<Self> {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let input = child.stdin.take().expect("it is piped");
        let output = BufReader::new(child.stdout.take().expect("it is piped"));
        let mut pipe = Self {
            child,
            input,
            output,
        };
        pipe.send(&json!({
            "jsonrpc": "2.0",
            "id": 0,
            "method": "initialize",
            "params": {
                "protocolVersion": "2025-11-25",
                "capabilities": {},
                "clientInfo": { "name": "bench", "version": "1.0.0" },
            },
        }))?;
        pipe.line()?;
        pipe.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }))?;
        Ok(pipe)
    }

    /// Calls a tool that greets, so many times, and returns how many calls a second were answered.
    ///
    /// # Errors
    ///
    /// An answer is no greeting, or none comes.
    pub fn greet(&mut self, tool: &str, calls: usize) -> io::Result<f64> {
        let began = Instant::now();
        for number in 0..calls + AT_A_TIME.min(calls) {
            if number < calls {
                let params = json!({ "name": tool, "arguments": { "name": "World" } });
                self.send(&json!({
                    "jsonrpc": "2.0",
                    "id": number,
                    "method": "tools/call",
                    "params": params,
                }))?;
            }
            if number >= AT_A_TIME.min(calls) {
                let line = self.line()?;
                if !line.contains("Hello, World!") {
                    return Err(io::Error::other(format!("the answer is wrong: {line}")));
                }
            }
        }
        Ok(calls as f64 / began.elapsed().as_secs_f64())
    }

    fn send(&mut self, message: &Value) -> io::Result<()> {
        self.input.write_all(format!("{message}\n").as_bytes())
    }

    fn line(&mut self) -> io::Result<String> {
        let mut line = String::new();
        if self.output.read_line(&mut line)? == 0 {
            return Err(io::Error::other("the server ended"));
        }
        Ok(line)
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
