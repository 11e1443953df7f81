//! Signed JSON Web Tokens (RFC 7515, 7519, 8725): what is read before the signature, and what after it.
//!
//! 1. A token is at most 8 KiB, three parts of canonical base64url, header and claims JSON objects without a member twice.
//! 2. The algorithm is one that configuration names. The symmetric one ([`Algorithm::Hs256`]) is for a secret that configuration holds
//!    and stands alone: a verifier that takes it takes no other, and no published key is for it.
//! 3. Keys come from configuration only: a header that brings or names one (`jwk`, `jku`, `x5u`, `x5c`) refuses the token, and so
//!    does one that demands what we do not know (`crit`).
//! 4. Before the signature is good, no claim is looked at but `iss`, and that only to refuse: a token of somebody else's issuer must
//!    not make us ask for keys.

mod algorithm;
mod audience;
mod header;
mod rules;
mod signed;

pub use algorithm::Algorithm;
pub(crate) use rules::{Demand, MAX_SUBJECT, Rules};
pub(crate) use signed::{MAX_LENGTH, SignedToken};
