//! A server behind a provider: a local Scalekit environment vouches for callers, and every rule of who gets what.

// First, because its macro makes the entries of other tools too.
#[macro_use]
#[path = "../endpoint/tools.rs"]
#[expect(dead_code, reason = "shared with the tests of the endpoint")]
mod tools;

#[macro_use]
#[path = "../handlers/primitives.rs"]
#[expect(dead_code, reason = "shared with the tests of the endpoint")]
mod primitives;

mod adversary;
mod audit;
mod bodies;
mod callers;
mod client;
mod clock;
mod credentials;
mod crowd;
mod decisions;
mod fixture;
mod http2;
mod issuers;
mod keys;
mod limits;
mod lists;
mod live;
mod log;
mod names;
mod paths;
mod scalekit;
mod secrets;
mod sessions;
mod strangers;
#[path = "../endpoint/support.rs"]
#[expect(dead_code, reason = "shared with the tests of the endpoint")]
mod support;
mod table;
mod tokens;
mod told;
mod ways;
