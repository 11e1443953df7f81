//! The command line of xmcp: makes, runs, checks and ships servers in which a file is an MCP tool.
//!
//! Each command is a file or a folder in `commands/`, with the type of its arguments and one function `run`. What they print goes
//! through [`Output`], which alone writes to stdout; what goes wrong is a [`Failure`], which says what to do about it.
#![warn(missing_docs, unreachable_pub)]

mod api_keys;
mod built;
mod cli;
mod commands;
mod drawing;
mod endpoint;
mod failure;
mod files;
mod local;
mod output;
mod project;
mod runtime;
mod scaffold;
mod scalekit;
mod secret;
mod signals;
mod table;
mod text;
mod wire;

pub use cli::main;
pub use failure::{Failure, Result};
pub use output::Output;
pub use project::Project;
