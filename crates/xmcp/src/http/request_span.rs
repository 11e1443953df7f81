//! The span of a request, opened when somebody looks and not before: it costs a tenth of what a greeting does, and nobody sees it unless a
//! line is logged in it.
//!
//! 1. While a request is called or polled, its id is known to the thread, as tracing's own current span is.
//! 2. The framework's log, [`OpensRequests`], opens the span when a line is logged there, when another span is made there, or when the
//!    current one is asked for. From then on it is entered and left like any span.
//! 3. Under a log of the program's own, which may want to see every request, the span is opened at once.

use std::{cell::RefCell, mem};

use tracing::{
    Event, Level, Metadata, Subscriber,
    callsite::DefaultCallsite,
    dispatcher::{Dispatch, get_default},
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
    Opened(Id),
}

/// The span of one request.
pub(super) struct RequestSpan(State);

impl RequestSpan {
    /// The span of the request of this id.
    pub(super) fn new(id: RequestId) -> Self {
        let opened = get_default(|log| match log.is::<OpensRequests>() {
            true => None,
            false => Some(open(log, &id)),
        });
        Self(match opened {
            None => State::Named(id),
            Some(span) => span.map_or(State::None, State::Opened),
        })
    }

    /// Does `work` in the span.
    pub(super) fn scope<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let _entered = Entered::of(self);
        work()
    }
}

impl Drop for RequestSpan {
    fn drop(&mut self) {
        if let State::Opened(id) = mem::take(&mut self.0) {
            get_default(|log| log.try_close(id.clone()));
        }
    }
}

/// A span that is entered. Dropping it leaves the span, in a panic too.
struct Entered<'a> {
    span: &'a mut RequestSpan,
    around: State,
}

impl<'a> Entered<'a> {
    fn of(span: &'a mut RequestSpan) -> Self {
        // A request within another one: whoever opens this one's span finds the other's around it.
        if CURRENT.with_borrow(|current| matches!(current, State::Named(_))) {
            get_default(Dispatch::current_span);
        }
        if let State::Opened(id) = &span.0 {
            get_default(|log| log.enter(id));
        }
        let state = mem::take(&mut span.0);
        let around = CURRENT.replace(state);
        Self { span, around }
    }
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.span.0 = CURRENT.replace(mem::take(&mut self.around));
        if let State::Opened(id) = &self.span.0 {
            get_default(|log| log.exit(id));
        }
    }
}

fn open(log: &(impl Log + ?Sized), id: &RequestId) -> Option<Id> {
    let fields = METADATA.fields();
    let name = display(id);
    let field = fields.field("id").filter(|_| log.wants(&METADATA))?;
    let values = [(&field, Some(&name as &dyn Value))];
    Some(log.open(&Attributes::new(&METADATA, &fields.value_set(&values))))
}

/// What opens spans.
trait Log {
    fn wants(&self, metadata: &Metadata<'_>) -> bool;
    fn open(&self, attributes: &Attributes<'_>) -> Id;
}

impl Log for Dispatch {
    fn wants(&self, metadata: &Metadata<'_>) -> bool {
        self.enabled(metadata)
    }

    fn open(&self, attributes: &Attributes<'_>) -> Id {
        self.new_span(attributes)
    }
}

impl Log for dyn Subscriber + Send + Sync {
    fn wants(&self, metadata: &Metadata<'_>) -> bool {
        self.enabled(metadata)
    }

    fn open(&self, attributes: &Attributes<'_>) -> Id {
        self.new_span(attributes)
    }
}

/// A log that opens the spans of requests when they are looked at.
pub(crate) struct OpensRequests(Box<dyn Subscriber + Send + Sync>);

impl OpensRequests {
    /// What is logged goes to `log`.
    pub(crate) fn around(log: impl Subscriber + Send + Sync) -> Self {
        Self(Box::new(log))
    }

    fn open(&self) {
        // A thread may log while it ends, and its variables are gone.
        let is_named = |current: &RefCell<State>| matches!(*current.borrow(), State::Named(_));
        if !CURRENT.try_with(is_named).unwrap_or(false) {
            return;
        }
        if let State::Named(id) = CURRENT.take()
            && let Some(span) = open(&*self.0, &id)
        {
            self.0.enter(&span);
            CURRENT.set(State::Opened(span));
        }
    }
}

impl Subscriber for OpensRequests {
    fn on_register_dispatch(&self, log: &Dispatch) {
        self.0.on_register_dispatch(log);
    }

    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        self.0.register_callsite(metadata)
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        self.0.enabled(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        self.0.max_level_hint()
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        self.open();
        self.0.new_span(attributes)
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        self.0.record(span, values);
    }

    fn record_follows_from(&self, span: &Id, follows: &Id) {
        self.0.record_follows_from(span, follows);
    }

    fn event_enabled(&self, event: &Event<'_>) -> bool {
        self.0.event_enabled(event)
    }

    fn event(&self, event: &Event<'_>) {
        self.open();
        self.0.event(event);
    }

    fn enter(&self, span: &Id) {
        self.open();
        self.0.enter(span);
    }

    fn exit(&self, span: &Id) {
        self.0.exit(span);
    }

    fn clone_span(&self, span: &Id) -> Id {
        self.0.clone_span(span)
    }

    fn try_close(&self, span: Id) -> bool {
        self.0.try_close(span)
    }

    fn current_span(&self) -> Current {
        self.open();
        self.0.current_span()
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
        RequestSpan::new(RequestId::of(&headers))
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
