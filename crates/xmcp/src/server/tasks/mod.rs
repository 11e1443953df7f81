//! Tasks: calls that answer at once with a handle, and are asked for their result later (the extension
//! `io.modelcontextprotocol/tasks`, SEP-2663; clients of 2026-07-28 only).
//!
//! 1. A task belongs to the caller that made it. For everybody else, and once it has expired, there is no such task. Where nobody is
//!    verified, its unguessable id is what it takes.
//! 2. Tasks are bounded in number, for a caller and in all, and in time: when its time is over a task ends and is forgotten.
//! 3. A task is in the store before the client learns its id.
//! 4. What a task holds is behind [`TaskStore`]; what runs is here, in the process that runs it.

mod asker;
mod plan;
mod registry;
mod store;
mod task;
mod work;

pub(crate) use self::{
    plan::{are_named, declares, has_to_be_one, plan, undeclared},
    registry::{Ends, Tasks},
    work::Work,
};

/// The extension's identifier.
pub(crate) const EXTENSION: &str = "io.modelcontextprotocol/tasks";
