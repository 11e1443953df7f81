//! `cargo xmcp dev` as clients and people meet it: processes come and go, and nobody notices but by what is answered.
#![cfg(unix)]

mod app;
mod client;
mod direct;
mod http;
mod stdio;
#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "the tests of other commands use the rest")]
mod support;
