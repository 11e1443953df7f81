//! The server as a client meets it, over the router and without a socket: every rule in both protocol generations.

mod arguments;
mod asking;
#[path = "../handlers/asking.rs"]
mod asking_handlers;
mod failures;
mod http;
mod limits;
mod message;
mod middleware;
mod params;
mod protocol;
mod results;
#[cfg(unix)]
mod serve;
mod sessions;
mod start;
mod support;
mod talking;
mod tools;
