//! The ends of pipes: the client's, which is this process's own standard input, and those of the processes of the app.

use std::collections::HashMap;

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWriteExt, BufReader, stdin},
    process::ChildStdin,
    sync::mpsc,
};

use super::{
    bridge::{Bridge, Line},
    server::Pipe,
    supervisor::Generation,
};
use crate::Output;

/// Something that was said over a pipe.
#[derive(Debug)]
pub(super) enum Said {
    /// The client's line, or that there are no more.
    Client(Option<String>),
    /// A line of a process's.
    Server(Generation, String),
}

/// The client's pipe, and those of the processes.
#[derive(Debug)]
pub(super) struct Pipes {
    bridge: Bridge,
    servers: HashMap<Generation, mpsc::UnboundedSender<String>>,
    said: mpsc::UnboundedSender<Said>,
}

impl Pipes {
    /// With the client at this process's standard input. What is said comes to the receiver.
    pub(super) fn new() -> (Self, mpsc::UnboundedReceiver<Said>) {
        let (said, receiver) = mpsc::unbounded_channel();
        tokio::spawn(read(stdin(), said.clone(), |line| Some(Said::Client(line))));
        let pipes = Self {
            bridge: Bridge::default(),
            servers: HashMap::new(),
            said,
        };
        (pipes, receiver)
    }

    /// The pipe of a process that was started.
    pub(super) fn add(&mut self, generation: Generation, (input, output): Pipe) {
        let (sender, lines) = mpsc::unbounded_channel();
        tokio::spawn(write(input, lines));
        let said = move |line: Option<String>| line.map(|line| Said::Server(generation, line));
        tokio::spawn(read(output, self.said.clone(), said));
        self.servers.insert(generation, sender);
    }

    pub(super) fn take(&mut self, said: Said, output: &Output) {
        let lines = match said {
            Said::Client(Some(line)) => self.bridge.of_client(line),
            Said::Client(None) => Vec::new(),
            Said::Server(from, line) => self.bridge.of_server(from, line),
        };
        self.pass_on(lines, output);
    }

    /// From now on this process has what the client says. Those before it end when they have answered what they were asked.
    ///
    /// These `lists` of its are others than those of the one before, which the client hears.
    pub(super) fn serve(&mut self, generation: Generation, lists: &[&str], output: &Output) {
        self.servers.retain(|other, _| *other >= generation);
        let lines = self.bridge.serve(generation, lists);
        self.pass_on(lines, output);
    }

    /// This process is told to leave.
    pub(super) fn retire(&mut self, generation: Generation) {
        self.bridge.retire(generation);
    }

    /// Nothing more is said to this process, which then ends.
    pub(super) fn close(&mut self, generation: Generation) {
        self.servers.remove(&generation);
    }

    /// Nothing more is said to any.
    pub(super) fn close_all(&mut self) {
        self.servers.clear();
    }

    /// This process has ended.
    pub(super) fn ended(&mut self, generation: Generation, output: &Output) {
        self.close(generation);
        let lines = self.bridge.ended(generation);
        self.pass_on(lines, output);
    }

    fn pass_on(&self, lines: Vec<Line>, output: &Output) {
        for line in lines {
            match line {
                Line::ToClient(line) => output.message(&line),
                Line::ToServer(generation, line) => {
                    if let Some(server) = self.servers.get(&generation) {
                        // One that has ended is answered for then.
                        let _ = server.send(line);
                    }
                }
            }
        }
    }
}

async fn read(
    from: impl AsyncRead + Unpin,
    said: mpsc::UnboundedSender<Said>,
    word: impl Fn(Option<String>) -> Option<Said>,
) {
    let mut lines = BufReader::new(from).split(b'\n');
    loop {
        let line = lines.next_segment().await.ok().flatten();
        // One that is no text is no message, and whoever reads it says so; it is not the end of the pipe.
        let line = line.map(|line| String::from_utf8_lossy(&line).into_owned());
        let is_last = line.is_none();
        if word(line).is_some_and(|word| said.send(word).is_err()) || is_last {
            return;
        }
    }
}

async fn write(mut to: ChildStdin, mut lines: mpsc::UnboundedReceiver<String>) {
    while let Some(mut line) = lines.recv().await {
        line.push('\n');
        if to.write_all(line.as_bytes()).await.is_err() || to.flush().await.is_err() {
            return;
        }
    }
}
