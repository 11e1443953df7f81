//! The emulator as its clients meet it: over HTTP, and as a process.

mod authorization;
mod discovery;
mod documents;
mod dpop;
mod faults;
mod introspection;
mod minting;
mod origins;
mod page;
mod process;
mod registration;
mod rest;
mod state;
mod support;
mod token_endpoint;
mod token_exchange;
