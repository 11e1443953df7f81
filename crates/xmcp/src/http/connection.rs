//! One connection and what it may cost: a client that is slow in any way the protocol lets it be slow is let go.
//!
//! 1. A request's head is complete within `header_timeout` of its first byte, the first one's of the connection's start. hyper's own
//!    timer is not used: it also runs while a connection is idle, and makes a timer per request.
//! 2. A connection without a request in progress is closed after `idle_timeout`.
//! 3. A client takes what is written to it: nothing taken for `body_timeout` ends the connection. On HTTP/2 that goes for each
//!    answer by itself, since a client can hold one back and take the others. An answer goes out in pieces, since hyper takes what
//!    it is given as soon as there is room for one byte of it, and nobody would know any more who waits for whom.
//! 4. Bodies are bounded where they are read, in [`super::body`].
//! 5. An answer that leaves before its request was read says that the connection ends, see [`super::request_body`].
//! 6. At shutdown a connection finishes the requests it has and takes no more; one without requests ends at once.
//! 7. When a successor has the socket it ends with its next answer, see [`super::handover`].
//! 8. A client that is gone while its request waits takes the request with it. hyper would find out by reading ahead of each answer, for
//!    which it needs another buffer while the request's own is in use; here the socket is looked at once the request waits. Who only
//!    ends its own side and has its answer at once gets it.
//!
//! A request carries the address of its peer, for limits.
//!
//! The times are kept in [`super::activity`].

use std::{
    cell::RefCell,
    convert::Infallible,
    future::{Future, poll_fn},
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::{
        Arc,
        atomic::{
            AtomicBool,
            Ordering::{Acquire, Release},
        },
    },
    task::{Context, Poll, Wake, Waker, ready},
    time::Duration,
};

use axum::{
    body::{Body, HttpBody},
    http::{Request, Response},
};
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use hyper::body::Incoming;
use hyper_util::{rt::TokioIo, server::conn::auto};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    task::coop::unconstrained,
    time::{Instant, sleep_until},
};

use super::{
    Arrival,
    activity::{Activity, InProgress, Times},
    handover::Ends,
    request_body::{self, RequestBody},
    serve::Tasks,
    site::{Answering, Site},
};

/// What of an answer is given to hyper at a time.
const PIECE: usize = 64 * 1024;
/// The same for one of an HTTP/2 connection's answers: a frame of the size that every client takes.
const PIECE_OF_ONE_OF_MANY: usize = 16 * 1024;
/// An answer that is given to the system in one piece.
const SHORT: usize = 1024;

/// Serves the `stream` to a peer until the client or a limit ends it. Either of the `ends` starts its graceful end.
pub(super) async fn serve(
    (stream, peer): (TcpStream, SocketAddr),
    site: Site,
    builder: auto::Builder<Tasks>,
    times: Times,
    ends: Ends,
) {
    let Ends { handover, shutdown } = ends;
    let activity = Arc::new(Activity::new(handover.clone()));
    let io = TokioIo::new(Watched {
        stream,
        activity: Arc::clone(&activity),
        together: Vec::new(),
        sends_on: false,
    });
    let service = Counting {
        site: RefCell::new(site),
        peer,
        activity: Arc::clone(&activity),
    };
    let mut connection = pin!(builder.serve_connection(io, service));
    let mut stopped = pin!(shutdown.cancelled());
    let mut bell: Option<Arc<Bell>> = None;
    let waker = Waker::from(Arc::clone(&activity));
    let mut timer = pin!(sleep_until(activity.deadline(&times)));
    let (mut is_told, mut is_told_to_leave, mut is_armed) = (false, false, false);
    poll_fn(|task| {
        activity.alarm().wakes(task.waker());
        let context = &mut Context::from_waker(&waker);
        if let Poll::Ready(end) = connection.as_mut().poll(context) {
            if let Err(error) = end {
                tracing::debug!(error, "a connection ended early");
            }
            return Poll::Ready(());
        }
        // Once it was polled it wakes this task, whose waker stays the same.
        let bell = bell.get_or_insert_with(|| {
            let bell = Bell::of(context.waker());
            let waker = Waker::from(Arc::clone(&bell));
            if stopped
                .as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_ready()
            {
                bell.ring();
            }
            bell
        });
        if handover.has_begun() && !is_told_to_leave && activity.is_multiplexed() {
            is_told_to_leave = true;
            connection.as_mut().graceful_shutdown();
            if connection.as_mut().poll(context).is_ready() {
                return Poll::Ready(());
            }
        }
        if !is_told && bell.has_rung() {
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
                is_armed = false;
            }
            // The same goes for the timer, until it fires or is set anew.
            if is_armed && !timer.is_elapsed() {
                return Poll::Pending;
            }
            is_armed = true;
            // However much this turn has done: a timer that tokio puts off would never be set.
            ready!(pin!(unconstrained(timer.as_mut())).poll(context));
            if activity.is_over(&times) {
                tracing::debug!(
                    why = activity.phase(),
                    "closed a connection that made no progress"
                );
                return Poll::Ready(());
            }
            timer
                .as_mut()
                .reset(deadline.max(Instant::now() + Duration::from_millis(1)));
            is_armed = false;
        }
    })
    .await;
}

/// Wakes a task, which then knows who did: to ask a token whether it is cancelled takes its lock.
struct Bell {
    task: Waker,
    has_rung: AtomicBool,
}

impl Bell {
    fn of(task: &Waker) -> Arc<Self> {
        Arc::new(Self {
            task: task.clone(),
            has_rung: AtomicBool::new(false),
        })
    }

    fn ring(&self) {
        self.has_rung.store(true, Release);
    }

    fn has_rung(&self) -> bool {
        self.has_rung.load(Acquire)
    }
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.ring();
        self.task.wake_by_ref();
    }
}

/// The site, with its requests counted.
struct Counting {
    /// It is called by one request at a time.
    site: RefCell<Site>,
    peer: SocketAddr,
    activity: Arc<Activity>,
}

impl hyper::service::Service<Request<Incoming>> for Counting {
    type Response = Response<CountedBody>;
    type Error = Infallible;
    type Future = CountingFuture;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let version = request.version();
        let in_progress = self.activity.begin(version);
        let request = request
            .map(|body| Arrival::new(RequestBody::new(body, version, &self.activity), self.peer));
        CountingFuture {
            answer: self.site.borrow_mut().answer(request),
            in_progress: Some(in_progress),
        }
    }
}

struct CountingFuture {
    answer: Answering,
    in_progress: Option<InProgress>,
}

impl Future for CountingFuture {
    type Output = Result<Response<CountedBody>, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.get_mut();
        let Ok(mut answer) = ready!(this.answer.as_mut().poll(context));
        let in_progress = this.in_progress.take();
        if let Some(in_progress) = &in_progress {
            if in_progress.is_last() {
                request_body::announce_end(answer.headers_mut());
            }
            in_progress.waits_for_client();
        }
        Poll::Ready(Ok(answer.map(|body| CountedBody {
            body,
            rest: Bytes::new(),
            in_progress,
        })))
    }
}

/// The body of an answer; its request is in progress until this is dropped.
struct CountedBody {
    body: Body,
    /// What the body has given and hyper has not been given yet.
    rest: Bytes,
    in_progress: Option<InProgress>,
}

impl CountedBody {
    /// The next of what the body has given, as much of it as hyper gets at a time.
    fn piece(&mut self) -> Frame<Bytes> {
        let is_one_of_many = self
            .in_progress
            .as_ref()
            .is_some_and(InProgress::is_one_of_many);
        let most = if is_one_of_many {
            PIECE_OF_ONE_OF_MANY
        } else {
            PIECE
        };
        let length = self.rest.len().min(most);
        Frame::data(self.rest.split_to(length))
    }
}

impl HttpBody for CountedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        if !this.rest.is_empty() {
            let piece = this.piece();
            if let Some(in_progress) = &this.in_progress {
                in_progress.waits_for_client();
            }
            return Poll::Ready(Some(Ok(piece)));
        }
        let poll = Pin::new(&mut this.body).poll_frame(context);
        if let Some(in_progress) = &this.in_progress {
            match poll {
                Poll::Pending => in_progress.waits_for_us(),
                Poll::Ready(_) => in_progress.waits_for_client(),
            }
        }
        poll.map_ok(|frame| match frame.into_data() {
            Ok(data) => {
                this.rest = data;
                this.piece()
            }
            Err(frame) => frame,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = self.body.size_hint();
        let rest = self.rest.len() as u64;
        if let Some(upper) = hint.upper() {
            hint.set_upper(upper.saturating_add(rest));
        }
        hint.set_lower(hint.lower().saturating_add(rest));
        hint
    }
}

/// The socket, with its progress noted.
struct Watched {
    stream: TcpStream,
    activity: Arc<Activity>,
    /// Where what is written at a time is put together when it is short.
    together: Vec<u8>,
    /// There is more to read than the request in progress.
    sends_on: bool,
}

impl Watched {
    fn note_write(&self, poll: &Poll<io::Result<usize>>) {
        match poll {
            Poll::Pending => self.activity.has_stalled(),
            Poll::Ready(_) => self.activity.has_written(),
        }
    }

    /// Fails when the client has nothing more to say, and is done listening as far as can be known. If it sends on already, nobody knows
    /// until that is read.
    fn look_after_client(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        if self.sends_on {
            return Ok(());
        }
        let mut byte = [0_u8];
        match self
            .stream
            .poll_peek(context, &mut ReadBuf::new(&mut byte))?
        {
            Poll::Pending => Ok(()),
            Poll::Ready(0) => Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "the client left before its answer",
            )),
            Poll::Ready(_) => {
                self.sends_on = true;
                Ok(())
            }
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
            self.sends_on = false;
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
        let this = &mut *self;
        let stream = Pin::new(&mut this.stream);
        let length: usize = slices.iter().map(|slice| slice.len()).sum();
        // To the system several pieces are more work than one, and more than it is to copy a short answer.
        let poll = if length <= SHORT {
            this.together.clear();
            for slice in slices {
                this.together.extend_from_slice(slice);
            }
            stream.poll_write(context, &this.together)
        } else {
            stream.poll_write_vectored(context, slices)
        };
        self.note_write(&poll);
        poll
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// What hyper does last whenever it is polled, so that a request that is still in progress then waits.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(context))?;
        if self.activity.keeps_client_waiting() {
            self.look_after_client(context)?;
        }
        Poll::Ready(Ok(()))
    }

    /// Says that no more will come, then discards what the client still sends, for a moment at most.
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_shutdown(context))?;
        if self.activity.is_stopping() {
            return Poll::Ready(Ok(()));
        }
        self.activity.close();
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
