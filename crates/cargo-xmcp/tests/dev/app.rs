//! An app, and `cargo xmcp dev` at work on it.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use crate::support::Session;

/// What no step takes when all is well, a build included.
pub const PATIENCE: Duration = Duration::from_secs(300);

/// An app in a folder that stays, so that only the first build of it is a long one.
pub struct App {
    pub session: Session,
    pub root: PathBuf,
}

impl App {
    /// A new one, with the tools `word`, which says `first`, and `process`, which says its process.
    pub fn new(name: &str, auth: &str) -> Self {
        let session = Session::new();
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = fs::remove_dir_all(&root);
        let place = root.to_str().unwrap();
        session
            .run(["new", place, "--auth", auth, "--with", "tools"])
            .succeeded();
        let app = Self { session, root };
        app.says("first");
        app.write(
            "tools/process.rs",
            "//! Says which process answers\nuse xmcp::prelude::*;\n\npub const METADATA: ToolMetadata = \
             ToolMetadata::new().read_only(true);\n\npub fn handler() -> String {\n    std::process::id().to_string()\n}\n",
        );
        app
    }

    pub fn write(&self, path: &str, text: &str) {
        fs::write(self.root.join(path), text).unwrap();
    }

    /// From now on the tool `word` says this, once it is built.
    pub fn says(&self, word: &str) {
        self.answers(&format!("\"{word}\".to_owned()"));
    }

    /// The same with an expression.
    pub fn answers(&self, expression: &str) {
        let text = format!(
            "//! Says a word\nuse xmcp::prelude::*;\n\npub const METADATA: ToolMetadata = ToolMetadata::new().read_only(true);\n\n\
             pub async fn handler() -> String {{\n    {expression}\n}}\n"
        );
        self.write("tools/word.rs", &text);
    }

    /// Starts the command on it. A pipe leads to its standard input when it is to serve over one.
    pub fn dev(&self, arguments: &[&str]) -> Dev {
        let mut command = self.session.command(&[&["dev"], arguments].concat());
        let is_stdio = arguments.contains(&"--stdio");
        command.current_dir(&self.root).stdin(match is_stdio {
            true => Stdio::piped(),
            false => Stdio::null(),
        });
        let mut child = command.spawn().unwrap();
        let input = child.stdin.take();
        let lines = |stream: Box<dyn std::io::Read + Send>| {
            let (sender, lines) = channel();
            thread::spawn(move || {
                for line in BufReader::new(stream).lines().map_while(Result::ok) {
                    if sender.send(line).is_err() {
                        return;
                    }
                }
            });
            lines
        };
        Dev {
            said: lines(Box::new(child.stderr.take().unwrap())),
            output: lines(Box::new(child.stdout.take().unwrap())),
            input,
            child,
            transcript: Vec::new(),
        }
    }
}

/// The command at work; it ends with this.
pub struct Dev {
    pub child: Child,
    pub input: Option<ChildStdin>,
    /// What comes on stdout.
    pub output: Receiver<String>,
    said: Receiver<String>,
    transcript: Vec<String>,
}

impl Dev {
    /// Waits for a line that has this in it.
    #[track_caller]
    pub fn says(&mut self, text: &str) -> String {
        loop {
            let Ok(line) = self.said.recv_timeout(PATIENCE) else {
                panic!("it never says `{text}`:\n{}", self.transcript());
            };
            self.transcript.push(line.clone());
            if line.contains(text) {
                return line;
            }
        }
    }

    /// All that it has said so far, for a test that fails.
    pub fn transcript(&mut self) -> String {
        self.transcript.extend(self.said.try_iter());
        self.transcript.join("\n")
    }

    /// Waits until it serves, and answers on which port.
    #[track_caller]
    pub fn serves(&mut self) -> u16 {
        let line = self.says("Serving");
        let (_, rest) = line.split_once("http://127.0.0.1:").expect("the URL");
        rest.split('/').next().unwrap().parse().unwrap()
    }

    pub fn signal(&self, signal: Signal) {
        kill_process(pid(self.child.id()), signal).unwrap();
    }

    /// Waits for its end, and that of the processes that it started.
    pub fn ended(&mut self, servers: &[u32]) {
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}");
        for server in servers {
            let is_there = test_kill_process(pid(*server)).is_ok();
            assert!(!is_there, "process {server} goes on");
        }
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        // A test that failed leaves nothing behind: the processes of the app end with the command.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn pid(id: u32) -> Pid {
    Pid::from_raw(i32::try_from(id).unwrap()).unwrap()
}
