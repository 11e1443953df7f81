//! Tokens for other services, in the name of the caller (RFC 8693).
//!
//! 1. The caller's token was made for this resource, and no other one may see it. What another service gets is a token for that service,
//!    from the authorization server.
//! 2. The caller's token is kept with its session only where an exchange is configured, and nobody can read it from there.
//! 3. Tokens are kept until shortly before their end, for the caller's token, the service and the scopes for which they were made. Who
//!    asks for the same at the same time waits for one request.
//! 4. A token that is bound to a key is not exchanged: what came of it would be bound to nothing.

mod access_token;
mod answer;
mod error;
mod exchanger;
mod kept;
mod token_request;

use std::{fmt, sync::Arc};

pub use access_token::AccessToken;
pub use error::ExchangeError;
pub(crate) use exchanger::{Delegation, Exchanger};
pub use token_request::TokenRequest;
use url::Url;

use crate::{
    Clock, Problem, Secret, SystemClock,
    http::{ClientAuthentication, Target},
    resource,
};

/// Where the caller's token becomes one for another service, and who asks for it.
///
/// The client is this resource's own, with a secret. The authorization server must allow it to exchange tokens.
///
/// ```
/// use xmcp_auth::{Provider, Secret, TokenExchange};
/// # fn of(provider: Provider) -> Provider {
/// let exchange = TokenExchange::new("https://auth.example.com/oauth/token", "notes-server", Secret::new("..."));
/// let provider = provider.token_exchange(exchange);
/// # provider
/// # }
/// ```
#[derive(Clone)]
pub struct TokenExchange {
    token_endpoint: String,
    by: ClientAuthentication,
    clock: Arc<dyn Clock>,
}

impl TokenExchange {
    /// At this token endpoint (`https`, or `http` on this machine), by this client. It proves who it is in the header
    /// (`client_secret_basic`).
    pub fn new(
        token_endpoint: impl Into<String>,
        client_id: impl Into<String>,
        client_secret: Secret,
    ) -> Self {
        Self {
            token_endpoint: token_endpoint.into(),
            by: ClientAuthentication::Basic {
                id: client_id.into(),
                secret: client_secret,
            },
            clock: Arc::new(SystemClock),
        }
    }

    /// With id and secret in the form instead (`client_secret_post`).
    #[must_use]
    pub fn client_secret_post(mut self) -> Self {
        if let ClientAuthentication::Basic { id, secret } = self.by {
            self.by = ClientAuthentication::Post { id, secret };
        }
        self
    }

    /// By this clock instead of the system's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// What does it, once the endpoint was found to be one that may be asked.
    pub(crate) fn exchanger(self) -> Result<Exchanger, Problem> {
        let problem = |reason| Problem::Url {
            url: resource::without_user(&self.token_endpoint),
            what: "a token endpoint",
            reason,
        };
        let url = Url::parse(&self.token_endpoint).map_err(|_| problem("it is no URL"))?;
        let target = Target::new(url).map_err(|_| {
            problem("it must be https:// (http:// on this machine), without a user and a fragment")
        })?;
        Ok(Exchanger::new(target, self.by, self.clock))
    }
}

impl fmt::Debug for TokenExchange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let endpoint = self.token_endpoint.split('?').next().unwrap_or_default();
        formatter
            .debug_struct("TokenExchange")
            .field("token_endpoint", &resource::without_user(endpoint))
            .field("by", &self.by)
            .finish_non_exhaustive()
    }
}
