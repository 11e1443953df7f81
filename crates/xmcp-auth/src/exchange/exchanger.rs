//! What exchanges tokens for one provider, and what a session has of it.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use futures_util::FutureExt;
use tokio::sync::Semaphore;

use super::{
    AccessToken, ExchangeError, TokenRequest, answer,
    kept::{Flight, Found, Kept},
};
use crate::{
    Clock, Credential, Secret,
    fingerprint::Fingerprint,
    http::{ClientAuthentication, FetchError, Outgoing, Peer, Target},
};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// Answers are no longer.
const MAX_ANSWER: usize = 64 * 1024;

/// Requests that are under way at a time.
const FLIGHTS: usize = 64;

/// Exchanges tokens, and keeps what it got.
pub(crate) struct Exchanger {
    peer: Peer,
    by: ClientAuthentication,
    clock: Arc<dyn Clock>,
    places: Arc<Semaphore>,
    kept: Mutex<Kept>,
}

/// What a session has: the caller's token, for the authorization server alone. It cannot be printed.
pub(crate) struct Delegation {
    exchanger: Arc<Exchanger>,
    /// None if it is bound to a key.
    token: Option<Secret>,
}

impl Delegation {
    pub(crate) fn new(exchanger: &Arc<Exchanger>, credential: Credential<'_>) -> Self {
        let token = match credential {
            Credential::Bearer(token) => Some(Secret::new(token)),
            _ => None,
        };
        Self {
            exchanger: Arc::clone(exchanger),
            token,
        }
    }

    pub(crate) async fn token(&self, request: TokenRequest) -> Result<AccessToken, ExchangeError> {
        let token = self.token.as_ref().ok_or(ExchangeError::Bound)?;
        self.exchanger.token(token, request).await
    }
}

impl fmt::Debug for Delegation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Delegation(****)")
    }
}

impl Exchanger {
    pub(super) fn new(target: Target, by: ClientAuthentication, clock: Arc<dyn Clock>) -> Self {
        Self {
            peer: Peer::new(target, MAX_ANSWER),
            by,
            clock,
            places: Arc::new(Semaphore::new(FLIGHTS)),
            kept: Mutex::default(),
        }
    }

    async fn token(
        self: &Arc<Self>,
        subject: &Secret,
        request: TokenRequest,
    ) -> Result<AccessToken, ExchangeError> {
        let key = key(subject, &request);
        let flight = {
            let mut kept = self.kept();
            match kept.find(&key, self.clock.instant(), self.clock.now()) {
                Found::Token(token) => return Ok(token),
                Found::Flight(flight) => flight,
                Found::Nothing => {
                    let number = kept.next_flight();
                    let flight = self.flight(key, number, subject.clone(), request)?;
                    kept.start(key, number, &flight);
                    flight
                }
            }
        };
        flight.await
    }

    /// A request that all share who want the same. It sends nothing before somebody waits for it.
    fn flight(
        self: &Arc<Self>,
        key: Fingerprint,
        number: u64,
        subject: Secret,
        request: TokenRequest,
    ) -> Result<Flight, ExchangeError> {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            tracing::warn!(
                limit = FLIGHTS,
                "too many tokens are being exchanged at a time"
            );
            return Err(ExchangeError::Unavailable);
        };
        let landing = Landing {
            exchanger: Arc::clone(self),
            key,
            number,
        };
        let flight = async move {
            let (_place, landing) = (place, landing);
            let exchanger = &landing.exchanger;
            let (asked_at, wall) = (exchanger.clock.instant(), exchanger.clock.now());
            let answer = exchanger
                .peer
                .send(exchanger.outgoing(&subject, &request))
                .await;
            let answer = answer.map_err(|error| unsent(&error))?;
            let token = answer::token(&answer, wall, &request.scopes)?;
            exchanger.kept().insert(key, &token, asked_at, wall);
            Ok(token)
        };
        Ok(flight.boxed().shared())
    }

    fn outgoing(&self, subject: &Secret, request: &TokenRequest) -> Outgoing {
        let scopes = request.scopes.to_string();
        let mut fields = vec![
            ("grant_type", GRANT),
            ("subject_token", subject.expose()),
            ("subject_token_type", ACCESS_TOKEN),
            ("requested_token_type", ACCESS_TOKEN),
        ];
        if let Some(audience) = &request.audience {
            fields.push(("audience", audience));
        }
        if let Some(resource) = &request.resource {
            fields.push(("resource", resource));
        }
        if !scopes.is_empty() {
            fields.push(("scope", &scopes));
        }
        Outgoing::form(&fields, &self.by)
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Nothing panics while it holds the lock.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Exchanger {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Exchanger")
            .field("target", self.peer.target())
            .finish_non_exhaustive()
    }
}

/// Takes a request from those under way, however it ends.
struct Landing {
    exchanger: Arc<Exchanger>,
    key: Fingerprint,
    number: u64,
}

impl Drop for Landing {
    fn drop(&mut self) {
        self.exchanger.kept().end(&self.key, self.number);
    }
}

/// Who wants what. The parts are told apart by JSON, so that none can reach into another.
fn key(subject: &Secret, request: &TokenRequest) -> Fingerprint {
    let parts = (
        subject.expose(),
        &request.audience,
        &request.resource,
        request.scopes.to_vec(),
    );
    Fingerprint::of(&serde_json::to_string(&parts).expect("texts and lists of texts are JSON"))
}

fn unsent(error: &FetchError) -> ExchangeError {
    tracing::warn!(%error, "a token could not be exchanged");
    match error {
        FetchError::Timeout { .. } => ExchangeError::Timeout,
        _ => ExchangeError::Unavailable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SystemClock, TokenExchange};

    #[tokio::test]
    async fn a_token_that_is_bound_to_a_key_is_not_exchanged_and_a_key_is_no_token() {
        let exchange = TokenExchange::new("https://a.example/token", "id", Secret::new("hush"));
        let exchanger = Arc::new(exchange.clock(Arc::new(SystemClock)).exchanger().unwrap());
        for credential in [
            Credential::Dpop {
                token: "hush",
                thumbprint: "key",
            },
            Credential::ApiKey("hush"),
        ] {
            let delegation = Delegation::new(&exchanger, credential);
            let refused = delegation.token(TokenRequest::from("api")).await;
            assert_eq!(refused.unwrap_err(), ExchangeError::Bound);
            assert_eq!(format!("{delegation:?}"), "Delegation(****)");
        }
    }

    #[test]
    fn no_part_of_what_is_wanted_reaches_into_another() {
        let of = |token: &str, request| key(&Secret::new(token), &request);
        let audience = TokenRequest::for_audience;
        assert_eq!(of("t", audience("a")), of("t", audience("a")));
        for other in [
            of("u", audience("a")),
            of("t", audience("b")),
            of("t", TokenRequest::for_resource("a")),
            of("t", audience("a").scopes(["s"])),
            of("t\",\"a", audience("")),
        ] {
            assert_ne!(of("t", audience("a")), other);
        }
        let scoped = |scopes: &[&str]| of("t", audience("a").scopes(scopes.iter().copied()));
        assert_ne!(scoped(&["a", "b"]), scoped(&["a b"]));
    }
}
