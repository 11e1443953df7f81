//! Verifies tokens by asking: form, cache, question, what was said, proof of the key.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use futures_util::future::BoxFuture;
use http::{HeaderMap, StatusCode, header};

use super::{
    answer::{NoAnswer, Terms},
    config::IntrospectionConfig,
};
use crate::{
    Clock, Credential, Problem, Reason, Session, Verifier, VerifyError,
    fingerprint::Fingerprint,
    http::{ClientAuthentication, FetchError, Outgoing, Peer},
    inquiry::{Inquiry, Verdict},
    token::MAX_LENGTH,
};

const MAX_ANSWER: usize = 64 * 1024;
/// When to come back after the endpoint failed, unless it says so itself.
const PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// How often the log is told of an endpoint that fails: strangers make requests of ours.
const TOLD_EVERY: Duration = Duration::from_secs(30);

/// Asks one endpoint what tokens stand for.
pub(super) struct IntrospectionVerifier {
    inquiry: Arc<Inquiry>,
    endpoint: Arc<Endpoint>,
    takes_jwts: bool,
}

/// The endpoint, and how its answers are read.
struct Endpoint {
    peer: Peer,
    client: ClientAuthentication,
    terms: Terms,
    clock: Arc<dyn Clock>,
    told_at: Mutex<Option<Instant>>,
}

/// Why the endpoint did not say what a token stands for.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error("it answered {status}")]
    Status {
        status: StatusCode,
        retry_after: Option<Duration>,
    },
    #[error("it does not accept our credentials ({0})")]
    Credentials(StatusCode),
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
}

impl IntrospectionVerifier {
    /// For the resource that is known by these identifiers.
    pub(super) fn new(
        config: IntrospectionConfig,
        identifiers: &[String],
    ) -> Result<Self, Problem> {
        let terms = Terms::new(&config, identifiers);
        let client = config.client.ok_or_else(|| Problem::NoCredentials {
            endpoint: config.endpoint.to_string(),
        })?;
        Ok(Self {
            inquiry: Arc::new(Inquiry::new(config.cache, Arc::clone(&config.clock))),
            endpoint: Arc::new(Endpoint {
                peer: Peer::new(config.endpoint, MAX_ANSWER),
                client,
                terms,
                clock: config.clock,
                told_at: Mutex::default(),
            }),
            takes_jwts: config.takes_jwts,
        })
    }

    async fn session(&self, credential: Credential<'_>) -> Result<Session, VerifyError> {
        let token = credential
            .token()
            .filter(|token| !token.is_empty() && token.len() <= MAX_LENGTH)
            .filter(|token| self.takes_jwts || !is_like_jwt(token))
            .ok_or(VerifyError::Invalid(Reason::Malformed))?;
        let fingerprint = Fingerprint::of(token);
        let ask = || {
            let (endpoint, token) = (Arc::clone(&self.endpoint), token.to_owned());
            async move { endpoint.ask(&token).await }
        };
        let session = self.inquiry.verdict(fingerprint, ask).await.inspect_err(
            // At `trace`: the layer says at `debug` why it refused a token, and this is the same refusal from nearer by.
            |error| tracing::trace!(token = %fingerprint, %error, "token refused"),
        )?;
        credential.check_binding(session.confirmation())?;
        Ok(session)
    }
}

/// Whether it has the form of a signed JWT. An opaque token may have two dots, but hardly ever three parts that are each of
/// base64url, the first of them an object's.
fn is_like_jwt(token: &str) -> bool {
    // `{"` in base64url.
    token.starts_with("eyJ") && token.bytes().filter(|byte| *byte == b'.').count() == 2
}

impl Verifier for IntrospectionVerifier {
    fn verify<'a>(
        &'a self,
        credential: Credential<'a>,
    ) -> BoxFuture<'a, Result<Session, VerifyError>> {
        Box::pin(self.session(credential))
    }

    fn compares_digests(&self) -> bool {
        true
    }

    fn remembered(&self, credential: Credential<'_>) -> Option<Session> {
        let session = self.remembered_bytes(credential.token()?.as_bytes())?;
        credential
            .check_binding(session.confirmation())
            .is_ok()
            .then_some(session)
    }

    fn remembered_bytes(&self, token: &[u8]) -> Option<Session> {
        self.inquiry.remembered(&Fingerprint::of(token))
    }
}

impl Endpoint {
    async fn ask(&self, token: &str) -> Verdict {
        self.answer(token).await.unwrap_or_else(|failure| {
            self.tell(&failure);
            let retry_after = match failure {
                Failure::Status { retry_after, .. } => retry_after.unwrap_or(PAUSE),
                _ => PAUSE,
            };
            Err(VerifyError::Unavailable { retry_after })
        })
    }

    async fn answer(&self, token: &str) -> Result<Verdict, Failure> {
        let fields = [("token", token), ("token_type_hint", "access_token")];
        let answer = self
            .peer
            .send(Outgoing::form(&fields, &self.client))
            .await?;
        match answer.status {
            StatusCode::OK => Ok(self.terms.session(&answer.body, self.clock.now())?),
            status @ (StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => {
                Err(Failure::Credentials(status))
            }
            status => Err(Failure::Status {
                status,
                retry_after: retry_after(&answer.headers),
            }),
        }
    }

    fn tell(&self, failure: &Failure) {
        let now = self.clock.instant();
        let mut told_at = self.told_at.lock().unwrap_or_else(PoisonError::into_inner);
        if told_at.is_some_and(|at| now.saturating_duration_since(at) < TOLD_EVERY) {
            return;
        }
        *told_at = Some(now);
        drop(told_at);
        let causes: Vec<_> =
            std::iter::successors(std::error::Error::source(failure), |cause| cause.source())
                .map(ToString::to_string)
                .collect();
        tracing::warn!(endpoint = %self.peer.target(), error = %failure, ?causes, "the authorization server cannot be asked about tokens");
    }
}

/// `Retry-After` in seconds (RFC 9110, section 10.2.3), within bounds.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?;
    let seconds = Duration::from_secs(seconds.trim().parse().ok()?);
    Some(seconds.clamp(Duration::from_secs(1), LONGEST_PAUSE))
}

impl fmt::Debug for IntrospectionVerifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("IntrospectionVerifier")
            .field("endpoint", self.endpoint.peer.target())
            .field("terms", &self.endpoint.terms)
            .finish_non_exhaustive()
    }
}
