//! Why an emulator does not start.

use std::{io, path::PathBuf};

use crate::Connection;

/// Why an emulator does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Another process runs one on this folder. [`Builder::start_or_join`](crate::Builder::start_or_join) would use it.
    #[error("an emulator is running on this folder already, at {}", .0.environment_url())]
    Running(Box<Connection>),
    /// Another process holds the folder, and does not answer.
    #[error("`{}` is in use by an emulator that does not answer: stop it, or use another folder", folder.display())]
    Unresponsive {
        /// The state folder.
        folder: PathBuf,
    },
    /// Nothing can be listened on.
    #[error("cannot listen on 127.0.0.1:{port}")]
    Listen {
        /// The port that was asked for; 0 is any.
        port: u16,
        /// What the system says.
        source: io::Error,
    },
    /// The state cannot be read or written.
    #[error("cannot use the state in `{}`", path.display())]
    State {
        /// The file or folder.
        path: PathBuf,
        /// What the system says, or what is wrong with the text.
        source: io::Error,
    },
    /// A variable of the environment is not understood.
    #[error("`{variable}` is not understood: {reason}")]
    Variable {
        /// Its name.
        variable: &'static str,
        /// What it may be.
        reason: String,
    },
    /// The user who is to consent without being asked does not live here.
    #[error(
        "`{name}` of SCALEKIT_EMULATOR_CONSENT is no user of this environment: these are {users}"
    )]
    User {
        /// Who was named.
        name: String,
        /// Who could have been, with their organizations.
        users: String,
    },
    /// The URL of the MCP server is none.
    #[error("`{0}` is not the http or https URL of an MCP server")]
    ServerUrl(String),
}
