//! Calls that are answered with a handle: the extension `io.modelcontextprotocol/tasks` (SEP-2663), as its clients meet it.

mod asking;
mod bounds;
mod client;
mod lifecycle;
mod pipe;
mod tools;
