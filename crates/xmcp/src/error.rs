//! What keeps a server from starting, said to the person who starts it.

/// Any error at all, as `?` collects them in `src/state.rs` and `src/middleware.rs`.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What `state()` and `middleware()` return: `?` takes any error, and the server names it and does not start.
pub type Result<T, E = BoxError> = std::result::Result<T, E>;

/// Why a server did not start, or stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartError {
    /// Settings from the environment that cannot be used; every one of them.
    #[error("{}", lines(.0))]
    Settings(Vec<String>),
    /// A handler asks for something that nobody provides.
    #[error("{}", lines(.0))]
    Requirements(Vec<String>),
    /// A tool's schema cannot be served.
    #[error("{}", lines(.0))]
    Schema(Vec<String>),
    /// `src/state.rs` failed.
    #[error("state() in src/state.rs failed: {}", chain(&**.0))]
    State(BoxError),
    /// `src/middleware.rs` failed.
    #[error("middleware() in src/middleware.rs failed: {}", chain(&**.0))]
    Middleware(BoxError),
    /// The local Scalekit of a development build does not start.
    #[error("{0}")]
    LocalScalekit(String),
    /// The address cannot be listened on.
    #[error("{0}")]
    Listen(String),
    /// The system refuses what a server needs: threads, or word of signals.
    #[error("{what} ({source})")]
    System {
        /// What could not be done, as a sentence.
        what: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// Standard input or output failed.
    #[error("stdio failed: {0}")]
    Stdio(std::io::Error),
}

/// Several problems, one a line.
fn lines(problems: &[String]) -> String {
    problems.join("\n")
}

/// An error and what caused it, outermost first.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
