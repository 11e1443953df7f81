//! JWTs of one's own: whoever signs them publishes keys at a URL that is known, or the key is known itself.
//!
//! 1. Nothing is discovered. Issuer and audience are said, and tokens without them are refused.
//! 2. The algorithm is the configuration's, fits the key's type, and is the only one: a token cannot choose it.
//! 3. A shared secret has at least 32 bytes (RFC 7518, section 3.2), and is never printed.
//! 4. Without an authorization server there is no metadata, because there is nobody whom it could name.
//!
//! ```
//! use xmcp_auth::{Resource, Secret, jwt::{self, JwtConfig, Keys}};
//!
//! # let secret = "thirty-two bytes are the least it takes";
//! let keys = Keys::shared_secret(&Secret::new(secret))?;
//! let config = JwtConfig::new("https://backend.example.com", "https://notes.example.com/mcp", keys)?;
//! let protected = jwt::provider(config).protect(Resource::new("https://notes.example.com/mcp"))?;
//! # let _ = protected;
//! # Ok::<(), xmcp_auth::ConfigError>(())
//! ```

mod config;
mod keys;

use std::sync::Arc;

pub use config::JwtConfig;
pub use keys::Keys;

use crate::{JwtVerifier, Problem, Provider, Verifier, source::Takes};

/// Callers who bring a token that this issuer signed. Sends nothing at start.
pub fn provider(config: JwtConfig) -> Provider {
    let tell = config.terms.teller();
    let server = config.authorization_server.clone();
    let verifier = Box::new(|_: &[String]| verifier(config));
    tell(match server {
        Some(server) => Provider::with(vec![server], verifier),
        None => Provider::without_metadata(Takes::Tokens, verifier),
    })
}

fn verifier(config: JwtConfig) -> Result<Arc<dyn Verifier>, Problem> {
    let (keys, algorithms) = config.keys.into_parts();
    let verifier = JwtVerifier::with_keys(keys)
        .issuers([config.issuer])
        .algorithms(algorithms);
    let verifier = config.terms.apply(verifier, &[]).build()?;
    Ok(Arc::new(verifier))
}
