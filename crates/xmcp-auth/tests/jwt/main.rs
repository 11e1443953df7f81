//! A resource whose callers bring JWTs of one's own: a fixed key of each type, a shared secret, a key set at a known URL.

mod keys;
mod provider;

#[expect(dead_code, reason = "no test here moves it")]
#[path = "../verification/support/clock.rs"]
mod clock;
#[expect(dead_code, reason = "made for the tests of tokens and keys")]
#[path = "../verification/support/signing_key.rs"]
mod signing_key;
