//! Transport sessions as a 2025-11-25 client meets them, over the router and without a socket.

mod asking;
mod cancelling;
mod client;
mod lifecycle;
mod owners;
mod streams;
mod tools;
