//! The processes of the app that run, and where their clients come from: a socket that they share, or a pipe that leads to one after the
//! other.

use std::{collections::HashMap, io, net::SocketAddr, process::ExitStatus};

use tokio::sync::mpsc;
use xmcp_config::Transport;

use super::{
    build::Program,
    in_effect::InEffect,
    pipe::{Pipes, Said},
    ready::{Lists, Ready},
    report,
    server::{Server, Start, Word},
    socket::Socket,
    supervisor::Generation,
};
use crate::{Failure, Output, Project, Result};

/// Where clients come from.
enum Listener {
    Http(Socket),
    Stdio(Pipes),
}

/// A process, and what it said of itself.
struct Running {
    server: Server,
    ready: Option<Ready>,
}

/// What there is of processes.
pub(super) struct Processes<'a> {
    output: &'a Output,
    listener: Listener,
    running: HashMap<Generation, Running>,
    words: mpsc::UnboundedSender<(Generation, Word)>,
    /// The lists of what served last.
    lists: Option<Lists>,
    /// Whether the settings want another transport, and that was said.
    is_elsewhere: bool,
}

/// What processes and the client say.
pub(super) struct Talk {
    words: mpsc::UnboundedReceiver<(Generation, Word)>,
    said: Option<mpsc::UnboundedReceiver<Said>>,
}

/// Something that was said.
pub(super) enum Heard {
    Word(Generation, Word),
    Said(Said),
}

impl Talk {
    /// Waits for what is said next. Cancel safe.
    pub(super) async fn next(&mut self) -> Heard {
        tokio::select! {
            Some((generation, word)) = self.words.recv() => Heard::Word(generation, word),
            said = said(&mut self.said) => Heard::Said(said),
        }
    }
}

impl<'a> Processes<'a> {
    /// None yet, and what they will say. Clients can come from here on.
    ///
    /// # Errors
    ///
    /// When the settings' place cannot be listened on.
    pub(super) fn new(in_effect: &InEffect, output: &'a Output) -> Result<(Self, Talk)> {
        let (listener, said) = match in_effect.settings.server.transport {
            Transport::Http => (Listener::Http(Socket::bind(in_effect.place())?), None),
            Transport::Stdio => {
                let (pipes, said) = Pipes::new();
                (Listener::Stdio(pipes), Some(said))
            }
        };
        let (sender, words) = mpsc::unbounded_channel();
        let processes = Self {
            output,
            listener,
            running: HashMap::new(),
            words: sender,
            lists: None,
            is_elsewhere: false,
        };
        Ok((processes, Talk { words, said }))
    }

    /// Where they listen, unless they speak over a pipe.
    pub(super) fn address(&self) -> Option<SocketAddr> {
        match &self.listener {
            Listener::Http(socket) => Some(socket.address()),
            Listener::Stdio(_) => None,
        }
    }

    /// The port that was taken, when another one had to do.
    pub(super) fn moved_from(&self) -> Option<u16> {
        match &self.listener {
            Listener::Http(socket) => socket.moved_from(),
            Listener::Stdio(_) => None,
        }
    }

    /// Goes where the settings want clients to come from, and says what takes another run. Answers whether the address is another one.
    pub(super) fn follow(&mut self, in_effect: &InEffect) -> bool {
        if !in_effect.is_sound {
            return false;
        }
        let wanted = in_effect.settings.server.transport;
        let is_elsewhere = match &self.listener {
            Listener::Http(_) => wanted != Transport::Http,
            Listener::Stdio(_) => wanted != Transport::Stdio,
        };
        if is_elsewhere && !self.is_elsewhere {
            report::other_transport(wanted, self.output);
        }
        self.is_elsewhere = is_elsewhere;
        let Listener::Http(socket) = &mut self.listener else {
            return false;
        };
        match socket.moved_to(in_effect.place()) {
            Ok(false) => return false,
            Ok(true) => report::moved(socket.address(), self.output),
            Err(failure) => {
                self.output.failure(&failure);
                return false;
            }
        }
        true
    }

    /// Starts one more.
    ///
    /// # Errors
    ///
    /// When the program is not there, or the system has no room for it.
    pub(super) fn start(
        &mut self,
        generation: Generation,
        program: &Program,
        project: &Project,
        variables: &[(&'static str, String)],
    ) -> Result<()> {
        let socket = match &self.listener {
            Listener::Http(socket) => Some(socket.for_process().map_err(|error| {
                Failure::new("the socket cannot be handed over").because(&error)
            })?),
            Listener::Stdio(_) => None,
        };
        let start = Start {
            program: &program.path,
            root: project.root(),
            socket,
            variables,
        };
        let (server, pipe) =
            Server::start(start, generation, self.words.clone()).map_err(|error| {
                Failure::new(format!("`{}` cannot be started", program.path.display()))
                    .because(&error)
            })?;
        if let (Listener::Stdio(pipes), Some(pipe)) = (&mut self.listener, pipe) {
            pipes.add(generation, pipe);
        }
        let ready = None;
        self.running.insert(generation, Running { server, ready });
        Ok(())
    }

    /// This one could answer. Answers whether it is there.
    pub(super) fn ready(&mut self, generation: Generation, ready: Ready) -> bool {
        let running = self.running.get_mut(&generation);
        running.map(|it| it.ready = Some(ready)).is_some()
    }

    /// This one has ended. Answers whether it could answer before, if it was there.
    pub(super) fn ended(
        &mut self,
        generation: Generation,
        status: &io::Result<ExitStatus>,
    ) -> Option<bool> {
        let running = self.running.remove(&generation)?;
        if let Listener::Stdio(pipes) = &mut self.listener {
            pipes.ended(generation, self.output);
        }
        self.output
            .detail(&format!("  process {generation} ended: {}", shown(status)));
        Some(running.ready.is_some())
    }

    /// Passes on what was said over a pipe. Answers whether the client says nothing more.
    pub(super) fn take(&mut self, said: Said) -> bool {
        let is_last = matches!(said, Said::Client(None));
        if let Listener::Stdio(pipes) = &mut self.listener {
            pipes.take(said, self.output);
            if is_last {
                // What was asked by then is answered.
                pipes.close_all();
            }
        }
        is_last
    }

    /// What comes is this one's. Answers what it said of itself.
    pub(super) async fn serve(&mut self, generation: Generation) -> Option<Ready> {
        let running = self.running.get_mut(&generation)?;
        let ready = running.ready.clone()?;
        if let Listener::Stdio(pipes) = &mut self.listener {
            let before = self.lists.as_ref();
            let differing = before.map(|before| before.differing(&ready.lists));
            pipes.serve(generation, &differing.unwrap_or_default(), self.output);
        }
        self.lists = Some(ready.lists.clone());
        running.server.serve().await;
        Some(ready)
    }

    /// This one has a successor.
    pub(super) async fn retire(&mut self, generation: Generation) {
        let newest = self
            .running
            .iter()
            .filter(|(other, running)| **other > generation && running.ready.is_some())
            .max_by_key(|(other, _)| **other)
            .and_then(|(_, running)| running.ready.clone())
            .unwrap_or_default();
        if let Listener::Stdio(pipes) = &mut self.listener {
            pipes.retire(generation);
        }
        if let Some(Running { server, ready }) = self.running.get_mut(&generation) {
            let old = ready.clone().unwrap_or_default();
            server.retire(&old.lists.differing(&newest.lists)).await;
        }
    }

    /// Asks this one to end.
    pub(super) fn stop(&mut self, generation: Generation) {
        let running = self.running.get(&generation);
        let is_deaf = match &mut self.listener {
            // It has answered what it was asked when it ends then, unless it does not listen to its pipe yet.
            Listener::Stdio(pipes) => {
                pipes.close(generation);
                running.is_some_and(|running| running.ready.is_none())
            }
            Listener::Http(_) => true,
        };
        if let Some(running) = running.filter(|_| is_deaf) {
            running.server.stop();
        }
    }

    /// Whether none is left.
    pub(super) fn is_empty(&self) -> bool {
        self.running.is_empty()
    }

    /// Ends this one.
    pub(super) fn kill(&self, generation: Generation) {
        if let Some(running) = self.running.get(&generation) {
            running.server.kill();
        }
    }
}

async fn said(receiver: &mut Option<mpsc::UnboundedReceiver<Said>>) -> Said {
    match receiver {
        Some(receiver) => match receiver.recv().await {
            Some(said) => said,
            None => std::future::pending().await,
        },
        None => std::future::pending().await,
    }
}

fn shown(status: &io::Result<ExitStatus>) -> String {
    match status {
        Ok(status) => status.to_string(),
        Err(error) => error.to_string(),
    }
}
