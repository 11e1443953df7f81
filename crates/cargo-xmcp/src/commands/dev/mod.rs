//! `cargo xmcp dev`: serves an app while it is written. A change is built, and only when that succeeded does a new process take over,
//! on the socket that this one holds.

use std::process::ExitCode;

use clap::Args;

use crate::{Output, Result};

#[cfg(unix)]
mod acceleration;
#[cfg(unix)]
mod bridge;
#[cfg(unix)]
mod build;
#[cfg(unix)]
mod cargo;
#[cfg(unix)]
mod cargo_output;
#[cfg(unix)]
mod changes;
#[cfg(unix)]
mod dep_info;
#[cfg(unix)]
mod direct;
#[cfg(unix)]
mod dylib;
#[cfg(unix)]
mod edit;
#[cfg(unix)]
mod emulator;
#[cfg(unix)]
mod excerpt;
#[cfg(unix)]
mod ground;
#[cfg(unix)]
mod in_effect;
#[cfg(unix)]
mod invocation;
#[cfg(unix)]
mod look;
#[cfg(unix)]
mod patience;
#[cfg(unix)]
mod pipe;
#[cfg(unix)]
mod planned;
#[cfg(unix)]
mod problems;
#[cfg(unix)]
mod processes;
#[cfg(unix)]
mod ready;
#[cfg(unix)]
mod report;
#[cfg(unix)]
mod server;
#[cfg(unix)]
mod session;
#[cfg(unix)]
mod socket;
#[cfg(unix)]
mod stamps;
#[cfg(unix)]
mod supervisor;
#[cfg(unix)]
mod watch;
#[cfg(unix)]
mod watched;
#[cfg(unix)]
mod work;

/// Serve the app while you write it: every change is built and served at once
///
/// Watches the app's files. A change is checked and built, and when that succeeded a new process takes over: on the same port, without
/// closing it, so that no client is turned away and no call is lost. When it failed, the problem is shown and the old process goes on.
/// Until the first build has succeeded, clients that connect wait.
///
/// With a provider of Scalekit's in src/middleware.rs and no SCALEKIT_* variable set, a local Scalekit runs beside it, and its sessions
/// survive every change. Over stdio, a client starts `cargo xmcp dev --stdio` as its server: its pipe stays open, too.
///
/// Ctrl-C ends everything that was started: calls that run have 5 s for their end, and a second Ctrl-C ends them at once.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo xmcp dev
  cargo xmcp dev --port 4000 --verbose
  claude mcp add my-server -- cargo xmcp dev --stdio --manifest-path /path/to/Cargo.toml")]
#[group(skip)]
pub(crate) struct Arguments {
    #[command(flatten)]
    project: crate::project::Selection,

    /// Listen on this port; else on that of the settings, and when nobody set one on 3001 or the next free one
    #[arg(long, conflicts_with = "stdio")]
    port: Option<u16>,

    /// Listen on this address
    #[arg(long, conflicts_with = "stdio")]
    host: Option<String>,

    /// Serve over standard input and output, whatever the settings say
    #[arg(long, conflicts_with = "http")]
    stdio: bool,

    /// Serve over HTTP, whatever the settings say
    #[arg(long)]
    http: bool,

    /// Build every change as `cargo build` does; else what changed is compiled and linked alone, by rustc where cargo would do the same (on Linux)
    #[arg(long)]
    no_dylib: bool,

    /// Features of the app to build with
    #[arg(short = 'F', long, value_name = "NAMES")]
    features: Vec<String>,
}

#[cfg(unix)]
pub(crate) fn run(arguments: &Arguments, output: &Output) -> Result<ExitCode> {
    session::run(arguments, output)
}

#[cfg(not(unix))]
pub(crate) fn run(_: &Arguments, _: &Output) -> Result<ExitCode> {
    Err(crate::Failure::new(
        "`dev` hands sockets from process to process, which this system has not",
    )
    .hint("use `cargo run`, and start it again after a change"))
}
