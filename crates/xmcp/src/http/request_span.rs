//! The span of a request, opened when somebody looks and not before: it costs a tenth of what a greeting does, and nobody sees it unless a
//! line is logged in it.
//!
//! 1. While a request is called or polled, its id is known to the thread, as tracing's own current span is.
//! 2. The framework's log, [`OpensRequests`], opens the span when a line is logged there, when another span is made there, or when the
//!    current one is asked for. From then on it is entered and left like any span.
//! 3. Under a log of the program's own, which may want to see every request, the span is opened at once.

use std::{cell::RefCell, mem, sync::OnceLock};

use tracing::{
    Event, Level, Metadata, Subscriber,
    callsite::DefaultCallsite,
    dispatcher::{Dispatch, WeakDispatch, get_default},
    field::{Value, display},
    level_filters::LevelFilter,
    metadata::Kind,
    span::{Attributes, Id, Record},
    subscriber::Interest,
};
use tracing_core::span::Current;

use super::RequestId;

static CALLSITE: DefaultCallsite = DefaultCallsite::new(&METADATA);
/// At the level of errors, because a filter that hides the span would hide the id of the lines it lets through.
static METADATA: Metadata<'static> = tracing::metadata! {
    name: "request",
    target: module_path!(),
    level: Level::ERROR,
    fields: &["id"],
    callsite: &CALLSITE,
    kind: Kind::SPAN,
};

thread_local! {
    /// The request that is polled on this thread, for as long as it is.
    static CURRENT: RefCell<State> = const { RefCell::new(State::None) };
}

/// How far a request's span is.
#[derive(Default)]
enum State {
    #[default]
    None,
    Named(RequestId),
    Opened(Opened),
}

/// The span of one request.
pub(super) struct RequestSpan(State);

impl RequestSpan {
    /// The span of the request of this id.
    pub(super) fn new(id: RequestId) -> Self {
        // Whoever asks makes the span known to every log, and some take only what was made known to them.
        if CALLSITE.interest().is_never() {
            return Self(State::None);
        }
        let opened = get_default(|log| match log.is::<OpensRequests>() {
            true => None,
            false => Some(Opened::by(log, &id)),
        });
        Self(match opened {
            None => State::Named(id),
            Some(span) => span.map_or(State::None, State::Opened),
        })
    }

    /// Takes the place of what is current on this thread. A thread that ends has nothing that is current.
    fn swap(&mut self) {
        let _ = CURRENT.try_with(|current| mem::swap(&mut *current.borrow_mut(), &mut self.0));
    }

    /// Does `work` in the span.
    pub(super) fn scope<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let _entered = Entered::of(self);
        work()
    }
}

/// A span, with the log that has it: another one may be the current one by the time the span is left. Dropping it closes the span.
struct Opened {
    log: Dispatch,
    id: Id,
}

impl Opened {
    /// Opens the span of a request, unless the log does not want it.
    fn by(log: &Dispatch, id: &RequestId) -> Option<Self> {
        if !CALLSITE.interest().is_always() && !log.enabled(&METADATA) {
            return None;
        }
        let fields = METADATA.fields();
        let name = display(id);
        let values = [(&fields.field("id")?, Some(&name as &dyn Value))];
        let id = log.new_span(&Attributes::new(&METADATA, &fields.value_set(&values)));
        let log = log.clone();
        Some(Self { log, id })
    }

    fn enter(&self) {
        self.log.enter(&self.id);
    }

    fn exit(&self) {
        self.log.exit(&self.id);
    }
}

impl Drop for Opened {
    fn drop(&mut self) {
        self.log.try_close(self.id.clone());
    }
}

/// A span that is entered: it is where the thread's own was, which waits in its place. Dropping it leaves the span, in a panic too.
struct Entered<'a>(&'a mut RequestSpan);

impl<'a> Entered<'a> {
    fn of(span: &'a mut RequestSpan) -> Self {
        // A request within another one: whoever opens this one's span finds the other's around it.
        if is_named() {
            get_default(Dispatch::current_span);
        }
        if let State::Opened(opened) = &span.0 {
            opened.enter();
        }
        span.swap();
        Self(span)
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.0.swap();
        if let State::Opened(opened) = &self.0.0 {
            opened.exit();
        }
    }
}

/// Whether a request is polled on this thread of which the span has not been opened. A thread may log, and drop requests, while it
/// ends and its variables are gone.
fn is_named() -> bool {
    let is_named = |current: &RefCell<State>| matches!(*current.borrow(), State::Named(_));
    CURRENT.try_with(is_named).unwrap_or(false)
}

/// A log that opens the spans of requests when they are looked at.
pub(crate) struct OpensRequests {
    log: Box<dyn Subscriber + Send + Sync>,
    /// As what everybody knows it.
    this: OnceLock<WeakDispatch>,
}

impl OpensRequests {
    /// What is logged goes to `log`.
    pub(crate) fn around(log: impl Subscriber + Send + Sync) -> Self {
        Self {
            log: Box::new(log),
            this: OnceLock::new(),
        }
    }

    fn open(&self) {
        if !is_named() {
            return;
        }
        if let State::Named(id) = CURRENT.take()
            && let Some(this) = self.this.get().and_then(WeakDispatch::upgrade)
            && let Some(span) = Opened::by(&this, &id)
        {
            span.enter();
            CURRENT.set(State::Opened(span));
        }
    }
}

impl Subscriber for OpensRequests {
    fn on_register_dispatch(&self, log: &Dispatch) {
        // The first one is that of all.
        let _ = self.this.set(log.downgrade());
        self.log.on_register_dispatch(log);
    }

    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        self.log.register_callsite(metadata)
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.log.enabled(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        self.log.max_level_hint()
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        self.open();
        self.log.new_span(attributes)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        self.log.record(span, values);
    }

    fn record_follows_from(&self, span: &Id, follows: &Id) {
        self.log.record_follows_from(span, follows);
    }

    fn event_enabled(&self, event: &Event<'_>) -> bool {
        self.log.event_enabled(event)
    }

    fn event(&self, event: &Event<'_>) {
        self.open();
        self.log.event(event);
    }

    fn enter(&self, span: &Id) {
        self.open();
        self.log.enter(span);
    }

    fn exit(&self, span: &Id) {
        self.log.exit(span);
    }

    fn clone_span(&self, span: &Id) -> Id {
        self.log.clone_span(span)
    }

    fn try_close(&self, span: Id) -> bool {
        self.log.try_close(span)
    }

    fn current_span(&self) -> Current {
        self.open();
        self.log.current_span()
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use tracing::{Span, subscriber::with_default};
    use tracing_subscriber::{fmt, layer::SubscriberExt, registry};

    use super::*;

    /// What was logged, line by line.
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl Lines {
        fn log(&self) -> impl Subscriber + Send + Sync + use<> {
            let lines = self.clone();
            let layer = fmt::layer().with_ansi(false).without_time();
            registry().with(layer.with_target(false).with_writer(move || lines.clone()))
        }

        fn all(&self) -> Vec<String> {
            let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
            text.lines().map(|line| line.trim().to_owned()).collect()
        }
    }

    /// What is logged while this runs, under the framework's own log.
    fn logged(work: impl FnOnce()) -> Vec<String> {
        let lines = Lines::default();
        with_default(OpensRequests::around(lines.log()), work);
        lines.all()
    }

    fn request() -> RequestSpan {
        RequestSpan::new(RequestId::new())
    }

    fn named(id: &'static str) -> RequestSpan {
        let mut headers = http::HeaderMap::new();
        headers.insert(
            super::super::request_id::HEADER,
            http::HeaderValue::from_static(id),
        );
        RequestSpan::new(RequestId::among(&headers))
    }

    #[test]
    fn nobody_looks_and_no_span_is_opened() {
        let lines = logged(|| {
            let mut span = request();
            span.scope(|| ());
            assert!(matches!(span.0, State::Named(_)));
        });
        assert!(lines.is_empty());
    }

    #[test]
    fn lines_of_all_its_turns_have_the_id_and_others_do_not() {
        let lines = logged(|| {
            let (mut one, mut other) = (named("one"), named("other"));
            tracing::info!("before");
            one.scope(|| tracing::info!("first"));
            other.scope(|| tracing::info!("between"));
            one.scope(|| tracing::info_span!("inner").in_scope(|| tracing::info!("second")));
            tracing::info!("after");
        });
        assert_eq!(
            lines,
            [
                "INFO before",
                "INFO request{id=one}: first",
                "INFO request{id=other}: between",
                "INFO request{id=one}:inner: second",
                "INFO after",
            ]
        );
    }

    #[test]
    fn who_asks_for_the_current_span_gets_it() {
        let lines = logged(|| {
            let mut span = named("one");
            let current = span.scope(Span::current);
            drop(span);
            current.in_scope(|| tracing::info!("later"));
        });
        assert_eq!(lines, ["INFO request{id=one}: later"]);
    }

    #[test]
    fn a_request_within_another_one_is_in_its_span() {
        let lines = logged(|| {
            named("outer").scope(|| {
                named("inner").scope(|| tracing::info!("deep"));
                tracing::info!("less deep");
            });
        });
        assert_eq!(
            lines,
            [
                "INFO request{id=outer}:request{id=inner}: deep",
                "INFO request{id=outer}: less deep",
            ]
        );
    }

    #[test]
    fn a_panic_leaves_the_span() {
        let lines = logged(|| {
            let mut span = named("one");
            let work = || span.scope(|| panic!("on purpose"));
            assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).is_err());
            tracing::info!("after");
            span.scope(|| tracing::info!("again"));
        });
        assert_eq!(lines, ["INFO after", "INFO request{id=one}: again"]);
    }

    #[test]
    fn a_log_of_the_programs_own_sees_every_request() {
        let lines = Lines::default();
        with_default(lines.log(), || {
            let mut span = named("one");
            assert!(matches!(span.0, State::Opened(_)));
            span.scope(|| tracing::info!("first"));
            assert!(matches!(span.0, State::Opened(_)));
        });
        assert_eq!(lines.all(), ["INFO request{id=one}: first"]);
    }
}
