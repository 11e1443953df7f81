//! Where keys come from, and when they are fetched.
//!
//! 1. At the first token that needs one, never at start; one request at a time, whoever waits for it and whoever stops waiting.
//! 2. A set is fresh for 10 minutes, or for what `max-age` says between 1 minute and 1 hour. After that it still serves while one
//!    request fetches the next; a set that fails to come never replaces one that came.
//! 3. 24 hours after it came a set is dropped. A key the authorization server withdrew must end, even if nobody can ask any more.
//! 4. A key id that no set knew makes one request per 30 seconds, counted from the attempt, whatever comes of it; ids that were
//!    asked for and did not exist are remembered for a minute. At most 64 callers wait for that request, the others hear to come
//!    back: anybody can name a key, and who waits takes a place that others need.
//! 5. Without any set, attempts that fail are 1, 2, 4 .. 30 seconds apart (30 at once if an answer came and had no key), and
//!    callers hear when to come back.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, watch},
    task::AbortHandle,
};

use super::{
    Key, KeySet, Location,
    absent::Absent,
    key_set::{Found, KeySetError},
};
use crate::{
    Algorithm, Clock,
    discovery::DiscoveryError,
    http::{FetchError, Target},
};

const FRESH: Duration = Duration::from_secs(10 * 60);
const FRESH_AT_LEAST: Duration = Duration::from_secs(60);
const FRESH_AT_MOST: Duration = Duration::from_secs(60 * 60);
const USABLE: Duration = Duration::from_secs(24 * 60 * 60);
const FORCED_PAUSE: Duration = Duration::from_secs(30);
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Callers who may wait to hear whether a key that no set knew exists.
const WAITING: usize = 64;

/// Fetches and keeps the keys of one authorization server.
pub(crate) struct KeySource {
    shared: Arc<Shared>,
}

/// Who wants to know of keys.
pub(crate) struct Notices {
    /// The first set came from this URL.
    pub(crate) resolved: Box<dyn Fn(&str) + Send + Sync>,
    /// There are other keys now than there were, or none.
    pub(crate) changed: Box<dyn Fn() + Send + Sync>,
}

/// Why there is no key for a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoKey {
    /// The authorization server has none for it.
    Unknown,
    /// There are no keys at all now.
    Unavailable { retry_after: Duration },
}

struct Shared {
    location: Location,
    algorithms: Vec<Algorithm>,
    clock: Arc<dyn Clock>,
    notices: Notices,
    /// Places to wait for a key that no set knew.
    places: Arc<Semaphore>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    known: Option<Known>,
    flight: Option<Flight>,
    failure: Option<Failure>,
    forced_at: Option<Instant>,
    absent: Absent,
    resolved: bool,
}

struct Known {
    keys: Arc<KeySet>,
    came_at: Instant,
    fresh_for: Duration,
}

/// The request that is under way.
struct Flight {
    /// Closes when it is over, however it ends.
    over: watch::Receiver<()>,
    task: AbortHandle,
}

/// The last attempt, which failed.
struct Failure {
    at: Instant,
    pause: Duration,
}

#[derive(Debug, thiserror::Error)]
enum RefreshError {
    #[error(transparent)]
    Discovery(#[from] DiscoveryError),
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(transparent)]
    KeySet(#[from] KeySetError),
}

impl RefreshError {
    /// Whether somebody said something that is of no use, rather than nothing.
    fn is_an_answer(&self) -> bool {
        match self {
            Self::Fetch(_)
            | Self::Discovery(DiscoveryError::Fetch(_) | DiscoveryError::Timeout { .. }) => false,
            Self::Discovery(_) | Self::KeySet(_) => true,
        }
    }
}

/// What a caller does next.
enum Step {
    Keys(Vec<Arc<Key>>),
    No(NoKey),
    Wait(watch::Receiver<()>, Option<OwnedSemaphorePermit>),
}

impl KeySource {
    pub(crate) fn new(
        location: Location,
        algorithms: Vec<Algorithm>,
        clock: Arc<dyn Clock>,
        notices: Notices,
    ) -> Self {
        Self {
            shared: Arc::new(Shared {
                location,
                algorithms,
                clock,
                notices,
                places: Arc::new(Semaphore::new(WAITING)),
                state: Mutex::default(),
            }),
        }
    }

    /// The keys that may have signed a token whose header says this. Waits for one request at most.
    pub(crate) async fn find(
        &self,
        id: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Vec<Arc<Key>>, NoKey> {
        let (mut over, place) = match self.shared.step(id, algorithm, Waited::No) {
            Step::Keys(keys) => return Ok(keys),
            Step::No(no) => return Err(no),
            Step::Wait(over, place) => (over, place),
        };
        // Nothing is ever sent: it errs when the sender is gone.
        let _ = over.changed().await;
        drop(place);
        match self.shared.step(id, algorithm, Waited::Yes) {
            Step::Keys(keys) => Ok(keys),
            Step::No(no) => Err(no),
            Step::Wait(..) => Err(NoKey::Unavailable {
                retry_after: SHORTEST_PAUSE,
            }),
        }
    }
}

/// The request under way ends with who asked for it.
impl Drop for KeySource {
    fn drop(&mut self) {
        if let Some(flight) = self.shared.state().flight.take() {
            flight.task.abort();
        }
    }
}

impl fmt::Debug for KeySource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.shared.state();
        formatter
            .debug_struct("KeySource")
            .field("location", &self.shared.location)
            .field("keys", &state.known.as_ref().map(|known| known.keys.len()))
            .finish_non_exhaustive()
    }
}

/// Whether a caller has waited for a request already.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Waited {
    No,
    Yes,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock, and what it guards is whole after every statement.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn step(self: &Arc<Self>, id: Option<&str>, algorithm: Algorithm, waited: Waited) -> Step {
        let now = self.clock.instant();
        let mut state = self.state();
        if state.drop_what_is_too_old(now) {
            drop(state);
            (self.notices.changed)();
            state = self.state();
        }
        let Some(known) = &state.known else {
            return match (state.under_way(), state.pause(now)) {
                (Some(over), _) if waited == Waited::No => Step::Wait(over, None),
                (_, Some(retry_after)) => Step::No(NoKey::Unavailable { retry_after }),
                _ if waited == Waited::No => Step::Wait(self.start(&mut state), None),
                _ => Step::No(NoKey::Unavailable {
                    retry_after: SHORTEST_PAUSE,
                }),
            };
        };
        let keys = Arc::clone(&known.keys);
        let came_at = known.came_at;
        let is_fresh = now.saturating_duration_since(came_at) < known.fresh_for;
        if !is_fresh && state.under_way().is_none() && state.pause(now).is_none() {
            self.start(&mut state);
        }
        let id = match (keys.find(id, algorithm), id) {
            (Found::Keys(keys), _) => return Step::Keys(keys),
            (Found::Unknown, Some(id)) => id,
            (Found::Unknown | Found::Unfit, _) => return Step::No(NoKey::Unknown),
        };
        if waited == Waited::Yes {
            // Only an answer says that an id does not exist; a failure says nothing.
            if state.failure.is_none() {
                state.absent.insert(id, now);
            }
            return Step::No(NoKey::Unknown);
        }
        if state.absent.contains(id, now) {
            return Step::No(NoKey::Unknown);
        }
        let under_way = state.under_way();
        let is_too_soon = state
            .forced_at
            .is_some_and(|at| now.saturating_duration_since(at) < FORCED_PAUSE);
        if under_way.is_none() && is_too_soon {
            return Step::No(NoKey::Unknown);
        }
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            return Step::No(NoKey::Unavailable {
                retry_after: SHORTEST_PAUSE,
            });
        };
        let over = under_way.unwrap_or_else(|| {
            state.forced_at = Some(now);
            self.start(&mut state)
        });
        Step::Wait(over, Some(place))
    }

    /// Starts a request. Its task ends with its time limit, or with the source.
    fn start(self: &Arc<Self>, state: &mut State) -> watch::Receiver<()> {
        let (sender, over) = watch::channel(());
        let shared = Arc::clone(self);
        let task = tokio::spawn(async move {
            shared.refresh().await;
            drop(sender);
        });
        state.flight = Some(Flight {
            over: over.clone(),
            task: task.abort_handle(),
        });
        over
    }

    async fn refresh(&self) {
        let attempted_at = self.clock.instant();
        let outcome = self.fetch().await;
        let now = self.clock.instant();
        let mut state = self.state();
        state.flight = None;
        let (keys, fresh_for, target) = match outcome {
            Ok(outcome) => outcome,
            Err(error) => {
                if !matches!(error, RefreshError::Discovery(_)) {
                    self.location.doubt();
                }
                let pause = state.failed(&error, attempted_at);
                drop(state);
                log_failure(&error, pause);
                return;
            }
        };
        state.failure = None;
        let is_first = !std::mem::replace(&mut state.resolved, true);
        let has_changed = state
            .known
            .as_ref()
            .is_some_and(|known| *known.keys != *keys);
        let (count, skipped) = (keys.len(), keys.skipped());
        state.known = Some(Known {
            keys,
            came_at: now,
            fresh_for,
        });
        drop(state);
        if has_changed {
            (self.notices.changed)();
        }
        if is_first {
            (self.notices.resolved)(&target.to_string());
        }
        tracing::debug!(url = %target, keys = count, skipped, has_changed, "keys fetched");
    }

    async fn fetch(&self) -> Result<(Arc<KeySet>, Duration, Target), RefreshError> {
        let fetcher = self.location.fetcher(self.clock.as_ref()).await?;
        let fetched = fetcher.fetch().await?;
        let keys = KeySet::parse(&fetched.body, &self.algorithms)?;
        let fresh_for = fetched
            .max_age
            .map_or(FRESH, |age| age.clamp(FRESH_AT_LEAST, FRESH_AT_MOST));
        Ok((Arc::new(keys), fresh_for, fetcher.target().clone()))
    }
}

impl State {
    fn drop_what_is_too_old(&mut self, now: Instant) -> bool {
        self.known
            .take_if(|known| now.saturating_duration_since(known.came_at) >= USABLE)
            .is_some()
    }

    fn under_way(&self) -> Option<watch::Receiver<()>> {
        let flight = self.flight.as_ref()?;
        // A task that was torn down with its runtime cannot take itself from here; its channel is closed.
        flight
            .over
            .has_changed()
            .is_ok()
            .then(|| flight.over.clone())
    }

    /// How long until another attempt, after one that failed.
    fn pause(&self, now: Instant) -> Option<Duration> {
        let failure = self.failure.as_ref()?;
        failure
            .pause
            .checked_sub(now.saturating_duration_since(failure.at))
            .filter(|left| !left.is_zero())
    }

    fn failed(&mut self, error: &RefreshError, attempted_at: Instant) -> Duration {
        let pause = match (error, &self.failure) {
            // It serves meanwhile, so there is no hurry; or it answered, so it will not say anything else in a second.
            _ if self.known.is_some() => LONGEST_PAUSE,
            (error, _) if error.is_an_answer() => LONGEST_PAUSE,
            (_, None) => SHORTEST_PAUSE,
            (_, Some(last)) => (last.pause * 2).min(LONGEST_PAUSE),
        };
        self.failure = Some(Failure {
            at: attempted_at,
            pause,
        });
        pause
    }
}

fn log_failure(error: &RefreshError, pause: Duration) {
    let causes: Vec<_> =
        std::iter::successors(std::error::Error::source(error), |cause| cause.source())
            .map(ToString::to_string)
            .collect();
    tracing::warn!(%error, ?causes, pause_seconds = pause.as_secs(), "the authorization server's keys could not be fetched");
}
