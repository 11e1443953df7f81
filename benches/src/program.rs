//! The programs of this package, and how their servers are started to be measured.

use std::{env, path::PathBuf, process::Command};

/// Another program of this package, which is built beside this one.
pub fn beside(name: &str) -> PathBuf {
    env::current_exe()
        .ok()
        .and_then(|path| path.parent().map(|folder| folder.join(name)))
        .unwrap_or_else(|| name.into())
}

/// A command that starts a server with so many tools, on a free port. No variable of the person who measures decides what is measured.
pub fn with_tools(mut command: Command, tools: usize) -> Command {
    command
        .env("PORT", "0")
        .env("BENCH_TOOLS", tools.to_string())
        .env_remove("SCALEKIT_ENVIRONMENT_URL")
        .env_remove("SCALEKIT_RESOURCE_ID")
        .env_remove("TOKIO_WORKER_THREADS")
        .env_remove("RUST_LOG");
    command
}
