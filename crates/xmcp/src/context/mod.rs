//! The request as a handler sees it, the same in both protocol generations and on every transport.

mod asker;
mod capability;
mod client;
mod era;
mod headers;
mod log;
mod meta;
mod notify;
mod progress;
mod talk;
mod task;

use std::{
    any::Any,
    net::SocketAddr,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use axum::extract::ConnectInfo;
use http::{Extensions, HeaderMap};
use tokio_util::sync::CancellationToken;
use xmcp_auth::Session;

pub use self::{
    asker::AskError,
    capability::{Capability, ClientCapabilities},
    client::ClientInfo,
    era::{Era, Transport},
    headers::Headers,
    log::LogLevel,
    progress::Progress,
};
pub(crate) use self::{
    asker::Asker,
    meta::{MetaText, RequestMeta},
    notify::{Notification, Notifier},
    task::Detachable,
};
use crate::{
    FromContext, ServerHandle, ToolError,
    ask::{Patience, Round},
    http::RequestId,
    scalekit::Calling,
    server::Server,
};

/// The request that a handler answers: who asks, with what headers, and a way to tell the client how it goes.
///
/// Cloning is cheap. A clone may outlive the request; what it sends then goes nowhere.
///
/// ```
/// use xmcp::prelude::*;
///
/// pub async fn handler(context: Context) -> Result<String> {
///     context.progress(Progress::new(1.0).total(2.0).message("half way")).await;
///     Ok(format!("answered request {}", context.request_id()))
/// }
/// # let _ = handler;
/// ```
#[derive(Clone)]
pub struct Context {
    inner: Arc<Inner>,
}

/// What a transport knows of a request.
pub(crate) struct Request {
    pub(crate) era: Era,
    pub(crate) transport: Transport,
    pub(crate) request_id: RequestId,
    /// Who answers it. Strong, so that a call has no further hold of the server.
    pub(crate) server: Arc<Server>,
    pub(crate) headers: HeaderMap,
    pub(crate) extensions: Extensions,
    /// Who sent it, as a handler asks for it among the extensions.
    pub(crate) peer: Option<ConnectInfo<SocketAddr>>,
    /// The verified caller.
    pub(crate) session: Option<Session>,
    /// What `params._meta` says of the client, as it came.
    pub(crate) meta: Option<MetaText>,
    /// What `initialize` said of the client, where the transport remembers it.
    pub(crate) client: Option<Arc<ClientInfo>>,
    /// What `initialize` said that the client can do, where the transport remembers it.
    pub(crate) capabilities: Option<Arc<ClientCapabilities>>,
    /// The threshold that `logging/setLevel` set, where the transport remembers it.
    pub(crate) log_level: Option<LogLevel>,
    pub(crate) notifier: Option<Arc<dyn Notifier>>,
    /// What takes questions to the client while the handler runs, where there is such a way.
    pub(crate) asker: Option<Arc<dyn Asker>>,
    /// The answers that came with the request, and the questions that its handler leaves; of calls that may be answered by questions.
    pub(crate) round: Option<Round>,
    /// How long the client may take to answer a question.
    pub(crate) question_timeout: Duration,
    pub(crate) cancellation: Option<CancellationToken>,
    /// What makes the call a task, of calls that are one or may become one.
    pub(crate) task: Option<Arc<dyn Detachable>>,
}

struct Inner {
    request: Request,
    /// Few handlers ask for it.
    meta: OnceLock<Box<RequestMeta>>,
    /// The progress that was told last.
    progress: Mutex<f64>,
    patience: Patience,
}

impl Context {
    pub(crate) fn new(request: Request) -> Self {
        Self {
            inner: Arc::new(Inner {
                request,
                meta: OnceLock::new(),
                progress: Mutex::new(f64::NEG_INFINITY),
                patience: Patience::default(),
            }),
        }
    }

    /// The protocol generation that the client speaks.
    pub fn era(&self) -> Era {
        self.inner.request.era
    }

    /// How the request came.
    pub fn transport(&self) -> Transport {
        self.inner.request.transport
    }

    /// The id of this request in the logs and in the `x-request-id` header; not the JSON-RPC id.
    pub fn request_id(&self) -> &str {
        self.inner.request.request_id.as_str()
    }

    /// The headers of the HTTP request, without `Authorization` once it is verified. Empty on stdio.
    pub fn headers(&self) -> &HeaderMap {
        &self.inner.request.headers
    }

    /// One header's value, if it is there and is visible ASCII.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers().get(name)?.to_str().ok()
    }

    /// What a layer of `src/middleware.rs` put into the request's extensions.
    pub fn extension<T: Clone + Send + Sync + 'static>(&self) -> Option<&T> {
        let request = &self.inner.request;
        let of_peer = || (request.peer.as_ref()? as &dyn Any).downcast_ref();
        let of_session = || (request.session.as_ref()? as &dyn Any).downcast_ref();
        let found = request.extensions.get().or_else(of_peer);
        found.or_else(of_session)
    }

    /// The verified caller. `None` on stdio and where no provider stands before the endpoint.
    pub fn session(&self) -> Option<&Session> {
        self.inner.request.session.as_ref()
    }

    /// The server that answers it.
    pub(crate) fn host(&self) -> &Arc<Server> {
        &self.inner.request.server
    }

    /// The client of Scalekit, or why there is none.
    pub(crate) fn calling(&self) -> Calling {
        self.host().scalekit.clone()
    }

    /// A value of `src/state.rs`.
    pub fn state<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        self.host().state.get()
    }

    /// The client's name and version, if it gave them: with the request on 2026-07-28, with `initialize` on stdio before
    /// that. A stateless 2025-11-25 request over HTTP does not carry them.
    pub fn client(&self) -> Option<&ClientInfo> {
        self.meta()
            .client
            .as_ref()
            .or(self.inner.request.client.as_deref())
    }

    /// Tells the client how far the work is, if it asked to be told; otherwise nothing happens.
    ///
    /// Waits while the client reads slower than the handler reports. A report that is no step forward is left out. Follows 2025-11-25
    /// basic/utilities/progress.
    pub async fn progress(&self, progress: Progress) {
        let (Some(notifier), Some(token)) =
            (&self.inner.request.notifier, &self.meta().progress_token)
        else {
            return;
        };
        if self.is_step(&progress) {
            notifier.notify(progress.notification(token)).await;
        }
    }

    /// Whether the progress has grown, as it must: a handler that runs again begins where it began before.
    fn is_step(&self, progress: &Progress) -> bool {
        let last = &self.inner.progress;
        let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
        let is_step = progress.value() > *last;
        if is_step {
            *last = progress.value();
        }
        is_step
    }

    /// Sends the client a log message, if it wants messages of that level; otherwise nothing happens.
    ///
    /// A 2026-07-28 client gets none unless its request names a level; earlier ones get everything from
    /// [`LogLevel::Info`] up until they set another threshold. The message is the client's to read: no secrets.
    /// Follows 2025-11-25 server/utilities/logging.
    pub async fn log(&self, level: LogLevel, message: impl Into<String>) {
        let Some(notifier) = &self.inner.request.notifier else {
            return;
        };
        let threshold = match self.era() {
            Era::Modern => self.meta().log_level,
            Era::Legacy => Some(self.inner.request.log_level.unwrap_or(LogLevel::Info)),
        };
        if threshold.is_some_and(|threshold| level >= threshold) {
            notifier.notify(level.notification(message.into())).await;
        }
    }

    /// The server, to tell its clients what has changed.
    pub fn server(&self) -> ServerHandle {
        ServerHandle::of(self.host())
    }

    /// Lets the client go while the work goes on, so that a long call holds no connection: the client comes back after a moment for
    /// the rest, and gets everything that was said meanwhile.
    ///
    /// That is possible for clients of 2025-11-25 in a transport session (`[http] sessions`); for all others nothing happens. Follows
    /// 2025-11-25 basic/transports, "Sending Messages to the Server".
    pub fn close_stream(&self) {
        if let Some(notifier) = &self.inner.request.notifier {
            notifier.close_stream();
        }
    }

    /// Ends when the client cancels the request or goes away.
    ///
    /// The handler's own future is dropped then; this is for work that it spawned.
    pub async fn cancelled(&self) {
        match &self.inner.request.cancellation {
            Some(token) => token.cancelled().await,
            None => std::future::pending().await,
        }
    }

    /// How long the client has been waited for.
    pub(crate) fn patience(&self) -> &Patience {
        &self.inner.patience
    }

    pub(crate) fn question_timeout(&self) -> Duration {
        match self.task() {
            Some(task) => task.time(),
            None => self.inner.request.question_timeout,
        }
    }

    fn meta(&self) -> &RequestMeta {
        self.inner.meta.get_or_init(|| {
            let text = self.inner.request.meta.as_ref();
            Box::new(text.map(RequestMeta::from).unwrap_or_default())
        })
    }
}

impl FromContext for Context {
    const CAN_TALK_BACK: bool = true;

    async fn from_context(context: &Context) -> Result<Self, ToolError> {
        Ok(context.clone())
    }
}

impl std::fmt::Debug for Context {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Neither headers nor extensions: they hold what callers sign in with.
        formatter
            .debug_struct("Context")
            .field("request_id", &self.request_id())
            .field("era", &self.era())
            .field("transport", &self.transport())
            .finish_non_exhaustive()
    }
}
