//! A resource protected by Scalekit, and the client of its REST interface, over real HTTP, against a local environment.

#[path = "../support/log.rs"]
mod log;

mod client;
mod fixture;
mod legacy;
mod tokens;
