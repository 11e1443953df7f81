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
