//! Why something cannot be added at run time.

use crate::excerpt::excerpt;

/// Why a tool, prompt or resource cannot be added to a running server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegisterError {
    /// A file has this name or URI, and files win.
    #[error("{} is taken by a file: choose another", excerpt(.0))]
    Taken(String),
    /// The name is none that clients accept.
    #[error("{} is no name: use 1 to 128 of `A-Z a-z 0-9 _ . -`", excerpt(.0))]
    Name(String),
    /// The URI is none that can be read.
    #[error("{} is no URI of a resource: {problem}", excerpt(uri))]
    Uri {
        /// The URI.
        uri: String,
        /// What is wrong with it, and what to write.
        problem: &'static str,
    },
    /// The schema cannot be served.
    #[error("the schema of {} {problem}", excerpt(name))]
    Schema {
        /// The name or URI.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// There are as many as may be.
    #[error("there are {0} of them already, which is as many as may be: remove some")]
    TooMany(usize),
    /// The server has not started.
    #[error("the server has not started: wait for `ServerHandle::started` first")]
    NotStarted,
    /// The server has stopped.
    #[error("the server has stopped")]
    Stopped,
}
