//! OAuth 2.1 resource-server security for any axum app: who is calling, and what they may do.
//!
//! A [`Provider`] says who vouches for callers. Protecting a [`Resource`] with it makes a layer, which refuses every request
//! without a good token, and the metadata that tells clients where to get one (RFC 9728).
//!
//! ```
//! use axum::{Extension, Router, routing::get};
//! use xmcp_auth::{Provider, Resource, Session, Verifier};
//!
//! fn app(verifier: impl Verifier) -> Result<Router, xmcp_auth::ConfigError> {
//!     let provider = Provider::new(["https://auth.example.com"], verifier);
//!     let protected = provider.protect(Resource::new("https://notes.example.com/notes"))?;
//!     let notes = get(|session: Extension<Session>| async move { format!("notes of {}", session.user_id()) });
//!     Ok(Router::new().route("/notes", notes).layer(protected.layer).merge(protected.metadata))
//! }
//! # struct Nobody;
//! # use xmcp_auth::{Credential, VerifyError};
//! # impl Verifier for Nobody {
//! #     fn verify<'a>(&'a self, _: Credential<'a>) -> futures_util::future::BoxFuture<'a, Result<Session, VerifyError>> {
//! #         Box::pin(async { Err(VerifyError::Expired) })
//! #     }
//! # }
//! # app(Nobody).unwrap();
//! ```
#![warn(missing_docs, unreachable_pub)]

pub mod api_key;
#[cfg(feature = "bench")]
#[doc(hidden)]
pub mod bench;
mod carrier;
mod challenge;
mod claim_names;
mod claims;
mod clock;
mod credential;
mod discovery;
mod dpop;
mod exchange;
mod fingerprint;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzz;
mod guard;
mod http;
mod inquiry;
pub mod introspection;
mod json;
pub mod jwt;
mod jwt_verifier;
mod keys;
mod limits;
mod metadata;
mod middleware;
pub mod oauth;
mod presented;
mod problem;
mod protect_future;
mod provider;
mod rejection;
mod resource;
mod revocation;
pub mod scalekit;
mod scope;
mod secret;
mod session;
mod source;
mod spelling;
mod terms;
mod token;
mod token_cache;
mod verifier;

pub use carrier::{Carrier, Challenger, InExtensions};
pub use challenge::{Challenge, Challenges};
pub use claims::ClaimError;
pub use clock::{Clock, SystemClock};
pub use credential::Credential;
pub use dpop::Dpop;
pub use exchange::{AccessToken, ExchangeError, TokenExchange, TokenRequest};
pub use http::TargetError;
pub use jwt_verifier::{JwtVerifier, JwtVerifierBuilder, JwtVerifierError};
pub use limits::{ClientAddress, Limits, TrustedProxies};
pub use middleware::{Protect, ProtectLayer};
pub use problem::{ConfigError, Problem};
pub use protect_future::ProtectFuture;
pub use provider::{Protected, Provider, any_of};
pub use rejection::Rejection;
pub use resource::Resource;
pub use revocation::Revocation;
pub use scope::{ScopeMatcher, ScopeSet};
pub use secret::Secret;
pub use session::{Session, SessionBuilder};
pub use token::Algorithm;
pub use verifier::{Reason, Verifier, VerifyError};
