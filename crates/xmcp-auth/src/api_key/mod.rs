//! Keys of applications: for callers without OAuth, like a script or another service.
//!
//! ```
//! use xmcp_auth::{Resource, api_key::{self, ApiKeyConfig, Key}};
//!
//! let config = ApiKeyConfig::new()
//!     .key(Key::new("ci", "sixteen-bytes-at-least").scopes(["notes:read"]))
//!     .key(Key::digest("nightly", "6ca13d52ca70c883e0f0bb101e425a89e8624de51db2d2392593af6a84118090"));
//! let protected = api_key::provider(config).protect(Resource::new("https://notes.example.com/mcp"))?;
//! # let _ = protected;
//! # Ok::<(), xmcp_auth::ConfigError>(())
//! ```
//!
//! 1. A request brings its key in one header: `x-api-key`, or the one that configuration names, or `Authorization: ApiKey <key>`. In a
//!    query, a body or a cookie it is never read.
//! 2. A key is kept as its SHA-256. What a request brings is compared with all of them, each in constant time, so that how long it
//!    takes says nothing of how near it came.
//! 3. A key has 16 bytes at least. What is wrong with one is said at start by its name, never with its value.
//! 4. There is no metadata, for there is no authorization server that it could name.

mod config;
mod digest;
mod key;
mod key_set;
mod validator;
mod variables;
mod verifier;

use std::sync::Arc;

pub use config::ApiKeyConfig;
pub use key::{Key, KeyProblem};
pub use validator::KeyValidator;
pub use variables::{VARIABLE, offer_placeholder};

use crate::{Problem, Provider, source::Takes};

/// Callers who bring one of these keys. `session.user_id()` is the key's name, and `session.issuer()` is `api-key`.
///
/// What is wrong with the keys is said by [`Provider::protect`], all of it at once.
pub fn provider(config: ApiKeyConfig) -> Provider {
    let header = config.header_name();
    Provider::without_metadata(
        Takes::Keys(header),
        Box::new(|_| {
            let problems = config.problems();
            match problems.is_empty() {
                true => Ok(Arc::new(verifier::KeyVerifier::new(config))),
                false => Err(Problem::Keys(problems)),
            }
        }),
    )
}
