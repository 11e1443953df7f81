//! One connection and what it may cost: a client that is slow in any way the protocol lets it be slow is let go.
//!
//! 1. A request's head is complete within `header_timeout` of its first byte, the first one's of the connection's start. hyper's own
//!    timer is not used: it also runs while a connection is idle, and makes a timer per request.
//! 2. A connection without a request in progress is closed after `idle_timeout`.
//! 3. A client takes what is written to it: nothing taken for `body_timeout` ends the connection. On HTTP/2 that goes for each
//!    answer by itself, since a client can hold one back and take the others.
//! 4. Bodies are bounded where they are read, in [`super::body`].
//! 5. At shutdown a connection finishes the requests it has and takes no more; one without requests ends at once.
//!
//! What a connection does is noted in [`Activity`] as it happens; the task looks at the clock only when its timer fires or comes too
//! late, so that a busy connection pays a few atomic stores per request.

use std::{
    convert::Infallible,
    future::{Future, poll_fn},
    io,
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, HttpBody},
    http::{Request, Response, Version},
    routing::future::RouteFuture,
};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use hyper_util::{rt::TokioIo, server::conn::auto};
use pin_project_lite::pin_project;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;
use tower::Service as _;
use xmcp_config::HttpLimits;

use super::serve::Tasks;

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

/// Serves `stream` until the client or a limit ends it. `stopping` starts its graceful end.
pub(super) async fn serve(
    stream: TcpStream,
    router: Router,
    builder: auto::Builder<Tasks>,
    times: Times,
    stopping: CancellationToken,
) {
    let activity = Arc::new(Activity::new());
    let io = TokioIo::new(Watched {
        stream,
        activity: Arc::clone(&activity),
    });
    let service = Counting {
        router,
        activity: Arc::clone(&activity),
    };
    let mut connection = pin!(builder.serve_connection(io, service));
    let mut stopped = pin!(stopping.cancelled());
    let mut timer = pin!(sleep_until(activity.started + times.head));
    let mut is_told = false;
    poll_fn(|context| {
        if let Poll::Ready(end) = connection.as_mut().poll(context) {
            if let Err(error) = end {
                tracing::debug!(error, "a connection ended early");
            }
            return Poll::Ready(());
        }
        if !is_told && stopped.as_mut().poll(context).is_ready() {
            is_told = true;
            activity.stop();
            connection.as_mut().graceful_shutdown();
            if connection.as_mut().poll(context).is_ready() {
                return Poll::Ready(());
            }
        }
        loop {
            let deadline = activity.deadline(&times);
            if deadline < timer.deadline() {
                timer.as_mut().reset(deadline);
            }
            ready!(timer.as_mut().poll(context));
            let is_over = deadline <= Instant::now() && activity.is_bounded();
            if is_over || activity.streams.have_waited(activity.now(), times.stall) {
                tracing::debug!(
                    why = activity.phase(),
                    "closed a connection that made no progress"
                );
                return Poll::Ready(());
            }
            timer
                .as_mut()
                .reset(deadline.max(Instant::now() + Duration::from_millis(1)));
        }
    })
    .await;
}

/// What a connection is doing, and since when. Times are milliseconds since its start.
struct Activity {
    started: Instant,
    requests: AtomicUsize,
    phase: AtomicU8,
    since: AtomicU64,
    /// HTTP/2: bytes between requests are not the start of a request's head.
    is_multiplexed: AtomicBool,
    /// When the client stopped taking bytes, plus one; zero while it takes them.
    stalled: AtomicU64,
    is_stopping: AtomicBool,
    streams: Streams,
}

/// The head of a request is being read.
const HEAD: u8 = 0;
/// The last answer is complete and nothing has come since.
const IDLE: u8 = 1;
/// Everything is written, the client may finish sending.
const CLOSING: u8 = 2;

impl Activity {
    fn new() -> Self {
        Self {
            started: Instant::now(),
            requests: AtomicUsize::new(0),
            phase: AtomicU8::new(HEAD),
            since: AtomicU64::new(0),
            is_multiplexed: AtomicBool::new(false),
            stalled: AtomicU64::new(0),
            is_stopping: AtomicBool::new(false),
            streams: Streams::default(),
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn enter(&self, phase: u8) {
        self.since.store(self.now(), Relaxed);
        self.phase.store(phase, Relaxed);
    }

    fn has_read(&self) {
        let is_idle = self.phase.load(Relaxed) == IDLE && self.requests.load(Relaxed) == 0;
        if is_idle && !self.is_multiplexed.load(Relaxed) {
            self.enter(HEAD);
        }
    }

    fn has_written(&self) {
        self.stalled.store(0, Relaxed);
    }

    fn has_stalled(&self) {
        if self.stalled.load(Relaxed) == 0 {
            self.stalled.store(self.now() + 1, Relaxed);
        }
    }

    fn stop(&self) {
        self.is_stopping.store(true, Relaxed);
        if self.requests.load(Relaxed) == 0 {
            self.enter(CLOSING);
        }
    }

    fn begin(self: &Arc<Self>, version: Version) -> InProgress {
        let is_multiplexed = version == Version::HTTP_2;
        if is_multiplexed {
            self.is_multiplexed.store(true, Relaxed);
        }
        self.requests.fetch_add(1, Relaxed);
        InProgress {
            activity: Arc::clone(self),
            waiting: is_multiplexed.then(|| self.streams.add()),
        }
    }

    fn end(&self) {
        if self.requests.fetch_sub(1, Relaxed) == 1 {
            self.enter(if self.is_stopping.load(Relaxed) {
                CLOSING
            } else {
                IDLE
            });
        }
    }

    /// Whether a deadline means the end, and not just another look.
    fn is_bounded(&self) -> bool {
        self.requests.load(Relaxed) == 0 || self.stalled.load(Relaxed) != 0
    }

    /// When to end the connection, as far as can be said now; while requests are in progress, when to look again.
    fn deadline(&self, times: &Times) -> Instant {
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
            at(self.since.load(Relaxed), time)
        };
        match self.stalled.load(Relaxed) {
            0 => phase,
            stalled => phase.min(at(stalled - 1, times.stall)),
        }
    }

    fn phase(&self) -> &'static str {
        match self.phase.load(Relaxed) {
            _ if self.stalled.load(Relaxed) != 0 => "the client takes no bytes",
            HEAD => "the head of a request did not arrive in time",
            IDLE => "idle",
            _ => "closing",
        }
    }
}

/// A request from its head to the end of its answer.
struct InProgress {
    activity: Arc<Activity>,
    /// On HTTP/2: since when the answer waits for its client, plus one; zero while it does not.
    waiting: Option<Arc<AtomicU64>>,
}

impl InProgress {
    fn waits_for_client(&self) {
        if let Some(waiting) = &self.waiting {
            waiting.store(self.activity.now() + 1, Relaxed);
        }
    }

    fn waits_for_us(&self) {
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

/// The routes, with their requests counted.
struct Counting {
    router: Router,
    activity: Arc<Activity>,
}

impl hyper::service::Service<Request<Incoming>> for Counting {
    type Response = Response<CountedBody>;
    type Error = Infallible;
    type Future = CountingFuture;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let in_progress = self.activity.begin(request.version());
        CountingFuture {
            answer: self.router.clone().call(request),
            in_progress: Some(in_progress),
        }
    }
}

pin_project! {
    struct CountingFuture {
        #[pin]
        answer: RouteFuture<Infallible>,
        in_progress: Option<InProgress>,
    }
}

impl Future for CountingFuture {
    type Output = Result<Response<CountedBody>, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let Ok(answer) = ready!(this.answer.poll(context));
        let in_progress = this.in_progress.take();
        if let Some(in_progress) = &in_progress {
            in_progress.waits_for_client();
        }
        Poll::Ready(Ok(answer.map(|body| CountedBody { body, in_progress })))
    }
}

/// The body of an answer; its request is in progress until this is dropped.
struct CountedBody {
    body: Body,
    in_progress: Option<InProgress>,
}

impl HttpBody for CountedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let poll = Pin::new(&mut self.body).poll_frame(context);
        if let Some(in_progress) = &self.in_progress {
            match poll {
                Poll::Pending => in_progress.waits_for_us(),
                Poll::Ready(_) => in_progress.waits_for_client(),
            }
        }
        poll
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The socket, with its progress noted.
struct Watched {
    stream: TcpStream,
    activity: Arc<Activity>,
}

impl Watched {
    fn note_write(&self, poll: &Poll<io::Result<usize>>) {
        match poll {
            Poll::Pending => self.activity.has_stalled(),
            Poll::Ready(_) => self.activity.has_written(),
        }
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let poll = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.activity.has_read();
        }
        poll
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.note_write(&poll);
        poll
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let poll = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.note_write(&poll);
        poll
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    /// Says that no more will come, then discards what the client still sends, for [`LINGER`] at most.
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_shutdown(context))?;
        if self.activity.is_stopping.load(Relaxed) {
            return Poll::Ready(Ok(()));
        }
        if self.activity.phase.load(Relaxed) != CLOSING {
            self.activity.enter(CLOSING);
        }
        let mut discarded = [0_u8; 4096];
        loop {
            let mut buffer = ReadBuf::new(&mut discarded);
            ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer))?;
            if buffer.filled().is_empty() {
                return Poll::Ready(Ok(()));
            }
        }
    }
}
