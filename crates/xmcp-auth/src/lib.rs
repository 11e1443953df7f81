//! OAuth 2.1 resource-server security for any axum app: who is calling, and what they may do.
#![warn(missing_docs, unreachable_pub)]

mod claims;
mod clock;
mod http;
mod json;
mod jwt;
mod jwt_verifier;
mod keys;
mod revocation;
mod scope;
mod session;
mod token_cache;
mod verifier;

pub use claims::ClaimError;
pub use clock::{Clock, SystemClock};
pub use http::TargetError;
pub use jwt::Algorithm;
pub use jwt_verifier::{JwtVerifier, JwtVerifierBuilder, JwtVerifierError};
pub use revocation::Revocation;
pub use scope::{ScopeMatcher, ScopeSet};
pub use session::{Session, SessionBuilder};
pub use verifier::{Reason, Verifier, VerifyError};
