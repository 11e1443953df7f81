//! OAuth 2.1 resource-server security for any axum app: who is calling, and what they may do.
#![warn(missing_docs, unreachable_pub)]

mod claims;
mod scope;
mod session;
mod verifier;

pub use claims::ClaimError;
pub use scope::{ScopeMatcher, ScopeSet};
pub use session::{Session, SessionBuilder};
pub use verifier::{Reason, Verifier, VerifyError};
