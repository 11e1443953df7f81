//! Tokens for other services, over real HTTP: what a handler gets, what it can never see, and what goes wrong (RFC 8693).

#[path = "../support/log.rs"]
mod log;

mod exchange;
mod faults;
mod fixture;
mod secrets;
