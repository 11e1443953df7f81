//! The server as a client on a pipe meets it, in memory: every rule in both protocol generations.

mod asking;
#[path = "../handlers/asking.rs"]
mod asking_handlers;
mod end;
mod lines;
#[path = "../handlers/primitives.rs"]
mod primitives;
mod running;
mod same_as_http;
mod support;
mod talking;
mod tools;
