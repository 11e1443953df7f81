//! Tokens that are bound to a key, over real HTTP: which proofs are good (RFC 9449, section 4.3), which token may come how, and what is
//! said of both.

mod answers;
mod end_to_end;
mod fixture;
mod proofs;
#[allow(dead_code, reason = "other tests use the rest of it")]
#[path = "../verification/support/signing_key.rs"]
mod signing_key;
mod tokens;
