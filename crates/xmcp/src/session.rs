//! The verified caller as a handler's argument.

use xmcp_auth::Session;

use crate::{Context, FromContext, Requirements, ToolError, Transport, scalekit::Calling};

impl FromContext for Session {
    fn requires(requirements: &mut Requirements) {
        requirements.session();
    }

    async fn from_context(context: &Context) -> Result<Self, ToolError> {
        context.session().cloned().ok_or_else(|| {
            ToolError::new(match context.transport() {
                Transport::Http => "not signed in: this tool needs a verified caller",
                Transport::Stdio => "no session on stdio: this tool needs a verified caller, and only over HTTP callers are verified",
            })
        })
    }
}

impl FromContext for Option<Session> {
    async fn from_context(context: &Context) -> Result<Self, ToolError> {
        Ok(context.session().cloned())
    }
}

tokio::task_local! {
    /// The caller of the handler that this task runs, nobody included. Set around each handler by the dispatcher alone.
    static CALLER: Caller;
}

/// What code deep inside of a handler can ask for.
#[derive(Clone)]
pub(crate) struct Caller {
    pub(crate) session: Option<Session>,
    pub(crate) scalekit: Calling,
}

/// The verified caller, for code deep inside that has no argument to take it from.
///
/// Prefer a [`Session`] argument: it says in the signature what a handler needs, and a server without a provider does not
/// start with it.
///
/// # Errors
///
/// Nobody is signed in: outside of a handler, in a task that a handler spawned, on stdio, or without a provider. Never
/// another caller's session.
///
/// ```
/// fn deep_inside() -> xmcp::prelude::Result<String> {
///     Ok(xmcp::session()?.user_id().to_owned())
/// }
/// assert_eq!(deep_inside().unwrap_err().to_string(), "[xmcp] no session: is the request authenticated?");
/// ```
pub fn session() -> Result<Session, ToolError> {
    let caller = CALLER.try_with(|caller| caller.session.clone());
    caller
        .ok()
        .flatten()
        .ok_or_else(|| ToolError::new("[xmcp] no session: is the request authenticated?"))
}

/// Runs a handler with its caller in place. Nobody takes the place of whoever was there before.
pub(crate) fn with_caller<F: Future>(
    caller: Caller,
    handler: F,
) -> impl Future<Output = F::Output> {
    CALLER.scope(caller, handler)
}

/// The client of Scalekit that the handler of this task has, or why it has none. `None` outside of a handler.
pub(crate) fn calling() -> Option<Calling> {
    CALLER.try_with(|caller| caller.scalekit.clone()).ok()
}

/// A handler for another thread, with the caller of this task in place.
pub(crate) fn carried<R>(handler: impl FnOnce() -> R) -> impl FnOnce() -> R {
    let caller = CALLER.try_with(Clone::clone).ok();
    move || match caller {
        Some(caller) => CALLER.sync_scope(caller, handler),
        None => handler(),
    }
}
