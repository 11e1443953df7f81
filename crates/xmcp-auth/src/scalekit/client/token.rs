//! The access token of the environment's own client (RFC 6749, section 4.4).
//!
//! 1. One request at a time, whoever waits for it and whoever stops waiting.
//! 2. It is kept until a minute before its end, or half of its life if that is less than two minutes; a day at most.
//! 3. A failure is everybody's who waited for it, and is not kept.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use http::HeaderValue;
use serde::Deserialize;
use tokio::task::AbortHandle;

use super::{ScalekitError, read};
use crate::{
    Clock,
    http::{ClientAuthentication, Outgoing, Peer},
    scalekit::Credentials,
};

const MARGIN: Duration = Duration::from_secs(60);
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
/// What is kept of a token that does not say when it ends.
const UNSAID: u64 = 300;

/// An access token, ready to be sent.
#[derive(Clone)]
pub(super) struct AccessToken(Arc<HeaderValue>);

impl AccessToken {
    pub(super) fn header(&self) -> HeaderValue {
        (*self.0).clone()
    }
}

/// Fetches and keeps the access token.
pub(super) struct AccessTokens {
    keeper: Arc<Keeper>,
}

struct Keeper {
    peer: Arc<Peer>,
    credentials: Credentials,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    known: Option<(AccessToken, Instant)>,
    flight: Option<Flight>,
}

type Outcome = Result<AccessToken, ScalekitError>;

/// The request that is under way.
struct Flight {
    outcome: Shared<BoxFuture<'static, Outcome>>,
    task: AbortHandle,
}

/// The answer of the token endpoint (RFC 6749, section 5.1).
#[derive(Deserialize)]
struct Granted {
    access_token: String,
    token_type: String,
    #[serde(default)]
    expires_in: Option<u64>,
}

impl AccessTokens {
    pub(super) fn new(peer: Arc<Peer>, credentials: Credentials, clock: Arc<dyn Clock>) -> Self {
        Self {
            keeper: Arc::new(Keeper {
                peer,
                credentials,
                clock,
                state: Mutex::default(),
            }),
        }
    }

    /// The token that is kept, or the one that comes of a request. The request has its own time: others may wait for it, too.
    pub(super) async fn get(&self) -> Outcome {
        match self.keeper.step() {
            Ok(token) => Ok(token),
            Err(outcome) => outcome.await,
        }
    }

    /// Ends the use of this token. One that came after it stays.
    pub(super) fn forget(&self, refused: &AccessToken) {
        let mut state = self.keeper.state();
        state
            .known
            .take_if(|(known, _)| Arc::ptr_eq(&known.0, &refused.0));
    }
}

/// The request under way ends with who asked for it.
impl Drop for AccessTokens {
    fn drop(&mut self) {
        if let Some(flight) = self.keeper.state().flight.take() {
            flight.task.abort();
        }
    }
}

impl Keeper {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock, and what it guards is whole after every statement.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The token, or the request to wait for.
    fn step(self: &Arc<Self>) -> Result<AccessToken, Shared<BoxFuture<'static, Outcome>>> {
        let now = self.clock.instant();
        let mut state = self.state();
        if let Some((token, end)) = &state.known
            && now < *end
        {
            return Ok(token.clone());
        }
        // One whose runtime is gone has finished too.
        if let Some(flight) = &state.flight
            && !flight.task.is_finished()
        {
            return Err(flight.outcome.clone());
        }
        let keeper = Arc::clone(self);
        let task = tokio::spawn(async move {
            let outcome = keeper.fetch().await;
            keeper.keep(now, outcome)
        });
        let abort = task.abort_handle();
        let outcome = async {
            task.await
                .unwrap_or_else(|gone| Err(ScalekitError::broken(gone)))
        };
        let outcome = outcome.boxed().shared();
        state.flight = Some(Flight {
            outcome: outcome.clone(),
            task: abort,
        });
        Err(outcome)
    }

    /// Its life is counted from when it was asked for, which is before it began.
    fn keep(
        &self,
        asked: Instant,
        outcome: Result<(AccessToken, Duration), ScalekitError>,
    ) -> Outcome {
        let mut state = self.state();
        state.flight = None;
        let (token, life) = outcome?;
        let margin = MARGIN.min(life / 2);
        state.known = Some((token.clone(), asked + (life - margin)));
        Ok(token)
    }

    async fn fetch(&self) -> Result<(AccessToken, Duration), ScalekitError> {
        let by = ClientAuthentication::Post {
            id: self.credentials.id.clone(),
            secret: self.credentials.secret.clone(),
        };
        let request = Outgoing::form(&[("grant_type", "client_credentials")], &by);
        let request = request.at(["oauth", "token"], Vec::new());
        let answer = self.peer.send(request).await?;
        if !answer.status.is_success() {
            let error = ScalekitError::refused(&answer);
            tracing::warn!(
                error = error.refusal().map(tracing::field::display),
                "[Scalekit] no access token for the environment's API client"
            );
            // RFC 6749, section 5.2: a client that is not known may be told so with 400.
            return Err(match error {
                ScalekitError::Invalid(refusal) | ScalekitError::NotFound(refusal) => {
                    ScalekitError::Unauthorized(refusal)
                }
                error => error,
            });
        }
        let granted: Granted = read(&answer)?;
        let header = HeaderValue::try_from(format!("Bearer {}", granted.access_token));
        let is_bearer = granted.token_type.eq_ignore_ascii_case("bearer");
        match header {
            Ok(mut header) if is_bearer && !granted.access_token.is_empty() => {
                header.set_sensitive(true);
                let life = Duration::from_secs(granted.expires_in.unwrap_or(UNSAID)).min(LONGEST);
                Ok((AccessToken(Arc::new(header)), life))
            }
            _ => Err(ScalekitError::Malformed("no bearer token".to_owned())),
        }
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("****")
    }
}
