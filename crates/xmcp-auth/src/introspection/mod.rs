//! Tokens that say nothing by themselves: the authorization server is asked what each stands for (RFC 7662).
//!
//! ```
//! use xmcp_auth::{Resource, introspection::{self, IntrospectionConfig}};
//!
//! let config = IntrospectionConfig::new("https://auth.example.com/introspect", "https://auth.example.com")?
//!     .client_secret_basic("notes-server", "the client's secret")
//!     .scopes_supported(["notes:read"]);
//! let protected = introspection::provider(config).protect(Resource::new("https://notes.example.com/mcp"))?;
//! # let _ = protected;
//! # Ok::<(), xmcp_auth::ConfigError>(())
//! ```
//!
//! 1. A token makes a session if the server says that it is active, and that it was issued for this resource: `aud` must name it.
//!    What else the answer says (`exp`, `nbf`, `iat`, `iss`, `token_type`, `resource`, `cnf`) must hold as well.
//! 2. A yes is believed for 30 seconds at most, a no for 10, and never beyond `exp`. One request at a time for one token, 64 in all;
//!    who comes beyond them hears to come back (`503`).
//! 3. An endpoint that fails refuses nobody: the answer is `503`, and tokens that were verified a moment ago keep working.
//! 4. The token is sent to the endpoint and to nobody else, and no log has any part of it.

mod answer;
mod config;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzz;
mod verifier;

use std::sync::Arc;

pub use config::IntrospectionConfig;

use crate::Provider;

/// Callers whose tokens this authorization server knows. Sends nothing until the first token comes.
pub fn provider(config: IntrospectionConfig) -> Provider {
    let scopes_supported = config.scopes_supported.to_vec();
    let required_scopes = config.required_scopes.to_vec();
    Provider::with(
        vec![config.issuer.clone()],
        Box::new(|identifiers| {
            Ok(Arc::new(verifier::IntrospectionVerifier::new(
                config,
                identifiers,
            )?))
        }),
    )
    .scopes_supported(scopes_supported)
    .required_scopes(required_scopes)
}
