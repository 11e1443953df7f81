//! The servers that are measured, and how each is started.

use std::{env, io, path::PathBuf, process::Command};

use scalekit_emulator::{Emulator, Running};
use serde_json::json;
use xmcp_benches::{
    program::{beside, with_tools},
    server::Server,
};

use super::machine::Cores;

/// Starts servers on their core, and vouches for callers.
pub struct Programs {
    pub cores: Cores,
    emulator: Running,
    pub token: String,
}

/// What may be started with more than one worker thread.
#[derive(Clone, Copy)]
pub enum Program {
    Served,
    Limit,
}

impl Programs {
    pub async fn new(cores: Cores) -> io::Result<Self> {
        let emulator = Emulator::builder()
            .port(0)
            .start()
            .await
            .map_err(io::Error::other)?;
        Ok(Self {
            cores,
            token: emulator.admin().mint(json!({}), json!({})),
            emulator,
        })
    }

    /// The framework's server with so many tools.
    pub fn served(&self, tools: usize) -> Command {
        app(self.cores.serving(beside("served")), tools)
    }

    /// Either, with so many worker threads, on the core of servers or on both.
    pub fn by_workers(&self, program: Program, workers: usize, on_both: bool) -> Command {
        let on = |path| match on_both {
            true => self.cores.on_both(path),
            false => self.cores.serving(path),
        };
        let mut command = match program {
            Program::Served => app(on(beside("served")), 2),
            Program::Limit => with_tools(on(beside("limit")), 2),
        };
        command.env("TOKIO_WORKER_THREADS", workers.to_string());
        command
    }

    /// The framework's, for callers with a token.
    pub fn protected(&self) -> Command {
        let connection = self.emulator.connection();
        let mut command = self.served(2);
        command
            .env("SCALEKIT_ENVIRONMENT_URL", connection.environment_url())
            .env("SCALEKIT_RESOURCE_ID", connection.resource_id());
        command
    }

    /// The server that does the least, with so many tools in its list.
    pub fn limit(&self, tools: usize) -> Command {
        with_tools(self.cores.serving(beside("limit")), tools)
    }

    /// The official SDK alone.
    pub fn peer(&self, way: &str) -> Command {
        // Built in a folder of its own, which `benches/http/run` says.
        let folder = env::var_os("PEERS").map_or_else(PathBuf::new, PathBuf::from);
        let mut command = self.cores.serving(folder.join("peers"));
        command.arg(way);
        command
    }
}

/// The framework's server, which would read a file with variables.
fn app(mut command: Command, tools: usize) -> Command {
    command.arg("--no-env-file");
    with_tools(command, tools)
}

/// Starts it.
pub fn start(mut command: Command) -> io::Result<Server> {
    Server::start(&mut command)
}
