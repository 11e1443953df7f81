//! Credentials that somebody else has to be asked about: an endpoint, a database.
//!
//! 1. For each credential there is one question at a time, whoever waits for the answer and whoever stops waiting.
//! 2. There are 64 questions at a time in all. Who comes beyond them hears to come back.
//! 3. A yes is believed as long as [`TokenCache`] keeps it, a no for 10 seconds, the latest 1000 of them: a flood of one bad credential
//!    is no flood of questions, and a flood of many fills no memory.
//! 4. That nobody could tell is kept for nobody.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared, WeakShared},
};
use tokio::sync::Semaphore;

use crate::{Clock, Session, VerifyError, fingerprint::Fingerprint, token_cache::TokenCache};

/// How many questions there may be at a time.
const QUESTIONS: usize = 64;
/// When to come back, for who found no place.
const PAUSE: Duration = Duration::from_secs(1);
const REFUSED: Duration = Duration::from_secs(10);
const REFUSALS: usize = 1000;

/// What came of a question.
pub(crate) type Verdict = Result<Session, VerifyError>;

/// Asks, and remembers the answers for a moment.
pub(crate) struct Inquiry {
    sessions: TokenCache,
    refusals: Option<Mutex<Refusals>>,
    under_way: Mutex<HashMap<Fingerprint, WeakShared<BoxFuture<'static, Verdict>>>>,
    places: Arc<Semaphore>,
    clock: Arc<dyn Clock>,
}

/// The latest refusals, oldest first.
#[derive(Default)]
struct Refusals {
    errors: HashMap<Fingerprint, (VerifyError, Instant)>,
    order: VecDeque<(Fingerprint, Instant)>,
}

impl Inquiry {
    /// Believes a yes for this long, and at most for what a [`TokenCache`] does. Zero believes nothing, and no no either.
    pub(crate) fn new(lifetime: Duration, clock: Arc<dyn Clock>) -> Self {
        Self {
            sessions: TokenCache::new(lifetime, Arc::clone(&clock)),
            refusals: (!lifetime.is_zero()).then(Mutex::default),
            under_way: Mutex::default(),
            places: Arc::new(Semaphore::new(QUESTIONS)),
            clock,
        }
    }

    /// The session of a credential about which somebody was asked a moment ago.
    pub(crate) fn remembered(&self, credential: &Fingerprint) -> Option<Session> {
        self.sessions.get(credential)
    }

    /// What is known of this credential, or what comes of asking.
    pub(crate) async fn verdict<F>(
        self: &Arc<Self>,
        credential: Fingerprint,
        ask: impl FnOnce() -> F,
    ) -> Verdict
    where
        F: Future<Output = Verdict> + Send + 'static,
    {
        if let Some(session) = self.sessions.get(&credential) {
            return Ok(session);
        }
        if let Some(error) = self.refusal(&credential) {
            return Err(error);
        }
        self.question(credential, ask)?.await
    }

    /// The question that is under way for this credential, or a new one. It goes on as long as somebody waits for it.
    fn question<F>(
        self: &Arc<Self>,
        credential: Fingerprint,
        ask: impl FnOnce() -> F,
    ) -> Result<Shared<BoxFuture<'static, Verdict>>, VerifyError>
    where
        F: Future<Output = Verdict> + Send + 'static,
    {
        let mut under_way = locked(&self.under_way);
        if let Some(question) = under_way.get(&credential).and_then(WeakShared::upgrade) {
            return Ok(question);
        }
        let place = Arc::clone(&self.places)
            .try_acquire_owned()
            .map_err(|_| VerifyError::Unavailable { retry_after: PAUSE })?;
        let inquiry = Arc::clone(self);
        let epoch = self.sessions.epoch();
        let answer = ask();
        let question = async move {
            let verdict = answer.await;
            match &verdict {
                Ok(session) => inquiry.sessions.insert(credential, session, epoch),
                Err(error) => inquiry.refused(credential, error),
            }
            locked(&inquiry.under_way).remove(&credential);
            drop(place);
            verdict
        }
        .boxed()
        .shared();
        // Those for which nobody waits any more.
        under_way.retain(|_, question| question.upgrade().is_some());
        if let Some(weak) = question.downgrade() {
            under_way.insert(credential, weak);
        }
        Ok(question)
    }

    fn refusal(&self, credential: &Fingerprint) -> Option<VerifyError> {
        let refusals = locked(self.refusals.as_ref()?);
        let (error, at) = refusals.errors.get(credential)?;
        self.is_recent(*at).then(|| error.clone())
    }

    fn refused(&self, credential: Fingerprint, error: &VerifyError) {
        if matches!(error, VerifyError::Unavailable { .. }) {
            return;
        }
        let Some(refusals) = &self.refusals else {
            return;
        };
        let now = self.clock.instant();
        let mut refusals = locked(refusals);
        refusals.errors.insert(credential, (error.clone(), now));
        refusals.order.push_back((credential, now));
        while let Some((oldest, at)) = refusals.order.front().copied() {
            if self.is_recent(at) && refusals.order.len() <= REFUSALS {
                break;
            }
            refusals.order.pop_front();
            // One that was refused again stands further back once more.
            if refusals
                .errors
                .get(&oldest)
                .is_some_and(|(_, latest)| *latest == at)
            {
                refusals.errors.remove(&oldest);
            }
        }
    }

    fn is_recent(&self, at: Instant) -> bool {
        self.clock.instant().saturating_duration_since(at) < REFUSED
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while it holds one of these, and what they guard is whole after every statement.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::{
        future::{pending, ready},
        sync::atomic::{AtomicUsize, Ordering},
    };

    use tokio::sync::oneshot;

    use super::*;
    use crate::{Reason, SystemClock};

    fn inquiry() -> Arc<Inquiry> {
        Arc::new(Inquiry::new(REFUSED, Arc::new(SystemClock)))
    }

    fn credential(number: usize) -> Fingerprint {
        Fingerprint::of(&number.to_string())
    }

    const UNKNOWN: VerifyError = VerifyError::Invalid(Reason::Unknown);

    #[tokio::test]
    async fn those_who_bring_the_same_credential_wait_for_one_answer() {
        let inquiry = inquiry();
        let asked = AtomicUsize::new(0);
        let (answer, answered) = oneshot::channel();
        let answered = answered
            .map(|user: Result<_, _>| Ok(Session::for_test(user.unwrap_or("nobody")).build()));
        let mut first = Box::pin(inquiry.verdict(credential(1), || {
            asked.fetch_add(1, Ordering::Relaxed);
            answered
        }));
        assert!((&mut first).now_or_never().is_none());
        let mut second = Box::pin(inquiry.verdict(credential(1), || {
            asked.fetch_add(1, Ordering::Relaxed);
            ready(Err(UNKNOWN))
        }));
        assert!((&mut second).now_or_never().is_none());
        // Whoever asked first may go away.
        drop(first);
        answer.send("ada").unwrap();
        assert_eq!(second.await.unwrap().user_id(), "ada");
        assert_eq!(asked.into_inner(), 1);
        assert!(inquiry.remembered(&credential(1)).is_some());
        assert!(locked(&inquiry.under_way).is_empty());
    }

    #[tokio::test]
    async fn only_so_many_questions_are_asked_at_a_time() {
        let inquiry = inquiry();
        let mut waiting = Vec::new();
        for number in 0..QUESTIONS {
            let mut question = Box::pin(inquiry.verdict(credential(number), pending::<Verdict>));
            assert!((&mut question).now_or_never().is_none());
            waiting.push(question);
        }
        let beyond = || inquiry.verdict(credential(QUESTIONS), || ready(Err(UNKNOWN)));
        assert!(matches!(
            beyond().await,
            Err(VerifyError::Unavailable { retry_after: PAUSE })
        ));
        // A place that nobody needs any more is another's.
        waiting.pop();
        assert!(matches!(beyond().await, Err(VerifyError::Invalid(_))));
        assert_eq!(locked(&inquiry.under_way).len(), waiting.len());
    }

    #[tokio::test]
    async fn a_refusal_is_believed_for_a_moment_and_only_the_latest_are() {
        let inquiry = inquiry();
        let asked = AtomicUsize::new(0);
        let ask = || {
            asked.fetch_add(1, Ordering::Relaxed);
            ready(Err(UNKNOWN))
        };
        for number in 0..REFUSALS {
            inquiry.verdict(credential(number), ask).await.unwrap_err();
            inquiry.verdict(credential(0), ask).await.unwrap_err();
        }
        assert_eq!(asked.load(Ordering::Relaxed), REFUSALS);
        inquiry
            .verdict(credential(REFUSALS), ask)
            .await
            .unwrap_err();
        inquiry.verdict(credential(0), ask).await.unwrap_err();
        assert_eq!(asked.load(Ordering::Relaxed), REFUSALS + 2);
        let refusals = locked(inquiry.refusals.as_ref().unwrap());
        assert_eq!(
            (refusals.errors.len(), refusals.order.len()),
            (REFUSALS, REFUSALS)
        );
    }

    #[tokio::test]
    async fn that_nobody_could_tell_is_asked_again() {
        let inquiry = inquiry();
        let retry_after = Duration::from_secs(7);
        let unavailable = || ready(Err(VerifyError::Unavailable { retry_after }));
        inquiry
            .verdict(credential(1), unavailable)
            .await
            .unwrap_err();
        let session = Session::for_test("ada").build();
        let verdict = inquiry.verdict(credential(1), || ready(Ok(session))).await;
        assert_eq!(verdict.unwrap().user_id(), "ada");
    }
}
