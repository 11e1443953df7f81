//! Signed JSON Web Tokens (RFC 7515, 7519, 8725): what is read before the signature, and what after it.
//!
//! 1. A token is at most 8 KiB, three parts of canonical base64url, header and claims JSON objects without a member twice.
//! 2. The algorithm is one that configuration names, and never symmetric: there is no such [`Algorithm`].
//! 3. Keys come from configuration only: a header that brings or names one (`jwk`, `jku`, `x5u`, `x5c`) refuses the token, and so
//!    does one that demands what we do not know (`crit`).
//! 4. No claim is looked at before the signature is good.

mod algorithm;
mod audience;
mod header;
mod rules;
mod signed;

pub use algorithm::Algorithm;
pub(crate) use rules::{MAX_SUBJECT, Rules};
pub(crate) use signed::{MAX_LENGTH, SignedToken};
