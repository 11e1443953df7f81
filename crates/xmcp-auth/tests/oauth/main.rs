//! A resource whose callers any issuer vouches for: what its metadata may say, when it is asked, and which of its tokens are good.

mod discovery;
mod fixture;
mod issuer;
mod tokens;

#[path = "../verification/support/clock.rs"]
mod clock;
#[expect(dead_code, reason = "made for the tests of tokens and keys")]
#[path = "../verification/support/signing_key.rs"]
mod signing_key;
