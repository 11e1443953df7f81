//! Transport sessions as a 2025-11-25 client meets them, and how clients of both generations are told of changes.

mod asking;
#[path = "../handlers/asking.rs"]
mod asking_handlers;
mod cancelling;
mod client;
mod lifecycle;
mod listening;
mod news;
mod outside;
mod owners;
mod pipe;
mod shares;
#[cfg(unix)]
mod shutdown;
mod streams;
mod tools;
