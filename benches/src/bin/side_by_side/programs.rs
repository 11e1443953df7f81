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

    /// The same, on both cores and with so many worker threads.
    pub fn served_by_workers(&self, workers: usize) -> Command {
        let mut command = app(self.cores.on_both(beside("served")), 2);
        command.env("TOKIO_WORKER_THREADS", workers.to_string());
        command
    }

    /// The server that does the least, on both cores and with so many worker threads.
    pub fn limit_by_workers(&self, workers: usize) -> Command {
        let mut command = with_tools(self.cores.on_both(beside("limit")), 2);
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
