//! What a client has to know of a server.

use std::path::PathBuf;

use url::Url;

/// How a client comes to a server.
#[derive(Debug)]
pub(super) enum Server {
    /// It listens there.
    Url(Url),
    /// The client starts it, and speaks to it over stdio.
    Program {
        /// An absolute path: a client of the desktop knows no folder, and little of `PATH`.
        command: PathBuf,
        arguments: Vec<String>,
    },
}
