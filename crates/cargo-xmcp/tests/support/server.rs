//! Servers that a test talks to: those of this repository as processes of their own, and one that always answers the same.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Stdio},
    sync::mpsc,
    thread,
};

use super::{Session, checkout};

/// A server that is killed at the end.
pub struct Server {
    child: Child,
    /// Its URL, with the endpoint.
    pub url: String,
    lines: mpsc::Receiver<String>,
}

impl Server {
    /// The example `everything`, over HTTP.
    pub fn everything(session: &Session) -> Self {
        Self::start(session, &built(session, "everything"))
    }

    /// The app at the root, over HTTP, with its emulator, at which user `ada` consents to everything.
    pub fn app(session: &Session) -> Self {
        Self::start(session, &built(session, "xmcp-app"))
    }

    fn start(session: &Session, program: &Path) -> Self {
        let mut child = session
            .program(program)
            .env("PORT", "0")
            .env("SCALEKIT_EMULATOR_CONSENT", "auto:ada")
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let lines = lines(child.stderr.take().unwrap());
        let mut server = Self {
            child,
            url: String::new(),
            lines,
        };
        let line = server.line("MCP Server running on ");
        server.url = line.split_whitespace().last().unwrap().to_owned();
        server
    }

    /// The next line on its stderr that holds these words.
    pub fn line(&self, words: &str) -> String {
        next(&self.lines, words)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// `cargo xmcp emulator` of a session, which is killed at the end. Its state is the session's.
pub struct Emulator {
    child: Child,
    /// The URL of its environment.
    pub url: String,
    lines: mpsc::Receiver<String>,
}

impl Emulator {
    pub fn start(session: &Session, arguments: &[&str]) -> Self {
        let arguments = [&["emulator", "--port", "0"], arguments].concat();
        let mut child = session.command(&arguments).spawn().unwrap();
        let lines = lines(child.stderr.take().unwrap());
        let mut emulator = Self {
            child,
            url: String::new(),
            lines,
        };
        let line = emulator.line("Scalekit emulator running on ");
        emulator.url = line.split_whitespace().last().unwrap().to_owned();
        emulator
    }

    /// The next line on its stderr that holds these words.
    pub fn line(&self, words: &str) -> String {
        next(&self.lines, words)
    }

    /// Ends it as a supervisor does. Its exit code, where there are signals.
    pub fn end(mut self) -> Option<i32> {
        let killed = std::process::Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        match killed {
            Ok(status) if status.success() => self.child.wait().unwrap().code(),
            _ => None,
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn next(lines: &mpsc::Receiver<String>, words: &str) -> String {
    let mut said = Vec::new();
    for line in lines {
        if line.contains(words) {
            return line;
        }
        said.push(line);
    }
    panic!("it never said `{words}`, but:\n{}", said.join("\n"));
}

/// The lines of a process's output, as they come. Its thread ends with the process.
pub fn lines(from: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (send, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(from).lines().map_while(Result::ok) {
            // Whoever does not listen any more lets the process go on all the same.
            let _ = send.send(line);
        }
    });
    lines
}

/// A binary of this repository, built.
pub fn built(session: &Session, package: &str) -> PathBuf {
    let output = session
        .cargo(&["build", "--quiet", "--package", package, "--bin", package])
        .current_dir(checkout())
        .env("HOME", std::env::var_os("HOME").unwrap_or_default())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    super::target().join("debug").join(package)
}

/// The URL of a listener that gives every request this answer, byte by byte.
pub fn answering(answer: &'static str) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/mcp", listener.local_addr().unwrap());
    // Ends with the process of the test.
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut head = BufReader::new(stream.try_clone().unwrap());
            let mut length = 0;
            loop {
                let mut line = String::new();
                if head.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
                    break;
                }
                if let Some((name, value)) = line.split_once(':')
                    && name.eq_ignore_ascii_case("content-length")
                {
                    length = value.trim().parse().unwrap();
                }
            }
            let mut body = vec![0; length];
            let _ = head.read_exact(&mut body);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    url
}

/// The URL of a port at which nobody listens.
pub fn dead() -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    format!("http://{}/mcp", listener.local_addr().unwrap())
}
