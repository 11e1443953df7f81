//! Scalekit's REST interface with types: organizations, users, sessions.
//!
//! 1. The access token is the environment's own, by client credentials. One request fetches it, whoever waits, and it is used until a
//!    minute before its end. An answer of 401 takes a new one, once; the second 401 is an error.
//! 2. Nothing is sent a second time otherwise: who calls a tool may call it again, and knows whether that is wise. An answer of 429
//!    says when.
//! 3. An id is one segment of a path, or nothing is sent: see [`ScalekitError::Id`].
//! 4. A call has 20 seconds, waiting for the token included, and an answer 1 MiB. Redirects are not followed.

mod error;
mod field;
mod list;
mod organization;
mod organization_input;
mod organizations;
mod route;
mod sessions;
mod token;
mod user;
mod user_session;
mod users;

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use http::{Method, StatusCode};
use serde::{Serialize, de::DeserializeOwned};
use tokio::time::timeout;

pub use self::{
    error::{Refusal, ScalekitError, TransportError},
    list::{List, Page},
    organization::{Feature, Organization, OrganizationSettings},
    organization_input::{NewOrganization, OrganizationChanges},
    organizations::Organizations,
    sessions::Sessions,
    user::{ExternalIdentity, Membership, MembershipStatus, Role, User, UserProfile},
    user_session::{AuthenticatedClient, UserSession},
    users::Users,
};
use self::{
    route::Route,
    token::{AccessToken, AccessTokens},
};
use super::{Credentials, ScalekitConfig};
use crate::{
    Clock, ConfigError, Problem, SystemClock,
    http::{Answer, Outgoing, Peer, Target},
};

const TOTAL: Duration = Duration::from_secs(20);
const LIMIT: usize = 1024 * 1024;

/// A client of a Scalekit environment's REST interface. Cloning it is cheap, and clones share the access token.
///
/// Nothing is sent before the first call. Its errors are [`ScalekitError`].
///
/// ```no_run
/// use xmcp_auth::scalekit::{Scalekit, ScalekitConfig, ScalekitError};
///
/// async fn name_of(scalekit: &Scalekit, organization: &str) -> Result<Option<String>, ScalekitError> {
///     match scalekit.organizations().get(organization).await {
///         Ok(organization) => Ok(Some(organization.display_name)),
///         Err(ScalekitError::NotFound(_)) => Ok(None),
///         Err(error) => Err(error),
///     }
/// }
///
/// let scalekit = ScalekitConfig::from_env()?.client()?;
/// # let _ = (scalekit, name_of);
/// # Ok::<(), xmcp_auth::ConfigError>(())
/// ```
#[derive(Clone)]
pub struct Scalekit {
    inner: Arc<Inner>,
    timeout: Duration,
}

struct Inner {
    environment_url: String,
    client_id: String,
    peer: Arc<Peer>,
    tokens: AccessTokens,
}

/// A client in the making, from [`Scalekit::builder`].
#[must_use = "it is no client before `build`"]
pub struct ScalekitBuilder {
    environment_url: String,
    credentials: Credentials,
    clock: Arc<dyn Clock>,
}

impl Scalekit {
    /// A client of the environment at this URL, which signs in with these credentials.
    ///
    /// # Errors
    ///
    /// The URL is not `https` (`http` on this machine), or more than scheme and host.
    pub fn new(environment_url: &str, credentials: Credentials) -> Result<Self, ConfigError> {
        Self::builder(environment_url, credentials).build()
    }

    /// A client with another clock than the system's.
    pub fn builder(environment_url: &str, credentials: Credentials) -> ScalekitBuilder {
        ScalekitBuilder {
            environment_url: environment_url.to_owned(),
            credentials,
            clock: Arc::new(SystemClock),
        }
    }

    /// The same client, with this time for a call, waiting for the access token included.
    #[must_use]
    pub fn timeout(&self, timeout: Duration) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            timeout,
        }
    }

    /// The environment's URL, without a slash at its end.
    pub fn environment_url(&self) -> &str {
        &self.inner.environment_url
    }

    /// Organizations: the tenants of the application.
    pub fn organizations(&self) -> Organizations<'_> {
        Organizations(self)
    }

    /// Users, and what they are in organizations.
    pub fn users(&self) -> Users<'_> {
        Users(self)
    }

    /// Sessions: where users are signed in.
    pub fn sessions(&self) -> Sessions<'_> {
        Sessions(self)
    }

    async fn get<T: DeserializeOwned>(&self, route: &Route) -> Result<T, ScalekitError> {
        read(&self.send(Method::GET, route, None).await?)
    }

    async fn with_body<T: DeserializeOwned>(
        &self,
        method: Method,
        route: &Route,
        body: &impl Serialize,
    ) -> Result<T, ScalekitError> {
        let body = serde_json::to_vec(body).map_err(|error| ScalekitError::malformed(&error))?;
        read(&self.send(method, route, Some(body.into())).await?)
    }

    /// The answer of a request that was done.
    async fn send(
        &self,
        method: Method,
        route: &Route,
        body: Option<Bytes>,
    ) -> Result<Answer, ScalekitError> {
        let answer = timeout(self.timeout, self.attempt(method, route, body))
            .await
            .unwrap_or(Err(ScalekitError::Timeout))?;
        if answer.status.is_success() {
            Ok(answer)
        } else {
            Err(ScalekitError::refused(&answer))
        }
    }

    async fn attempt(
        &self,
        method: Method,
        route: &Route,
        body: Option<Bytes>,
    ) -> Result<Answer, ScalekitError> {
        let Inner { peer, tokens, .. } = &*self.inner;
        let once = async |token: &AccessToken| {
            let request = Outgoing::json(method.clone(), body.clone())
                .at(&route.segments, route.query.clone())
                .authorization(token.header());
            peer.send(request).await
        };
        let token = tokens.get().await?;
        let answer = once(&token).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        // It may have ended on its way, or been withdrawn.
        tokens.forget(&token);
        Ok(once(&tokens.get().await?).await?)
    }
}

impl ScalekitBuilder {
    /// With another clock to say when the access token is to be replaced.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// The URL is not `https` (`http` on this machine), or more than scheme and host.
    pub fn build(self) -> Result<Scalekit, ConfigError> {
        let environment = ScalekitConfig::new(&self.environment_url)?;
        let environment_url = environment.environment_url().to_owned();
        let target = environment_url
            .parse()
            .ok()
            .and_then(|url| Target::new(url).ok());
        let Some(target) = target else {
            return Err(Problem::Url {
                url: environment_url,
                what: "a Scalekit environment",
                reason: "it cannot be asked",
            }
            .into());
        };
        let peer = Arc::new(Peer::new(target, LIMIT).patient());
        Ok(Scalekit {
            inner: Arc::new(Inner {
                environment_url,
                client_id: self.credentials.id.clone(),
                tokens: AccessTokens::new(Arc::clone(&peer), self.credentials, self.clock),
                peer,
            }),
            timeout: TOTAL,
        })
    }
}

fn read<T: DeserializeOwned>(answer: &Answer) -> Result<T, ScalekitError> {
    serde_json::from_slice(&answer.body).map_err(|error| ScalekitError::malformed(&error))
}

impl fmt::Debug for Scalekit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Scalekit")
            .field("environment_url", &self.inner.environment_url)
            .field("client_id", &self.inner.client_id)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ScalekitBuilder {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ScalekitBuilder")
            .field("environment_url", &self.environment_url)
            .field("credentials", &self.credentials)
            .finish_non_exhaustive()
    }
}
