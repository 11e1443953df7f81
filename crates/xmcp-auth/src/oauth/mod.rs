//! Any OAuth 2.1 authorization server or OpenID Connect provider whose access tokens are JWTs.
//!
//! 1. Nothing is sent at start. With the first token the issuer's metadata is asked for where its keys are (RFC 8414, then OpenID
//!    Connect Discovery 1.0), and then the keys. Both are asked again when they are old, one request at a time.
//! 2. `iss` is the issuer to the letter, or one that [`OAuthConfig::other_issuers`] lists.
//! 3. `aud` is the resource's identifier (RFC 8707, section 2), or what [`OAuthConfig::audiences`] lists. It cannot be left out.
//! 4. What a [`Preset`] knows of an issuer replaces defaults and loosens none of this.
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
mod preset;
#[cfg(test)]
mod shapes;

use std::sync::Arc;

pub use config::OAuthConfig;
pub use preset::{AUTH0, CLERK, DESCOPE, ENTRA, ENTRA_V1, GOOGLE, KEYCLOAK, Preset, WORKOS};

use crate::{
    JwtVerifier, JwtVerifierBuilder, JwtVerifierError, Problem, Provider, Verifier,
    discovery::Discovery, jwt_verifier::KeysFrom,
};

/// Callers for whom this issuer vouches. Sends nothing; metadata and keys are fetched when the first token comes.
///
/// When they are there, the log says `[OAuth] Resolved JWKS URI of ...`.
pub fn provider(config: OAuthConfig) -> Provider {
    let tell = config.terms.teller();
    tell(Provider::with(
        vec![config.issuer.clone()],
        Box::new(|identifiers| verifier(config, identifiers)),
    ))
}

/// The verifier of tokens for the resource that is known by these identifiers.
fn verifier(mut config: OAuthConfig, identifiers: &[String]) -> Result<Arc<dyn Verifier>, Problem> {
    let origins = std::mem::take(&mut config.keys_origins);
    let discovery = Discovery::new(&config.issuer, config.documents, origins)
        .map_err(JwtVerifierError::KeySet)?;
    let issuer = config.issuer.clone();
    let verifier = with_keys(KeysFrom::Issuer(discovery), config, identifiers)?
        .on_keys_resolved(move |url| tracing::info!("[OAuth] Resolved JWKS URI of {issuer}: {url}"))
        .build()?;
    Ok(Arc::new(verifier))
}

/// The same, wherever its keys are from.
fn with_keys(
    keys: KeysFrom,
    mut config: OAuthConfig,
    identifiers: &[String],
) -> Result<JwtVerifierBuilder, Problem> {
    if let Some(preset) = config.preset {
        preset.check(&config)?;
        config.terms.demands.extend(preset.demand());
    }
    let verifier = JwtVerifier::with_keys(keys)
        .issuers(std::iter::once(config.issuer).chain(config.other_issuers))
        .algorithms(config.algorithms);
    Ok(config.terms.apply(verifier, identifiers))
}
