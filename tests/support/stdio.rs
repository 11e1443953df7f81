//! The app as a child process that speaks over its standard input and output.

use std::{
    io::{BufRead, BufReader, Read, Write},
    path::Path,
    process::{Child, ChildStdin, ExitStatus},
    sync::mpsc::{self, Receiver},
    thread::{self, JoinHandle},
    time::Duration,
};

use serde_json::Value;
use tempfile::TempDir;

use super::command::command;

/// A child whose output is read as it comes, so that it never waits for the test.
pub struct Stdio {
    child: Child,
    stdin: ChildStdin,
    lines: Receiver<String>,
    stderr: JoinHandle<String>,
    _folder: TempDir,
}

/// How a child ended.
pub struct End {
    pub status: ExitStatus,
    /// What nobody had read from its output.
    pub rest: Vec<String>,
    pub stderr: String,
}

impl Stdio {
    pub fn start(binary: &Path) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = command(binary, folder.path())
            .arg("--stdio")
            .spawn()
            .unwrap();
        let (stdin, stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let mut stderr = child.stderr.take().unwrap();
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines() {
                let Ok(line) = line else { return };
                // Nobody reads any more when the test is over.
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let stderr = thread::spawn(move || {
            let mut bytes = Vec::new();
            stderr.read_to_end(&mut bytes).unwrap();
            String::from_utf8_lossy(&bytes).into_owned()
        });
        Self {
            child,
            stdin,
            lines,
            stderr,
            _folder: folder,
        }
    }

    /// Sends a message.
    pub fn send(&mut self, message: &Value) {
        writeln!(self.stdin, "{message}").unwrap();
    }

    /// Sends a request, and returns the next message.
    pub fn ask(&mut self, message: &Value) -> Value {
        self.send(message);
        let line = self
            .lines
            .recv_timeout(Duration::from_secs(30))
            .unwrap_or_else(|_| panic!("no answer to {message}"));
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("no JSON on standard output: {line}"))
    }

    /// Ends the child's input, and waits until it has ended.
    pub fn finish(mut self) -> End {
        drop(self.stdin);
        let rest = self.lines.iter().collect();
        End {
            status: self.child.wait().unwrap(),
            rest,
            stderr: self.stderr.join().unwrap(),
        }
    }
}
