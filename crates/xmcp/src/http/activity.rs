//! What a connection does, noted as it happens, and until when it may go on. The rules are those of [`super::connection`]; the clock
//! is looked at once for all that happens while a connection is polled, so that a busy one pays a few atomic stores per request.

use std::{
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    task::Wake,
    time::Duration,
};

use axum::http::Version;
use tokio::time::Instant;
use xmcp_config::HttpLimits;

use super::{alarm::Alarm, handover::Handover};

/// How long a closed connection still takes what its client sends. Closing with bytes unread makes the system discard the answer
/// on its way, and the client would see a broken connection instead of, say, 413.
const LINGER: Duration = Duration::from_secs(1);
/// How long an idle HTTP/2 client has to take note of a shutdown.
const FAREWELL: Duration = Duration::from_millis(500);

/// The times a connection is held to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    head: Duration,
    idle: Duration,
    stall: Duration,
}

impl From<&HttpLimits> for Times {
    fn from(limits: &HttpLimits) -> Self {
        Self {
            head: limits.header_timeout,
            idle: limits.idle_timeout,
            stall: limits.body_timeout,
        }
    }
}

/// What a connection is doing, and since when. Times are milliseconds since its start.
pub(super) struct Activity {
    started: Instant,
    requests: AtomicUsize,
    phase: AtomicU8,
    since: AtomicU64,
    /// HTTP/2: bytes between requests are not the start of a request's head.
    is_multiplexed: AtomicBool,
    /// When the client stopped taking bytes, plus one; zero while it takes them.
    stalled: AtomicU64,
    is_stopping: AtomicBool,
    /// HTTP/1: how far the body of the request in progress is.
    body: AtomicU8,
    streams: Streams,
    handover: Handover,
    alarm: Alarm,
}

/// A time that nobody has looked at the clock for: it is the one at which it is first asked for.
const JUST_NOW: u64 = u64::MAX;

/// The body of a request was read to its end, or there is none.
const READ: u8 = 0;
/// Somebody reads it.
const AWAITED: u8 = 1;
/// Nobody will read the rest of it.
const LEFT: u8 = 2;

/// The head of a request is being read.
const HEAD: u8 = 0;
/// The last answer is complete and nothing has come since.
const IDLE: u8 = 1;
/// Everything is written, the client may finish sending.
const CLOSING: u8 = 2;

impl Activity {
    pub(super) fn new(handover: Handover) -> Self {
        Self {
            started: Instant::now(),
            requests: AtomicUsize::new(0),
            phase: AtomicU8::new(HEAD),
            since: AtomicU64::new(0),
            is_multiplexed: AtomicBool::new(false),
            stalled: AtomicU64::new(0),
            is_stopping: AtomicBool::new(false),
            body: AtomicU8::new(READ),
            streams: Streams::default(),
            handover,
            alarm: Alarm::default(),
        }
    }

    pub(super) fn alarm(&self) -> &Alarm {
        &self.alarm
    }

    fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn enter(&self, phase: u8) {
        // What happens while HTTP/1's connection is polled is asked for when it has been; HTTP/2's requests are polled by themselves.
        let since = match self.is_multiplexed() {
            true => self.now(),
            false => JUST_NOW,
        };
        self.since.store(since, Relaxed);
        self.phase.store(phase, Relaxed);
    }

    /// When the phase began.
    fn since(&self) -> u64 {
        let mut since = self.since.load(Relaxed);
        if since == JUST_NOW {
            since = self.now();
            self.since.store(since, Relaxed);
        }
        since
    }

    pub(super) fn has_read(&self) {
        let is_idle = self.phase.load(Relaxed) == IDLE && self.requests.load(Relaxed) == 0;
        if is_idle && !self.is_multiplexed.load(Relaxed) {
            self.enter(HEAD);
        }
    }

    pub(super) fn has_written(&self) {
        self.stalled.store(0, Relaxed);
    }

    pub(super) fn has_stalled(&self) {
        if self.stalled.load(Relaxed) == 0 {
            self.stalled.store(self.now() + 1, Relaxed);
        }
    }

    pub(super) fn stop(&self) {
        self.is_stopping.store(true, Relaxed);
        if self.requests.load(Relaxed) == 0 {
            self.enter(CLOSING);
        }
    }

    pub(super) fn awaits_body(&self) {
        self.body.store(AWAITED, Relaxed);
    }

    pub(super) fn has_body(&self) {
        self.body.store(READ, Relaxed);
    }

    pub(super) fn leaves_body(&self) {
        self.body.store(LEFT, Relaxed);
    }

    /// HTTP/1: whether the client has said what it wants, and now has nothing to do but to wait.
    pub(super) fn keeps_client_waiting(&self) -> bool {
        self.requests.load(Relaxed) > 0
            && !self.is_multiplexed()
            && self.body.load(Relaxed) != AWAITED
    }

    pub(super) fn begin(self: &Arc<Self>, version: Version) -> InProgress {
        let is_multiplexed = version == Version::HTTP_2;
        if is_multiplexed {
            self.is_multiplexed.store(true, Relaxed);
        }
        self.count(1);
        InProgress {
            activity: Arc::clone(self),
            waiting: is_multiplexed.then(|| self.streams.add()),
        }
    }

    /// Counts so many requests more, and returns how many there were.
    fn count(&self, more: isize) -> usize {
        if self.is_multiplexed() {
            return self.requests.fetch_add(more.cast_unsigned(), Relaxed);
        }
        // HTTP/1 has one after the other, and nothing happens to them but while the connection is polled.
        let before = self.requests.load(Relaxed);
        self.requests
            .store(before.wrapping_add_signed(more), Relaxed);
        before
    }

    fn end(&self) {
        if self.count(-1) == 1 {
            self.enter(if self.is_stopping.load(Relaxed) {
                CLOSING
            } else {
                IDLE
            });
        }
    }

    /// Nothing more will be written; the client may finish sending.
    pub(super) fn close(&self) {
        if self.phase.load(Relaxed) != CLOSING {
            self.enter(CLOSING);
        }
    }

    pub(super) fn is_multiplexed(&self) -> bool {
        self.is_multiplexed.load(Relaxed)
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.is_stopping.load(Relaxed)
    }

    /// Whether the time is up. The deadline alone does not say: while requests are in progress it is only when to look again.
    pub(super) fn is_over(&self, times: &Times) -> bool {
        let is_bounded = self.requests.load(Relaxed) == 0 || self.stalled.load(Relaxed) != 0;
        (is_bounded && self.deadline(times) <= Instant::now())
            || self.streams.have_waited(self.now(), times.stall)
    }

    /// When to end the connection, as far as can be said now; while requests are in progress, when to look again.
    pub(super) fn deadline(&self, times: &Times) -> Instant {
        let at = |since: u64, time: Duration| self.started + Duration::from_millis(since) + time;
        let phase = if self.requests.load(Relaxed) > 0 {
            Instant::now() + times.head
        } else {
            let time = match self.phase.load(Relaxed) {
                HEAD => times.head,
                IDLE => times.idle,
                _ if self.is_stopping.load(Relaxed) => FAREWELL,
                _ => LINGER,
            };
            at(self.since(), time)
        };
        match self.stalled.load(Relaxed) {
            0 => phase,
            stalled => phase.min(at(stalled - 1, times.stall)),
        }
    }

    pub(super) fn phase(&self) -> &'static str {
        match self.phase.load(Relaxed) {
            _ if self.requests.load(Relaxed) > 0 => "the client does not take its answer",
            HEAD => "the head of a request did not arrive in time",
            IDLE => "idle",
            _ => "closing",
        }
    }
}

impl Wake for Activity {
    fn wake(self: Arc<Self>) {
        self.alarm.ring();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.alarm.ring();
    }
}

/// A request from its head to the end of its answer.
pub(super) struct InProgress {
    activity: Arc<Activity>,
    /// On HTTP/2: since when the answer waits for its client, plus one; zero while it does not.
    waiting: Option<Arc<AtomicU64>>,
}

impl InProgress {
    /// Whether its answer shares the connection with others.
    pub(super) fn is_one_of_many(&self) -> bool {
        self.waiting.is_some()
    }

    /// Whether no further request is taken on its connection: its own body has not been read to its end, or a successor takes them.
    pub(super) fn is_last(&self) -> bool {
        self.activity.body.load(Relaxed) != READ
            || (self.activity.handover.has_begun() && !self.is_one_of_many())
    }

    pub(super) fn waits_for_client(&self) {
        if let Some(waiting) = &self.waiting {
            waiting.store(self.activity.now() + 1, Relaxed);
        }
    }

    pub(super) fn waits_for_us(&self) {
        if let Some(waiting) = &self.waiting {
            waiting.store(0, Relaxed);
        }
    }
}

impl Drop for InProgress {
    fn drop(&mut self) {
        self.activity.end();
    }
}

/// The answers in progress on an HTTP/2 connection. There hyper comes for the next piece of a body when the client has room for
/// it, so a piece that nobody comes for is one that the client does not take.
#[derive(Default)]
struct Streams(Mutex<Vec<Weak<AtomicU64>>>);

impl Streams {
    fn add(&self) -> Arc<AtomicU64> {
        let waiting = Arc::new(AtomicU64::new(0));
        let mut streams = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if streams.len() == streams.capacity() {
            streams.retain(|stream| stream.strong_count() > 0);
        }
        streams.push(Arc::downgrade(&waiting));
        waiting
    }

    fn have_waited(&self, now: u64, time: Duration) -> bool {
        let mut streams = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        streams.retain(|stream| stream.strong_count() > 0);
        streams
            .iter()
            .filter_map(Weak::upgrade)
            .any(|waiting| match waiting.load(Relaxed) {
                0 => false,
                since => Duration::from_millis(now.saturating_sub(since - 1)) >= time,
            })
    }
}
