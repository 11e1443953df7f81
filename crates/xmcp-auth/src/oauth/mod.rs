//! Any OAuth 2.1 authorization server or OpenID Connect provider whose access tokens are JWTs.
//!
//! 1. Nothing is sent at start. With the first token the issuer's metadata is asked for where its keys are (RFC 8414, then OpenID
//!    Connect Discovery 1.0), and then the keys. Both are asked again when they are old, one request at a time.
//! 2. `iss` is the issuer to the letter, or one that [`OAuthConfig::other_issuers`] lists.
//! 3. `aud` is the resource's identifier (RFC 8707, section 2), or what [`OAuthConfig::audiences`] lists. It cannot be left out.
//!
//! ```
//! use xmcp_auth::{Resource, oauth::{self, OAuthConfig}};
//!
//! let config = OAuthConfig::new("https://auth.example.com")?.required_scopes(["notes:read"]);
//! let protected = oauth::provider(config).protect(Resource::new("https://notes.example.com/mcp"))?;
//! # let _ = protected;
//! # Ok::<(), xmcp_auth::ConfigError>(())
//! ```

mod config;

use std::sync::Arc;

pub use config::OAuthConfig;

use crate::{
    JwtVerifier, Problem, Provider, Verifier, discovery::Discovery, jwt_verifier::KeysFrom,
};

/// Callers for whom this issuer vouches. Sends nothing; metadata and keys are fetched when the first token comes.
///
/// When they are there, the log says `[OAuth] Resolved JWKS URI of ...`.
pub fn provider(config: OAuthConfig) -> Provider {
    let scopes_supported = config.scopes_supported.to_vec();
    let required_scopes = config.required_scopes.to_vec();
    Provider::with(
        vec![config.issuer.clone()],
        Box::new(|identifiers| verifier(config, identifiers)),
    )
    .scopes_supported(scopes_supported)
    .required_scopes(required_scopes)
}

/// The verifier of tokens for the resource that is known by these identifiers.
fn verifier(config: OAuthConfig, identifiers: &[String]) -> Result<Arc<dyn Verifier>, Problem> {
    let audiences = match config.audiences.is_empty() {
        true => identifiers.to_vec(),
        false => config.audiences,
    };
    let discovery = Discovery::new(&config.issuer, config.documents, config.keys_origins)
        .map_err(crate::JwtVerifierError::KeySet)?;
    let issuer = config.issuer.clone();
    let verifier = JwtVerifier::with_keys(KeysFrom::Issuer(discovery))
        .issuers(std::iter::once(config.issuer).chain(config.other_issuers))
        .audiences(audiences)
        .algorithms(config.algorithms)
        .leeway(config.leeway)
        .max_lifetime(config.max_lifetime)
        .claim_names(config.claim_names)
        .mark(config.mark)
        .revocation_hook(config.revocation)
        .clock(config.clock)
        .on_keys_resolved(move |url| {
            tracing::info!("[OAuth] Resolved JWKS URI of {issuer}: {url}")
        });
    Ok(Arc::new(verifier.build()?))
}
