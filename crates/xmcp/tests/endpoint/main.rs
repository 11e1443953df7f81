//! The server as a client meets it, over the router and without a socket: every rule in both protocol generations.

// First, because its macro makes the entries of other tools too.
#[macro_use]
mod tools;

mod arguments;
mod asking;
#[path = "../handlers/asking.rs"]
mod asking_handlers;
mod card;
mod completions;
mod dynamic;
mod failures;
mod http;
mod limits;
mod message;
mod middleware;
mod pages;
mod parameter_headers;
mod params;
#[path = "../handlers/primitives.rs"]
mod primitives;
mod prompts;
mod protocol;
mod resources;
mod results;
#[cfg(unix)]
mod serve;
mod sessions;
mod start;
mod support;
mod talking;
