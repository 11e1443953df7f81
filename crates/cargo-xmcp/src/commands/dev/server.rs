//! One process of the app, from its start to its end, with the way to it: a socket over which it says that it is ready and is told to
//! leave (`run/supervisor.rs` of the runtime).

use std::{
    io,
    os::{fd::OwnedFd, unix::net},
    path::Path,
    process::{ExitStatus, Stdio},
    time::Duration,
};

use command_fds::{CommandFdExt, FdMapping};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{
        UnixStream,
        unix::{OwnedReadHalf, OwnedWriteHalf},
    },
    process::{Child, ChildStdin, ChildStdout, Command},
    sync::mpsc,
    task::JoinHandle,
    time::sleep,
};

use super::{build::group_of, ready::Ready, supervisor::Generation};

/// The first file that is handed over, as `LISTEN_FDS` has it.
const FIRST: i32 = 3;
/// What its socket is called there.
const NAME: &str = "xmcp-supervisor";
/// The longest line that a process says.
const LONGEST: u64 = 64 * 1024;

/// What one that is told to leave has for letting go.
const PATIENCE: Duration = Duration::from_secs(1);

/// What a process says of itself.
#[derive(Debug)]
pub(super) enum Word {
    /// It could answer.
    Ready(Ready),
    /// It was told to leave, has told who listens, and takes nothing more.
    Told,
    /// It has ended.
    Ended(io::Result<ExitStatus>),
}

/// How it is started.
pub(super) struct Start<'a> {
    pub(super) program: &'a Path,
    pub(super) root: &'a Path,
    /// What it listens on; without, it speaks over a pipe.
    pub(super) socket: Option<OwnedFd>,
    pub(super) variables: &'a [(&'static str, String)],
}

/// A process that runs.
#[derive(Debug)]
pub(super) struct Server {
    generation: Generation,
    words: mpsc::UnboundedSender<(Generation, Word)>,
    control: OwnedWriteHalf,
    group: Option<Pid>,
    attending: JoinHandle<()>,
}

/// Both ends of the pipe of a process that speaks over one.
pub(super) type Pipe = (ChildStdin, ChildStdout);

impl Server {
    /// Starts it. What it says comes to `words`.
    pub(super) fn start(
        start: Start<'_>,
        generation: Generation,
        words: mpsc::UnboundedSender<(Generation, Word)>,
    ) -> io::Result<(Self, Option<Pipe>)> {
        let (ours, theirs) = net::UnixStream::pair()?;
        ours.set_nonblocking(true)?;
        let is_over_http = start.socket.is_some();
        let names = match is_over_http {
            true => format!("xmcp-http:{NAME}"),
            false => NAME.to_owned(),
        };
        let handed_over: Vec<OwnedFd> = start.socket.into_iter().chain([theirs.into()]).collect();
        let mut command = Command::new(start.program);
        command
            .current_dir(start.root)
            .arg(if is_over_http { "--http" } else { "--stdio" })
            .env("LISTEN_FDS", handed_over.len().to_string())
            .env("LISTEN_FDNAMES", names)
            .env_remove("LISTEN_PID")
            .env_remove("LISTEN_FDS_FIRST_FD")
            .envs(start.variables.iter().map(|(name, value)| (name, value)))
            .process_group(0);
        match is_over_http {
            // What tools print is for people.
            true => command.stdin(Stdio::null()).stdout(io::stderr()),
            false => command.stdin(Stdio::piped()).stdout(Stdio::piped()),
        };
        let mappings = (FIRST..)
            .zip(handed_over)
            .map(|(child_fd, parent_fd)| FdMapping {
                parent_fd,
                child_fd,
            })
            .collect();
        command.fd_mappings(mappings).map_err(io::Error::other)?;
        let mut child = command.spawn()?;
        // Ours has to be the only end left, or the end of the process would go unnoticed.
        drop(command);
        let pipe = child.stdin.take().zip(child.stdout.take());
        let group = group_of(&child);
        let (reader, control) = UnixStream::from_std(ours)?.into_split();
        let attending = tokio::spawn(attend(child, reader, generation, words.clone()));
        let server = Self {
            generation,
            words,
            control,
            group,
            attending,
        };
        Ok((server, pipe))
    }

    /// Tells it that what comes is its own.
    pub(super) async fn serve(&mut self) {
        self.say("serve\n").await;
    }

    /// Tells it to leave, and which lists are others now.
    pub(super) async fn retire(&mut self, lists: &[&str]) {
        self.say(&format!("retire {}\n", lists.join(" "))).await;
        // One that hangs does not keep its successor from serving.
        let (words, generation) = (self.words.clone(), self.generation);
        tokio::spawn(async move {
            sleep(PATIENCE).await;
            let _ = words.send((generation, Word::Told));
        });
    }

    async fn say(&mut self, line: &str) {
        // One that has ended needs not be told.
        let _ = self.control.write_all(line.as_bytes()).await;
    }

    /// Asks it to end, and all that it started.
    pub(super) fn stop(&self) {
        self.signal(Signal::TERM);
    }

    /// Ends it.
    pub(super) fn kill(&self) {
        self.signal(Signal::KILL);
    }

    fn signal(&self, signal: Signal) {
        if let Some(group) = self.group.filter(|_| !self.attending.is_finished()) {
            let _ = kill_process_group(group, signal);
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
        self.attending.abort();
    }
}

async fn attend(
    mut child: Child,
    reader: OwnedReadHalf,
    generation: Generation,
    words: mpsc::UnboundedSender<(Generation, Word)>,
) {
    let group = group_of(&child);
    let status = tokio::select! {
        biased;
        // What it has started may hold its end of the socket for longer than it lives.
        status = child.wait() => status,
        () = listen(reader, generation, &words) => child.wait().await,
    };
    if let Some(group) = group {
        // Whom it has left behind: none but these have the number of a group that was this process's a moment ago.
        let _ = kill_process_group(group, Signal::KILL);
    }
    let _ = words.send((generation, Word::Ended(status)));
}

/// Passes on what it says, until it closes its end.
async fn listen(
    reader: impl AsyncRead + Unpin,
    generation: Generation,
    words: &mpsc::UnboundedSender<(Generation, Word)>,
) {
    let mut lines = BufReader::new(reader);
    loop {
        let mut line = String::new();
        match (&mut lines).take(LONGEST).read_line(&mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) if line.trim_end() == "told" => {
                let _ = words.send((generation, Word::Told));
            }
            Ok(_) => {
                if let Ok(ready) = serde_json::from_str(&line) {
                    let _ = words.send((generation, Word::Ready(ready)));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    #[tokio::test]
    async fn the_end_of_a_process_is_noticed_although_what_it_started_lives_on() {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("app");
        // The one in the background has the supervisor's socket.
        fs::write(&program, "#!/bin/sh\nsleep 600 &\nexit 3\n").unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
        let (sender, mut words) = mpsc::unbounded_channel();
        let start = Start {
            program: &program,
            root: folder.path(),
            socket: None,
            variables: &[],
        };
        let (_server, _pipe) = Server::start(start, 7, sender).unwrap();
        let word = tokio::time::timeout(Duration::from_secs(60), words.recv()).await;
        let (generation, Word::Ended(status)) = word.expect("its end is told").unwrap() else {
            panic!("it said something");
        };
        assert_eq!((generation, status.unwrap().code()), (7, Some(3)));
    }
}
