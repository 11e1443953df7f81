//! Spans of requests under the framework's log: every line that is logged for a request has its id, and no other line has it.

use std::{
    collections::HashSet,
    convert::Infallible,
    future::Future,
    io,
    sync::{Mutex, PoisonError},
    task::{Context, Poll},
};

use tower::{Layer, Service, ServiceExt, service_fn};
use tracing::{
    Instrument, Metadata, Subscriber,
    callsite::Identifier,
    subscriber::{DefaultGuard, Interest},
};
use tracing_subscriber::{
    Layer as LogLayer,
    filter::{LevelFilter, Targets},
    fmt,
    layer::{self, SubscriberExt},
    registry,
};

use super::*;
use crate::http::{OpensRequests, request_id::RequestIdLayer};

/// What has been logged.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Lines {
    fn taken(&self) -> Vec<String> {
        let mut bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let text = String::from_utf8(std::mem::take(&mut bytes)).unwrap();
        text.lines().map(|line| line.trim().to_owned()).collect()
    }

    fn log(&self) -> impl Subscriber + Send + Sync + use<> {
        let lines = self.clone();
        let layer = fmt::layer()
            .with_writer(move || lines.clone())
            .with_ansi(false)
            .without_time()
            .with_level(false)
            .with_target(false);
        registry().with(layer)
    }

    /// The framework's log, while the guard is there.
    fn framework(&self) -> DefaultGuard {
        tracing::subscriber::set_default(OpensRequests::around(self.log()))
    }
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Logs when it is dropped.
struct Last;

impl Drop for Last {
    fn drop(&mut self) {
        tracing::info!("dropped");
    }
}

fn request(id: &str) -> Request {
    let request = Request::builder().header("x-request-id", id);
    request.body(Body::empty()).unwrap()
}

/// The answer of a service that does this with a request of this id.
fn named<F>(id: &str, work: F) -> impl Future<Output = ()> + use<F>
where
    F: Future<Output = ()>,
{
    let mut work = Some(work);
    let service = RequestIdLayer.layer(service_fn(move |_: Request| {
        let work = work.take().expect("it is called once");
        async move {
            work.await;
            Ok::<_, Infallible>(Response::new(Body::empty()))
        }
    }));
    let answer = service.oneshot(request(id));
    async move { drop(answer.await) }
}

#[tokio::test]
async fn requests_that_take_turns_keep_their_ids_to_themselves() {
    let lines = Lines::default();
    let _log = lines.framework();
    let work = |name: &'static str, is_early: bool| async move {
        if is_early {
            tracing::info!("{name} begins");
        }
        tokio::task::yield_now().await;
        tracing::info!("{name} goes on");
        tokio::task::yield_now().await;
        tracing::info!("{name} ends");
    };
    tokio::join!(
        biased;
        named("a", work("a", true)),
        named("b", work("b", false)),
        async { tracing::info!("nobody's") },
        named("c", async {}),
    );
    tracing::info!("nobody's");
    assert_eq!(
        lines.taken(),
        [
            "request{id=a}: a begins",
            "nobody's",
            "request{id=a}: a goes on",
            "request{id=b}: b goes on",
            "request{id=a}: a ends",
            "request{id=b}: b ends",
            "nobody's",
        ]
    );
}

#[tokio::test]
async fn what_a_request_starts_has_its_id_when_it_takes_the_span_along() {
    let lines = Lines::default();
    let _log = lines.framework();
    let work = async {
        let instrumented = async { tracing::info!("instrumented") }.in_current_span();
        let inner = async { tracing::info!("within") }.instrument(tracing::info_span!("mine"));
        tokio::join!(instrumented, inner);
        let late = async {
            tokio::task::yield_now().await;
            tracing::info!("late");
        };
        drop(tokio::spawn(late.in_current_span()));
    };
    named("a", work).await;
    tokio::task::yield_now().await;
    tokio::task::yield_now().await;
    assert_eq!(
        lines.taken(),
        [
            "request{id=a}: instrumented",
            "request{id=a}:mine: within",
            "request{id=a}: late",
        ]
    );
}

#[tokio::test]
async fn a_request_within_a_request_leaves_the_outer_ones_span_as_it_was() {
    let lines = Lines::default();
    let _log = lines.framework();
    let work = async {
        named("inner", async {
            tokio::task::yield_now().await;
            tracing::info!("within");
        })
        .await;
        tracing::info!("after");
    };
    named("outer", work).await;
    assert_eq!(
        lines.taken(),
        [
            "request{id=outer}:request{id=inner}: within",
            "request{id=outer}: after",
        ]
    );
}

#[tokio::test]
async fn a_panic_leaves_the_span() {
    let lines = Lines::default();
    let _log = lines.framework();
    for is_logged in [true, false] {
        let work = async move {
            if is_logged {
                tracing::info!("before");
            }
            std::panic::resume_unwind(Box::new("on purpose"));
        };
        let caught =
            futures_util::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(named("a", work)));
        assert!(caught.await.is_err());
        tracing::info!("nobody's");
    }
    assert_eq!(
        lines.taken(),
        ["request{id=a}: before", "nobody's", "nobody's"]
    );
}

/// A service of which the future holds something for as long as it is there, as those of users' layers may.
#[derive(Clone)]
struct Holds;

struct Holding(Last, bool);

impl Service<Request> for Holds {
    type Response = Response;
    type Error = Infallible;
    type Future = Holding;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Holding {
        Holding(Last, request.headers().contains_key("waits"))
    }
}

impl Future for Holding {
    type Output = Result<Response, Infallible>;

    fn poll(self: std::pin::Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        match self.1 {
            true => Poll::Pending,
            false => Poll::Ready(Ok(Response::new(Body::empty()))),
        }
    }
}

#[tokio::test]
async fn what_a_request_lets_go_at_its_end_has_its_id() {
    let lines = Lines::default();
    let _log = lines.framework();
    let service = RequestIdLayer.layer(Holds);
    service.clone().oneshot(request("answered")).await.unwrap();
    let mut waiting = request("given-up");
    waiting.headers_mut().insert("waits", "1".parse().unwrap());
    let given_up = service.oneshot(waiting);
    assert!(futures_util::FutureExt::now_or_never(given_up).is_none());
    assert_eq!(
        lines.taken(),
        [
            "request{id=answered}: dropped",
            "request{id=given-up}: dropped",
        ]
    );
}

#[tokio::test]
async fn a_span_stays_with_the_log_that_opened_it() {
    let (ours, theirs) = (Lines::default(), Lines::default());
    let _log = ours.framework();
    // Each log counts its spans by itself, so that an id of one may be another's span in the other.
    let outside = tracing::info_span!("outside");
    let mut nested = Box::pin(named("nested", async {
        tracing::info!("begins");
        let _last = Last;
        std::future::pending::<()>().await;
    }));
    let other = tracing::Dispatch::new(theirs.log());
    tracing::dispatcher::with_default(&other, || {
        let poll = nested
            .as_mut()
            .poll(&mut Context::from_waker(std::task::Waker::noop()));
        assert!(poll.is_pending());
    });
    outside.in_scope(|| {
        drop(nested);
        tracing::info!("after");
    });
    tracing::info!("nobody's");
    assert_eq!(theirs.taken(), ["request{id=nested}: begins"]);
    assert_eq!(
        ours.taken(),
        ["outside: dropped", "outside: after", "nobody's"]
    );

    // A log that a handler sets and leaves behind takes no span of ours.
    named("a", async {
        tracing::info!("ours");
        tracing::dispatcher::with_default(&other, || tracing::info!("theirs"));
        tracing::info!("ours again");
    })
    .await;
    assert_eq!(
        ours.taken(),
        ["request{id=a}: ours", "request{id=a}: ours again"]
    );
    assert_eq!(theirs.taken(), ["theirs"]);
}

/// Lets through what was made known to it, as filters do that work out once what they make of a span.
#[derive(Default)]
struct Known(Mutex<HashSet<Identifier>>);

impl<S: Subscriber> LogLayer<S> for Known {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        self.0.lock().unwrap().insert(metadata.callsite());
        Interest::sometimes()
    }

    fn enabled(&self, metadata: &Metadata<'_>, _: layer::Context<'_, S>) -> bool {
        self.0.lock().unwrap().contains(&metadata.callsite())
    }
}

#[tokio::test]
async fn a_log_of_the_programs_own_knows_of_the_span_before_it_is_opened() {
    let lines = Lines::default();
    let _log = tracing::subscriber::set_default(lines.log().with(Known::default()));
    named("a", async { tracing::info!("within") }).await;
    assert_eq!(lines.taken(), ["request{id=a}: within"]);
}

#[tokio::test]
async fn a_filter_that_hides_the_span_hides_no_line() {
    let lines = Lines::default();
    let filter = Targets::new()
        .with_default(tracing::Level::INFO)
        .with_target("xmcp::http::request_span", LevelFilter::OFF);
    let _log = tracing::subscriber::set_default(OpensRequests::around(lines.log().with(filter)));
    let work = async {
        tracing::info!("seen");
        let span = tracing::info_span!("mine");
        span.in_scope(|| tracing::info!("within"));
    };
    named("a", work).await;
    assert_eq!(lines.taken(), ["seen", "mine: within"]);
}
