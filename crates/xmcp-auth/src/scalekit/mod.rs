//! Scalekit as the one who vouches for callers.
//!
//! Tokens are RS256, by the keys of the environment. Their issuer is the environment, or the resource in it (Scalekit is moving from
//! one to the other): exactly these two. Their audience has the resource's id; without an id, the resource's URL.
//!
//! ```no_run
//! use xmcp_auth::{Resource, scalekit::{self, ScalekitConfig}};
//!
//! let provider = scalekit::provider(ScalekitConfig::from_env()?.scopes_supported(["notes:read"]));
//! let protected = provider.protect(Resource::new("https://notes.example.com/mcp"))?;
//! # let _ = protected;
//! # Ok::<(), xmcp_auth::ConfigError>(())
//! ```

mod client;
mod config;
#[doc(hidden)]
pub mod development;
pub mod env;
pub(crate) mod legacy;
mod remedy;

use std::sync::Arc;

use futures_util::future::BoxFuture;

pub use client::{
    AuthenticatedClient, ExternalIdentity, Feature, List, Membership, MembershipStatus,
    NewOrganization, Organization, OrganizationChanges, OrganizationSettings, Organizations, Page,
    Refusal, Role, Scalekit, ScalekitBuilder, ScalekitError, Sessions, TransportError, User,
    UserProfile, UserSession, Users,
};
pub use config::{Credentials, ScalekitConfig};

pub use crate::Secret;
use crate::{Algorithm, JwtVerifier, Problem, Provider, Revocation, Session, Verifier};

/// Callers for whom this Scalekit environment vouches. Sends nothing; keys are fetched when the first token comes.
///
/// With [credentials](ScalekitConfig::client_credentials) it [carries](Provider::scalekit) what calls Scalekit's REST interface.
/// When the keys are there, the log says `[Scalekit] Resolved JWKS URI: ...`.
pub fn provider(config: ScalekitConfig) -> Provider {
    let resource_id = config.resource_id.clone();
    let scopes_supported = config.scopes_supported.to_vec();
    let required_scopes = config.required_scopes.to_vec();
    let legacy = config.legacy_as_metadata_proxy.then(|| {
        let (environment, path) = (config.environment_url.clone(), config.resource_path());
        move || legacy::router(&environment, &path.unwrap_or_default())
    });
    let client = config.client().ok();
    let provider = Provider::with(
        vec![config.authorization_server()],
        Box::new(|identifiers| verifier(config, identifiers)),
    )
    .calling(client)
    .scopes_supported(scopes_supported)
    .required_scopes(required_scopes)
    .remedy(Arc::new(move |reason| {
        remedy::remedy(reason, resource_id.as_deref())
    }));
    match legacy {
        Some(documents) => provider.documents(Box::new(documents)),
        None => provider,
    }
}

/// The verifier of tokens for the resource that is known by these identifiers.
fn verifier(config: ScalekitConfig, identifiers: &[String]) -> Result<Arc<dyn Verifier>, Problem> {
    let issuers = [
        config.environment_url.clone(),
        config.authorization_server(),
    ];
    let audiences = match config.resource_id {
        Some(id) if config::is_resource_id(&id) => vec![id],
        Some(id) => return Err(Problem::ResourceId(id)),
        None => {
            tracing::warn!(
                "[Scalekit] `{}` is not set: clients cannot register themselves, and a token is accepted if its audience is {}",
                env::RESOURCE_ID,
                identifiers.join(" or ")
            );
            identifiers.to_vec()
        }
    };
    let keys = format!("{}/keys", config.environment_url);
    let url = keys.parse().map_err(|_| Problem::Url {
        url: keys,
        what: "Scalekit's keys",
        reason: "it is no URL",
    })?;
    let mut verifier = JwtVerifier::builder(url)
        .issuers(issuers)
        .audiences(audiences)
        .resources(identifiers)
        .algorithms([Algorithm::Rs256])
        .on_keys_resolved(|url| tracing::info!("[Scalekit] Resolved JWKS URI: {url}"));
    if let Some(revocation) = config.revocation {
        verifier = verifier.revocation(Hook(revocation));
    }
    Ok(Arc::new(verifier.build()?))
}

/// A hook of any type, as one type.
struct Hook(Box<dyn Revocation>);

impl Revocation for Hook {
    fn is_revoked<'a>(
        &'a self,
        session: &'a Session,
    ) -> BoxFuture<'a, Result<bool, Box<dyn std::error::Error + Send + Sync>>> {
        self.0.is_revoked(session)
    }
}
