//! Who vouches for callers, and on what terms. Inert until it protects something.

use std::{fmt, sync::Arc};

use axum::Router;

use crate::{
    Challenges, ConfigError, Dpop, Limits, Problem, ProtectLayer, Resource, ScopeMatcher, ScopeSet,
    Session, TokenExchange, Verifier,
    challenge::Scheme,
    dpop::{Place, ProofChecker},
    guard::Guard,
    metadata::{self, Metadata},
    presented::{Kind, Kinds},
    resource::Identifier,
    scalekit::Scalekit,
    scope,
    source::{Grants, MakeVerifier, Remedy, Source, Takes},
    spelling::Spellings,
};

/// Makes documents that stand beside the metadata.
pub(crate) type MakeDocuments = Box<dyn FnOnce() -> Result<Router, Problem> + Send + Sync>;

/// Who vouches for callers: authorization servers, and the verifier of their tokens.
///
/// It does nothing until [`Provider::protect`]; [`scalekit::provider`](crate::scalekit::provider) is a ready one.
pub struct Provider {
    authorization_servers: Vec<String>,
    /// Whether clients are to find out by themselves where tokens come from.
    has_metadata: bool,
    sources: Vec<Source<MakeVerifier>>,
    documents: Vec<MakeDocuments>,
    identifier: Option<String>,
    documentation: Option<String>,
    scopes_supported: ScopeSet,
    includes_granted: bool,
    is_optional: bool,
    /// What is wrong with what was set already.
    problems: Vec<Problem>,
    limits: Option<Limits>,
    /// What calls the authorization server for handlers, if it is one of those that can be called.
    scalekit: Option<Scalekit>,
}

/// All of these at a time: a caller is let in for whom one of them vouches.
///
/// A credential is shown to those who take its kind, in this order, until one accepts it. If none does, the answer is the
/// strictest of theirs: that one could not tell (`503`), before that it is over, before that it is no good. What one knows to be
/// revoked is not shown to those behind it. What is set of scopes before they are put together holds for each by itself, what is set
/// afterwards for all of them.
///
/// ```
/// use xmcp_auth::{Provider, any_of};
/// # fn of(people: Provider, machines: Provider) -> Provider {
/// let provider = any_of([people, machines]).optional();
/// # provider
/// # }
/// ```
pub fn any_of(providers: impl IntoIterator<Item = Provider>) -> Provider {
    let mut all = Provider::of(Vec::new(), false, Vec::new());
    for provider in providers {
        for server in provider.authorization_servers {
            if !all.authorization_servers.contains(&server) {
                all.authorization_servers.push(server);
            }
        }
        all.has_metadata |= provider.has_metadata;
        all.sources.extend(provider.sources);
        all.documents.extend(provider.documents);
        all.identifier = all.identifier.or(provider.identifier);
        all.documentation = all.documentation.or(provider.documentation);
        all.scopes_supported = all.scopes_supported.with(&provider.scopes_supported);
        all.includes_granted |= provider.includes_granted;
        all.is_optional |= provider.is_optional;
        all.problems.extend(provider.problems);
        all.limits = all.limits.or(provider.limits);
        all.scalekit = all.scalekit.or(provider.scalekit);
    }
    all
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

    /// A provider of tokens that clients get there.
    pub(crate) fn with(authorization_servers: Vec<String>, verifier: MakeVerifier) -> Self {
        let source = Source::new(Takes::Tokens, verifier);
        Self::of(authorization_servers, true, vec![source])
    }

    /// A provider of credentials that clients have from elsewhere. There is no metadata, for it would have nothing to tell.
    pub(crate) fn without_metadata(takes: Takes, verifier: MakeVerifier) -> Self {
        Self::of(Vec::new(), false, vec![Source::new(takes, verifier)])
    }

    fn of(
        authorization_servers: Vec<String>,
        has_metadata: bool,
        sources: Vec<Source<MakeVerifier>>,
    ) -> Self {
        Self {
            authorization_servers,
            has_metadata,
            sources,
            documents: Vec::new(),
            identifier: None,
            documentation: None,
            scopes_supported: ScopeSet::default(),
            includes_granted: false,
            is_optional: false,
            problems: Vec::new(),
            limits: None,
            scalekit: None,
        }
    }

    pub(crate) fn remedy(mut self, remedy: Remedy) -> Self {
        for source in &mut self.sources {
            source.remedy = Some(Arc::clone(&remedy));
        }
        self
    }

    pub(crate) fn calling(mut self, scalekit: Option<Scalekit>) -> Self {
        self.scalekit = scalekit;
        self
    }

    /// What calls Scalekit's REST interface, if this is Scalekit's provider and its configuration has credentials. Of several
    /// [together](any_of), the first that has one.
    pub fn scalekit(&self) -> Option<&Scalekit> {
        self.scalekit.as_ref()
    }

    pub(crate) fn documents(mut self, documents: MakeDocuments) -> Self {
        self.documents.push(documents);
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

    /// Scopes that every request needs, beside those that were said before; without one of them the answer is `403`.
    #[must_use]
    pub fn required_scopes<S: Into<String>>(mut self, scopes: impl IntoIterator<Item = S>) -> Self {
        let scopes: ScopeSet = scopes.into_iter().collect();
        for source in &mut self.sources {
            source.required_scopes = source.required_scopes.with(&scopes);
        }
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
        for source in &mut self.sources {
            source.matcher = matcher.clone();
        }
        self
    }

    /// With scopes that a caller has beside those of its token, as they follow from its claims or roles. For authorization servers
    /// that cannot put scopes of one's own into their tokens.
    ///
    /// Asked at every request, so it had better be quick.
    ///
    /// ```
    /// use xmcp_auth::{Provider, ScopeSet, Session};
    /// # fn of(provider: Provider) -> Provider {
    /// provider.grants(|session: &Session| match session.roles().iter().any(|role| role == "editor") {
    ///     true => ScopeSet::from_iter(["notes:read", "notes:write"]),
    ///     false => ScopeSet::from_iter(["notes:read"]),
    /// })
    /// # }
    /// ```
    #[must_use]
    pub fn grants(mut self, grants: impl Fn(&Session) -> ScopeSet + Send + Sync + 'static) -> Self {
        let grants: Grants = Arc::new(grants);
        for source in &mut self.sources {
            source.grants = Some(Arc::clone(&grants));
        }
        self
    }

    /// Takes tokens that are bound to a key, with a proof of it at every request (RFC 9449). Without this they are refused.
    ///
    /// A [`Verifier`] of one's own is shown [`Credential::Dpop`](crate::Credential::Dpop) then. The sessions that it makes of bound
    /// tokens must have the token's claim `cnf`, for the proven key is compared with it.
    #[must_use]
    pub fn dpop(mut self, dpop: Dpop) -> Self {
        for source in &mut self.sources {
            source.dpop = Some(dpop.clone());
        }
        self
    }

    /// Exchanges callers' tokens for those of other services (RFC 8693), for [`Session::token_for`]. Without this no session holds a
    /// token.
    ///
    /// An endpoint that cannot be one is an error of [`Provider::protect`].
    #[must_use]
    pub fn token_exchange(mut self, exchange: TokenExchange) -> Self {
        match exchange.exchanger() {
            Ok(exchanger) => {
                let exchanger = Arc::new(exchanger);
                for source in &mut self.sources {
                    source.exchanger = Some(Arc::clone(&exchanger));
                }
            }
            Err(problem) => self.problems.push(problem),
        }
        self
    }

    /// Lets callers in who bring no credential, without a [`Session`]. What is behind decides what they may do. A credential that
    /// is there must still be good.
    #[must_use]
    pub fn optional(mut self) -> Self {
        self.is_optional = true;
        self
    }

    /// Whether callers without a credential are let in: see [`Provider::optional`].
    pub fn is_optional(&self) -> bool {
        self.is_optional
    }

    /// The header that a person has to give a client, as a line with `$TOKEN` or `$KEY` where the credential goes. `None` where clients
    /// find out by themselves how to get one, and where none is needed.
    ///
    /// ```
    /// use xmcp_auth::api_key::{self, ApiKeyConfig};
    ///
    /// let provider = api_key::provider(ApiKeyConfig::new());
    /// assert_eq!(provider.header_by_hand().as_deref(), Some("x-api-key: $KEY"));
    /// ```
    pub fn header_by_hand(&self) -> Option<String> {
        if self.has_metadata || self.is_optional {
            return None;
        }
        self.sources.iter().find_map(|source| match &source.takes {
            Takes::Tokens if source.takes(Kind::Bearer) => {
                Some("Authorization: Bearer $TOKEN".to_owned())
            }
            Takes::Tokens => None,
            Takes::Keys(header) => Some(format!("{header}: $KEY")),
        })
    }

    /// With these limits, whatever those of the resource are. Of several providers together the first ones that are set count.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = Some(limits);
        self
    }

    /// The layer and the metadata of a resource.
    ///
    /// # Errors
    ///
    /// Nobody who vouches; an identifier that is no `https` URL (`http` on this machine) or has a user, query or fragment; no authorization
    /// server, or one that is no such URL; a token endpoint that may not be asked; a scope that is none; a proxy that is no address. All
    /// of them at once.
    pub fn protect(self, resource: Resource) -> Result<Protected, ConfigError> {
        let mut problems = self.problems;
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
        if self.sources.is_empty() {
            problems.push(Problem::NoProvider);
        }
        if self.has_metadata && self.authorization_servers.is_empty() {
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
        let mut sources = self.sources;
        for source in &mut sources {
            source.required_scopes = without_offline_access(source.required_scopes.clone());
        }
        let scopes_supported =
            without_offline_access(self.scopes_supported.with(&resource.scopes_supported));
        let demanded = without_offline_access(resource.required_scopes);
        let required_scopes = sources
            .iter()
            .fold(ScopeSet::default(), |all, source| {
                all.with(&source.required_scopes)
            })
            .with(&demanded);
        for name in scopes_supported.iter().chain(required_scopes.iter()) {
            if !scope::is_scope(name) {
                problems.push(Problem::Scope(name.to_owned()));
            }
        }
        let limits = self.limits.or(resource.limits).unwrap_or_default();
        let limiter = limits.limiter().map_err(|problem| problems.push(problem));
        ConfigError::unless_none(problems, ())?;

        let mut kinds = Kinds::default();
        sources.iter().for_each(|source| source.add_to(&mut kinds));
        let documentation = self.documentation.or(resource.documentation);
        let document = |identifier: &Identifier| {
            Metadata {
                resource: identifier.as_str(),
                authorization_servers: &self.authorization_servers,
                bearer_methods_supported: ["header"],
                scopes_supported: &scopes_supported,
                dpop_algorithms: kinds.dpop.then(Dpop::algorithms),
                dpop_is_required: kinds.dpop && !kinds.bearer,
                name: resource.name.as_deref().filter(|name| !name.is_empty()),
                documentation: documentation.as_deref(),
            }
            .bytes()
        };
        // Where tokens are taken, challenges are for those who get one: what keys need beside it is not theirs to ask for.
        let asked_for = sources
            .iter()
            .filter(|source| source.takes == Takes::Tokens || !(kinds.bearer || kinds.dpop))
            .fold(ScopeSet::default(), |all, source| {
                all.with(&source.required_scopes)
            })
            .with(&demanded);
        let scheme = match (kinds.bearer, kinds.dpop) {
            (true, true) => Scheme::BearerOrDpop,
            (true, false) => Scheme::Bearer,
            (false, true) => Scheme::Dpop,
            (false, false) => Scheme::ApiKey,
        };
        let challenges = |identifier: &Identifier| {
            let metadata_url = self.has_metadata.then(|| identifier.metadata_url());
            Challenges::new(scheme, metadata_url, &asked_for)
        };
        let (first, others) = identifiers
            .split_first()
            .expect("there is an identifier, or a problem with it");
        let documents = spellings(document, first, others);
        let challenges = spellings(challenges, first, others);
        let places = spellings(Place::new, first, others);
        let proofs = sources
            .iter()
            .find_map(|source| source.dpop.as_ref())
            .map(ProofChecker::new);
        let mut metadata = match self.has_metadata {
            true => metadata::router(&metadata::places(first, resource.has_root_form), documents),
            false => Router::new(),
        };
        for documents in self.documents {
            metadata = metadata.merge(documents()?);
        }
        let sources = sources
            .into_iter()
            .map(|source| source.ready(&named, &demanded))
            .collect::<Result<_, _>>()?;
        let layer = ProtectLayer::new(Guard {
            sources,
            kinds,
            proofs,
            places,
            challenges,
            limiter: limiter.expect("there are limits, or a problem with them"),
            includes_granted: self.includes_granted,
            // The words are about OAuth, and where there is no metadata nobody signs in by it.
            sign_in: resource.sign_in.filter(|_| self.has_metadata),
            sign_in_told: false.into(),
        });
        Ok(Protected {
            metadata,
            identifier: first.as_str().to_owned(),
            required_scopes,
            admits_anonymous: self.is_optional,
            layer: match self.is_optional {
                true => layer.admit_anonymous(),
                false => layer,
            },
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

/// Without `offline_access`: whether a client gets refresh tokens is not the resource's business.
fn without_offline_access(mut scopes: ScopeSet) -> ScopeSet {
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
    /// Whether requests without a credential get through, without a session: the provider is [optional](Provider::optional).
    pub admits_anonymous: bool,
}
