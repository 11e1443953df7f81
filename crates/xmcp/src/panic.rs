//! What panics say, and where it is said: in the log, once, and nowhere else.
//!
//! A panic's text may repeat what a stranger sent, so it is a value in the log, whose formatter escapes it; Rust's own hook would
//! print it as it is.

use std::{
    any::Any,
    backtrace::{Backtrace, BacktraceStatus},
    panic::PanicHookInfo,
    sync::atomic::{AtomicBool, Ordering},
};

/// Whether panics are logged as they happen.
static ARE_LOGGED: AtomicBool = AtomicBool::new(false);

/// From here on, every panic of the process is logged where it happens, within the span of its request, in place of what Rust
/// would print.
pub(crate) fn log_all() {
    std::panic::set_hook(Box::new(log));
    ARE_LOGGED.store(true, Ordering::Relaxed);
}

fn log(panic: &PanicHookInfo<'_>) {
    let backtrace = Backtrace::capture();
    // Several lines, none of them a stranger's. Only who asks with `RUST_BACKTRACE` gets them.
    let backtrace = (backtrace.status() == BacktraceStatus::Captured)
        .then(|| tracing::field::display(backtrace));
    tracing::error!(
        panic = text(panic.payload()).unwrap_or(NO_TEXT),
        at = panic.location().map(tracing::field::display),
        backtrace,
        "a panic"
    );
}

/// What stands for the text of a panic that has none.
const NO_TEXT: &str = "not a text";

/// What a panic said, if it was a text.
pub(crate) fn text(panic: &(dyn Any + Send)) -> Option<&str> {
    let literal = panic.downcast_ref::<&str>().copied();
    literal.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
}

/// What a caught panic said, for the log of a program whose panics are not logged as they happen.
pub(crate) fn unlogged(panic: &(dyn Any + Send)) -> Option<&str> {
    let is_logged = ARE_LOGGED.load(Ordering::Relaxed);
    (!is_logged).then(|| text(panic).unwrap_or(NO_TEXT))
}
