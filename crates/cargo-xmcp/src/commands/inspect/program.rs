//! The way to a server that is a program: its stdin and stdout are the protocol, its stderr is its log.

use std::{
    collections::VecDeque,
    io::ErrorKind,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rmcp::{RoleClient, transport::async_rw::AsyncRwTransport};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader, DuplexStream},
    process::{Child, ChildStdin, Command},
    sync::Mutex as AsyncMutex,
    task::JoinSet,
    time,
};

use super::{
    client::{LARGEST, Trouble},
    target::Program,
};
use crate::{Failure, Output, Result, text};

/// How many of the last lines of its log are kept.
const LINES: usize = 10;

/// How long a line of it may be.
const LINE: usize = 500;

/// How much may wait on its way from the program to the protocol.
const PIPE: usize = 64 * 1024;

/// How long a program that closed its pipes may take to end, and what it said to arrive.
const ENDS: Duration = Duration::from_millis(500);

/// A program that runs, and is killed when this is dropped.
pub(super) struct Running {
    process: AsyncMutex<Process>,
    ends: Option<(DuplexStream, ChildStdin)>,
    heard: Arc<Heard>,
}

/// The program, and who reads what it says, which ends with it.
struct Process {
    child: Child,
    readers: JoinSet<()>,
}

/// What the program says beside the protocol.
#[derive(Default)]
struct Heard {
    log: Mutex<VecDeque<String>>,
    garbage: Mutex<Option<String>>,
}

impl Running {
    /// Starts it. With `--verbose` its log is shown as it comes.
    pub(super) fn start(program: &Program, output: &Output) -> Result<Self> {
        let mut command = Command::new(&program.path);
        command
            .args(&program.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        if let Some(folder) = &program.folder {
            command.current_dir(folder);
        }
        let mut child = command.spawn().map_err(|error| {
            let name = program.path.display();
            let failure = Failure::new(format!("cannot start `{name}`")).because(&error);
            match error.kind() {
                ErrorKind::NotFound if program.path.components().count() > 1 => {
                    failure.hint("there is no such file: is it built?")
                }
                ErrorKind::NotFound => failure.hint(format!(
                    "is it installed, and in `PATH`? A program of this folder is `./{name}`"
                )),
                ErrorKind::PermissionDenied => {
                    failure.hint(format!("it has to be a program: `chmod +x {name}`"))
                }
                _ => failure.hint("see whether it runs by itself"),
            }
        })?;
        let heard = Arc::new(Heard::default());
        let (ours, theirs) = tokio::io::duplex(PIPE);
        let (Some(stdin), Some(stdout), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(Failure::new("the program has no pipes").hint("try again"));
        };
        let mut readers = JoinSet::new();
        readers.spawn(messages(stdout, theirs, Arc::clone(&heard)));
        readers.spawn(log(stderr, Arc::clone(&heard), output.is_verbose()));
        Ok(Self {
            process: AsyncMutex::new(Process { child, readers }),
            ends: Some((ours, stdin)),
            heard,
        })
    }

    /// What rmcp talks through. It is there once.
    pub(super) fn transport(&mut self) -> AsyncRwTransport<RoleClient, DuplexStream, ChildStdin> {
        let (read, write) = self.ends.take().expect("a program is talked with once");
        AsyncRwTransport::new_client(read, write).with_max_line_length(LARGEST)
    }

    /// What to say when no conversation began.
    pub(super) async fn failure(&self, name: &str, trouble: Trouble, timeout: Duration) -> Failure {
        let name = text::line(name, 200);
        let ended = self.ended().await;
        if let Some(garbage) = self.heard.garbage() {
            return Failure::new(format!("`{name}` writes to stdout what is no message"))
                .note(garbage)
                .hint("stdout is the protocol alone, logs belong on stderr; does the program need an argument, like `--stdio`?");
        }
        if let Some(failure) = ended {
            return failure;
        }
        match trouble {
            Trouble::Other(failure) => failure,
            Trouble::TimedOut => self.with_log(
                Failure::new(format!(
                    "`{name}` did not answer within {} s",
                    timeout.as_secs()
                )),
            )
            .hint("does it speak MCP on stdin and stdout, or does it need an argument, like `--stdio`? `--timeout` gives it more time"),
            Trouble::Refused(error) => self
                .with_log(Failure::new(format!("`{name}` does not begin a conversation")).because_of_stranger(&*error))
                .hint("try another revision with `--protocol`"),
        }
    }

    /// What to say if the program has ended by itself.
    pub(super) async fn ended(&self) -> Option<Failure> {
        let Process { child, readers } = &mut *self.process.lock().await;
        // Its pipes close a moment before it can be waited for.
        let status = time::timeout(ENDS, child.wait()).await.ok()?.ok()?;
        // And what is in them may not have been read yet. A program that it started itself may keep them open.
        let _ = time::timeout(ENDS, async { while readers.join_next().await.is_some() {} }).await;
        Some(
            self.with_log(Failure::new(format!("the program ended ({status})")))
                .hint(match self.heard.is_silent() {
                    true => "it said nothing about it: see whether it runs by itself",
                    false => "what it said last is above: see whether it runs by itself",
                }),
        )
    }

    /// Ends it: first by closing its stdin, which is what a client does, then by force.
    pub(super) async fn end(self, patience: Duration) {
        drop(self.ends);
        let mut child = self.process.into_inner().child;
        if time::timeout(patience, child.wait()).await.is_err() {
            let _ = child.kill().await;
        }
    }

    fn with_log(&self, failure: Failure) -> Failure {
        let log = self
            .heard
            .log
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        log.iter().fold(failure, |failure, line| failure.note(line))
    }
}

impl Heard {
    fn is_silent(&self) -> bool {
        self.log
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .is_empty()
    }

    fn garbage(&self) -> Option<String> {
        self.garbage
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// Passes on the lines that can be messages, and keeps the first of the others.
async fn messages(from: impl AsyncRead + Unpin, mut to: DuplexStream, heard: Arc<Heard>) {
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    while read_line(&mut from, &mut line).await {
        if matches!(line.trim_ascii_start().first(), Some(b'{' | b'[') | None) {
            if to.write_all(&line).await.is_err() {
                return;
            }
            continue;
        }
        let mut garbage = heard.garbage.lock().unwrap_or_else(PoisonError::into_inner);
        garbage.get_or_insert_with(|| text::line(&String::from_utf8_lossy(&line), LINE));
    }
}

async fn log(from: impl AsyncRead + Unpin, heard: Arc<Heard>, verbose: bool) {
    let mut from = BufReader::new(from);
    let mut line = Vec::new();
    while read_line(&mut from, &mut line).await {
        let said = text::line(&String::from_utf8_lossy(&line), LINE);
        Output::new(verbose).detail(&said);
        let mut log = heard.log.lock().unwrap_or_else(PoisonError::into_inner);
        if log.len() == LINES {
            log.pop_front();
        }
        log.push_back(said);
    }
}

/// Whether there is a next line. One that is too long ends the reading, as there is no telling what follows.
async fn read_line(from: &mut (impl AsyncBufReadExt + Unpin), line: &mut Vec<u8>) -> bool {
    line.clear();
    let read = from.take(LARGEST as u64).read_until(b'\n', line).await;
    read.is_ok_and(|read| read > 0 && read < LARGEST)
}
