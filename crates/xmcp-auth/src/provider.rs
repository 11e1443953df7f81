//! Who vouches for callers, and on what terms. Inert until it protects something.

use std::{fmt, sync::Arc};

use axum::Router;

use crate::{
    Challenges, ConfigError, Problem, ProtectLayer, Resource, ScopeMatcher, ScopeSet, Verifier,
    metadata::{self, Metadata},
    middleware::{Guard, Remedy},
    resource::Identifier,
    scope,
    spelling::Spellings,
};

/// Makes the verifier of a resource that is known by these identifiers.
pub(crate) type MakeVerifier =
    Box<dyn FnOnce(&[String]) -> Result<Arc<dyn Verifier>, Problem> + Send + Sync>;

/// Makes documents that stand beside the metadata.
pub(crate) type MakeDocuments = Box<dyn FnOnce() -> Result<Router, Problem> + Send + Sync>;

/// Who vouches for callers: authorization servers, and the verifier of their tokens.
///
/// It does nothing until [`Provider::protect`]; [`scalekit::provider`](crate::scalekit::provider) is a ready one.
pub struct Provider {
    authorization_servers: Vec<String>,
    verifier: MakeVerifier,
    remedy: Option<Remedy>,
    documents: Option<MakeDocuments>,
    identifier: Option<String>,
    documentation: Option<String>,
    scopes_supported: ScopeSet,
    required_scopes: ScopeSet,
    includes_granted: bool,
    matcher: ScopeMatcher,
}

impl Provider {
    /// A provider with a verifier of one's own. `authorization_servers` are the issuers from which clients get tokens.
    ///
    /// The verifier must refuse tokens that were not issued for the resource that it is to protect.
    pub fn new<S: Into<String>>(
        authorization_servers: impl IntoIterator<Item = S>,
        verifier: impl Verifier,
    ) -> Self {
        let servers = authorization_servers.into_iter().map(Into::into).collect();
        Self::with(servers, Box::new(|_| Ok(Arc::new(verifier))))
    }

    pub(crate) fn with(authorization_servers: Vec<String>, verifier: MakeVerifier) -> Self {
        Self {
            authorization_servers,
            verifier,
            remedy: None,
            documents: None,
            identifier: None,
            documentation: None,
            scopes_supported: ScopeSet::default(),
            required_scopes: ScopeSet::default(),
            includes_granted: false,
            matcher: ScopeMatcher::exact(),
        }
    }

    pub(crate) fn remedy(mut self, remedy: Remedy) -> Self {
        self.remedy = Some(remedy);
        self
    }

    pub(crate) fn documents(mut self, documents: MakeDocuments) -> Self {
        self.documents = Some(documents);
        self
    }

    /// With this identifier for whatever it protects, instead of the one that follows from where it is mounted.
    #[must_use]
    pub fn resource(mut self, identifier: impl Into<String>) -> Self {
        self.identifier = Some(identifier.into());
        self
    }

    /// With a page about the resource, for developers.
    #[must_use]
    pub fn documentation(mut self, url: impl Into<String>) -> Self {
        self.documentation = Some(url.into());
        self
    }

    /// Scopes that clients may ask for, as the metadata tells them.
    #[must_use]
    pub fn scopes_supported<S: Into<String>>(
        mut self,
        scopes: impl IntoIterator<Item = S>,
    ) -> Self {
        self.scopes_supported = scopes.into_iter().collect();
        self
    }

    /// Scopes that every request needs; without one of them the answer is `403`.
    #[must_use]
    pub fn required_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        self.required_scopes = scopes.into_iter().collect();
        self
    }

    /// With challenges for more scopes that repeat those which the token has, behind those that are needed.
    ///
    /// For clients that ask for exactly what a challenge names and would lose what they had (2025-11-25 basic/authorization,
    /// "Runtime Insufficient Scope Errors"). Clients of 2026-07-28 keep it by themselves.
    #[must_use]
    pub fn include_granted(mut self) -> Self {
        self.includes_granted = true;
        self
    }

    /// With scopes that imply others.
    #[must_use]
    pub fn scope_matcher(mut self, matcher: ScopeMatcher) -> Self {
        self.matcher = matcher;
        self
    }

    /// The layer and the metadata of a resource.
    ///
    /// # Errors
    ///
    /// An identifier that is no `https` URL (`http` on this machine) or has a user, query or fragment; no authorization
    /// server, or one that is no such URL; a scope that is none. All of them at once.
    pub fn protect(self, resource: Resource) -> Result<Protected, ConfigError> {
        let mut problems = Vec::new();
        let named = match self.identifier {
            Some(identifier) => vec![identifier],
            None => resource.identifiers,
        };
        let identifiers: Vec<Identifier> = named
            .iter()
            .filter_map(|text| {
                Identifier::parse(text)
                    .map_err(|problem| problems.push(problem))
                    .ok()
            })
            .collect();
        if self.authorization_servers.is_empty() {
            problems.push(Problem::NoAuthorizationServer);
        }
        for url in &self.authorization_servers {
            if let Err(reason) = crate::resource::path_of(url) {
                problems.push(Problem::Url {
                    url: crate::resource::without_user(url),
                    what: "an authorization server",
                    reason,
                });
            }
        }
        let scopes_supported = united(self.scopes_supported, &resource.scopes_supported);
        let required_scopes = united(self.required_scopes, &resource.required_scopes);
        for name in scopes_supported.iter().chain(required_scopes.iter()) {
            if !scope::is_scope(name) {
                problems.push(Problem::Scope(name.to_owned()));
            }
        }
        ConfigError::unless_none(problems, ())?;

        let documentation = self.documentation.or(resource.documentation);
        let document = |identifier: &Identifier| {
            Metadata {
                resource: identifier.as_str(),
                authorization_servers: &self.authorization_servers,
                bearer_methods_supported: ["header"],
                scopes_supported: &scopes_supported,
                name: resource.name.as_deref().filter(|name| !name.is_empty()),
                documentation: documentation.as_deref(),
            }
            .bytes()
        };
        let challenges =
            |identifier: &Identifier| Challenges::new(identifier.metadata_url(), &required_scopes);
        let (first, others) = identifiers
            .split_first()
            .expect("there is an identifier, or a problem with it");
        let documents = spellings(document, first, others);
        let challenges = spellings(challenges, first, others);
        let mut metadata =
            metadata::router(&metadata::places(first, resource.has_root_form), documents);
        if let Some(documents) = self.documents {
            metadata = metadata.merge(documents()?);
        }
        Ok(Protected {
            metadata,
            identifier: first.as_str().to_owned(),
            required_scopes: required_scopes.clone(),
            layer: ProtectLayer::new(Guard {
                verifier: (self.verifier)(&named)?,
                challenges,
                required_scopes,
                includes_granted: self.includes_granted,
                matcher: self.matcher,
                remedy: self.remedy,
                sign_in: resource.sign_in,
                sign_in_told: false.into(),
            }),
        })
    }
}

fn spellings<T>(
    of: impl Fn(&Identifier) -> T,
    first: &Identifier,
    others: &[Identifier],
) -> Spellings<T> {
    let others = others
        .iter()
        .map(|identifier| (identifier.host().to_owned(), of(identifier)))
        .collect();
    Spellings::new(of(first), others)
}

/// All of both, without `offline_access`: whether a client gets refresh tokens is not the resource's business.
fn united(first: ScopeSet, second: &ScopeSet) -> ScopeSet {
    let mut scopes: ScopeSet = first.iter().chain(second.iter()).collect();
    if scopes.remove(scope::OFFLINE_ACCESS) {
        tracing::warn!(
            "left `offline_access` out of the scopes: clients ask the authorization server for it, not a resource"
        );
    }
    scopes
}

impl fmt::Debug for Provider {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Provider")
            .field("authorization_servers", &self.authorization_servers)
            .finish_non_exhaustive()
    }
}

/// What makes a resource protected: the layer before its routes, and the documents that say where tokens come from.
#[derive(Debug)]
#[non_exhaustive]
pub struct Protected {
    /// For the routes that need a token.
    pub layer: ProtectLayer,
    /// The metadata's routes, for everybody: they must not stand behind the layer.
    pub metadata: Router,
    /// The identifier; the first one where there are several.
    pub identifier: String,
    /// The scopes that every request needs: the provider's, and those of the resource.
    pub required_scopes: ScopeSet,
}
