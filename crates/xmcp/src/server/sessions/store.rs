//! All transport sessions of this process.
//!
//! 1. A session is found by its id and by the caller who made it, and by nothing less.
//! 2. There are only so many. When one more is wanted, the one that has been idle longest makes room, if it has been for a while: its
//!    client begins another, as the specification tells it to. Else the server is busy. Before that, a caller who has more
//!    than half of them makes room for others, so that nobody can keep everybody else out.
//! 3. One that nobody uses ends after a while.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::time::sleep;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    replay::Replay,
    session::{Opening, TransportSession},
};
use crate::server::{
    caller::Caller,
    changes::Changes,
    owner::Owner,
    places::{self, Place, Places},
    random_id::RandomId,
};

/// How long a session is safe from making room for another.
const SAFE: Duration = Duration::from_secs(60);

/// The sessions by their ids.
pub(crate) struct SessionStore {
    sessions: Mutex<HashMap<RandomId, Arc<TransportSession>>>,
    most: usize,
    idle: Duration,
    is_swept: AtomicBool,
    replay: Replay,
    /// Room for requests at work. They do not end with their connections, so connections do not bound their number.
    work: Places,
}

/// Why there is no new session.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Full;

impl SessionStore {
    /// At most `most` sessions, each until it has been idle for `idle`, and at most `work` requests of theirs at work.
    pub(crate) fn new(most: usize, idle: Duration, work: usize) -> Self {
        Self {
            sessions: Mutex::default(),
            most,
            idle,
            is_swept: AtomicBool::new(false),
            replay: Replay::default(),
            work: Places::new(work),
        }
    }

    /// A new session.
    pub(crate) fn open(
        &self,
        opening: Opening,
        changes: &Changes,
    ) -> Result<Arc<TransportSession>, Full> {
        let id = RandomId::new().ok_or(Full)?;
        let session = TransportSession::open(id.clone(), opening, changes, &self.replay);
        let session = Arc::new(session);
        let displaced = {
            let mut sessions = self.sessions();
            let displaced = if sessions.len() < self.most {
                None
            } else {
                let displaced = greedy(&sessions, session.opening.caller)
                    .or_else(|| displaced(&sessions, self.idle.min(SAFE)));
                Some(displaced.ok_or(Full)?)
            };
            let displaced = displaced.and_then(|id| sessions.remove(&id));
            sessions.insert(id, Arc::clone(&session));
            displaced
        };
        if let Some(displaced) = displaced {
            tracing::info!(
                "ended the longest idle session to make room: [http.limits] sessions is reached"
            );
            displaced.end();
        }
        Ok(session)
    }

    /// The session of this id, if it is this caller's. It counts as used now.
    pub(crate) fn find(&self, id: &str, owner: &Owner) -> Option<Arc<TransportSession>> {
        let session = self.sessions().get(id).cloned()?;
        if session.opening.owner != *owner {
            return None;
        }
        if session.idle() >= self.idle {
            self.end(&session);
            return None;
        }
        session.touch();
        Some(session)
    }

    /// Room for one more request of this caller's at work.
    pub(super) fn work(&self, caller: Option<Caller>) -> Result<Place, places::Full> {
        self.work.take(caller)
    }

    /// Ends a session.
    pub(crate) fn end(&self, session: &TransportSession) {
        self.sessions().remove(&session.id);
        session.end();
    }

    /// Ends what is idle for too long, as long as there are sessions, in one task that ends with `closing`.
    pub(crate) fn sweep(self: &Arc<Self>, tasks: &TaskTracker, closing: CancellationToken) {
        if self.is_swept.swap(true, Ordering::SeqCst) {
            return;
        }
        let (store, period) = (
            Arc::downgrade(self),
            (self.idle / 2).max(Duration::from_secs(1)),
        );
        tasks.spawn(closing.run_until_cancelled_owned(async move {
            loop {
                sleep(period).await;
                // A server that nobody holds any more has nothing to sweep.
                let Some(store) = store.upgrade() else { return };
                if !store.end_idle() {
                    return;
                }
            }
        }));
    }

    /// Ends what is idle for too long. Answers whether anything is left to look after.
    fn end_idle(&self) -> bool {
        let mut sessions = self.sessions();
        let idle: Vec<_> = sessions
            .extract_if(|_, session| session.idle() >= self.idle)
            .collect();
        let is_left = !sessions.is_empty();
        // Within the lock, so that a session which is opened now finds out that nobody sweeps any more.
        self.is_swept.store(is_left, Ordering::SeqCst);
        drop(sessions);
        for (_, session) in idle {
            session.end();
        }
        is_left
    }

    fn sessions(&self) -> MutexGuard<'_, HashMap<RandomId, Arc<TransportSession>>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The longest idle session of the caller who has more than half of all, unless that is who wants another, or strangers who cannot
/// be told apart.
fn greedy(
    sessions: &HashMap<RandomId, Arc<TransportSession>>,
    caller: Option<Caller>,
) -> Option<RandomId> {
    let mut counts = HashMap::new();
    for caller in sessions
        .values()
        .filter_map(|session| session.opening.caller)
    {
        *counts.entry(caller).or_insert(0_usize) += 1;
    }
    let (greedy, _) = counts
        .into_iter()
        .find(|(_, count)| *count > sessions.len() / 2)?;
    if Some(greedy) == caller {
        return None;
    }
    let theirs = sessions
        .values()
        .filter(|session| session.opening.caller == Some(greedy));
    let (_, session) = theirs
        .map(|session| (session.idle(), session))
        .max_by_key(|(idle, _)| *idle)?;
    Some(session.id.clone())
}

/// The session that has been idle longest, if that is for `least`.
fn displaced(
    sessions: &HashMap<RandomId, Arc<TransportSession>>,
    least: Duration,
) -> Option<RandomId> {
    let idle = sessions.values().map(|session| (session.idle(), session));
    let (idle, session) = idle.max_by_key(|(idle, _)| *idle)?;
    (idle >= least).then(|| session.id.clone())
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use tokio::time::advance;
    use xmcp_auth::Session;

    use super::*;
    use crate::server::caller::Callers;

    const IDLE: Duration = Duration::from_secs(300);

    fn owner(user: &str) -> Owner {
        Owner::of(Some(&Session::for_test(user).build()))
    }

    fn caller(user: &str) -> Caller {
        static CALLERS: LazyLock<Callers> = LazyLock::new(Callers::default);
        CALLERS.verified(&Session::for_test(user).build())
    }

    fn open(store: &SessionStore, user: &str) -> Result<Arc<TransportSession>, Full> {
        let opening = Opening {
            owner: owner(user),
            caller: Some(caller(user)),
            version: "2025-11-25",
            client: None,
            capabilities: Arc::default(),
        };
        store.open(opening, &Changes::in_memory())
    }

    fn is_there(store: &SessionStore, session: &TransportSession) -> bool {
        store
            .find(session.id.as_str(), &session.opening.owner)
            .is_some()
    }

    #[tokio::test]
    async fn a_session_is_its_makers_alone() {
        let store = SessionStore::new(2, IDLE, 2);
        let session = open(&store, "ada").unwrap();
        let id = session.id.as_str();
        assert!(store.find(id, &owner("ada")).is_some());
        assert!(store.find(id, &owner("bob")).is_none());
        assert!(store.find(id, &Owner::of(None)).is_none());
        assert!(store.find("unknown", &owner("ada")).is_none());
        store.end(&session);
        assert!(store.find(id, &owner("ada")).is_none());
        assert!(session.ended.is_cancelled());
    }

    #[tokio::test(start_paused = true)]
    async fn what_nobody_uses_ends() {
        let store = SessionStore::new(2, IDLE, 2);
        let (idle, used) = (open(&store, "ada").unwrap(), open(&store, "ada").unwrap());
        advance(IDLE - Duration::from_secs(1)).await;
        assert!(is_there(&store, &used));
        advance(Duration::from_secs(1)).await;
        assert!(!is_there(&store, &idle) && idle.ended.is_cancelled());
        assert!(is_there(&store, &used));
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_at_work_and_a_stream_that_is_read_are_use() {
        let store = SessionStore::new(2, IDLE, 2);
        let (working, listening) = (open(&store, "ada").unwrap(), open(&store, "ada").unwrap());
        let started = working.running.start("1".into(), &working.ended);
        let ticket = listening
            .streams
            .read(super::super::streams::STANDALONE, true)
            .unwrap();
        advance(2 * IDLE).await;
        assert!(is_there(&store, &working) && is_there(&store, &listening));
        drop(started);
        listening.streams.leave(ticket);
        advance(IDLE).await;
        assert!(!is_there(&store, &working) && !is_there(&store, &listening));
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_store_lets_the_longest_idle_go_but_none_that_was_used_a_moment_ago() {
        let store = SessionStore::new(2, IDLE, 2);
        let (old, older) = (open(&store, "ada").unwrap(), open(&store, "cid").unwrap());
        assert_eq!(open(&store, "bob").err(), Some(Full));
        advance(SAFE).await;
        assert!(is_there(&store, &old));
        let new = open(&store, "bob").unwrap();
        assert!(is_there(&store, &old) && is_there(&store, &new) && !is_there(&store, &older));
        assert!(older.ended.is_cancelled());
    }

    #[tokio::test(start_paused = true)]
    async fn who_has_most_of_the_sessions_makes_room_for_others_and_not_for_more_of_their_own() {
        let store = SessionStore::new(3, IDLE, 2);
        let eves = [(); 3].map(|()| open(&store, "eve").unwrap());
        advance(Duration::from_secs(1)).await;
        assert!(is_there(&store, &eves[0]) && is_there(&store, &eves[2]));
        assert_eq!(open(&store, "eve").err(), Some(Full));
        let ada = open(&store, "ada").unwrap();
        assert!(is_there(&store, &ada) && !is_there(&store, &eves[1]));
        let bob = open(&store, "bob").unwrap();
        assert_eq!(open(&store, "cid").err(), Some(Full), "nobody has too many");
        assert!(is_there(&store, &ada) && is_there(&store, &bob));
    }

    #[tokio::test(start_paused = true)]
    async fn strangers_who_cannot_be_told_apart_are_not_one_caller() {
        let store = SessionStore::new(2, IDLE, 2);
        let opening = |owner| Opening {
            owner,
            caller: None,
            version: "2025-11-25",
            client: None,
            capabilities: Arc::default(),
        };
        let changes = Changes::in_memory();
        for _ in 0..2 {
            store.open(opening(Owner::of(None)), &changes).unwrap();
        }
        assert_eq!(open(&store, "ada").err(), Some(Full));
    }

    #[tokio::test(start_paused = true)]
    async fn idle_sessions_are_swept_and_the_sweeper_ends_with_the_last() {
        let store = Arc::new(SessionStore::new(2, IDLE, 2));
        let tasks = TaskTracker::new();
        let session = open(&store, "ada").unwrap();
        store.sweep(&tasks, CancellationToken::new());
        store.sweep(&tasks, CancellationToken::new());
        assert_eq!(tasks.len(), 1);
        tasks.close();
        tasks.wait().await;
        assert!(session.ended.is_cancelled());
        assert!(store.sessions().is_empty());
    }
}
