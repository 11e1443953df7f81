//! Tools that run as tasks.

/// Whether a tool runs as a task: its client gets a handle at once, and asks for the result later (the extension
/// `io.modelcontextprotocol/tasks`).
///
/// Tasks are for work that takes longer than a request should. A client that has the extension says so with each call; those
/// of 2025-11-25 and earlier never do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskSupport {
    /// As a task for clients that have the extension, as a call like any other for all others.
    Optional,
    /// As a task only: others are refused.
    Required,
}
