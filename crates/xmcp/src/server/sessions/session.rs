//! One transport session of a 2025-11-25 client: what `initialize` said, and everything that later requests of it share.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde_json::value::RawValue;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use xmcp_auth::Session;

use super::{questions::Questions, replay::Replay, running::Running, streams::Streams};
use crate::{
    ClientCapabilities, ClientInfo, LogLevel,
    server::{
        caller::Caller,
        changes::{Changes, Interest, Listener},
        jsonrpc::{Id, Params, Response, RpcError},
        owner::Owner,
        random_id::RandomId,
        subscriptions,
        version::Versions,
    },
};

/// Bytes of `capabilities`, and of what is kept of `clientInfo`.
const LARGEST: usize = 16 * 1024;
/// The first version whose clients know an event without data.
const PRIMED: &str = "2025-11-25";

/// What a session begins with.
pub(crate) struct Opening {
    /// Who may use it.
    pub(crate) owner: Owner,
    /// Whose it is among those that are to be had.
    pub(crate) caller: Option<Caller>,
    /// The version that was agreed on.
    pub(crate) version: &'static str,
    pub(crate) client: Option<Arc<ClientInfo>>,
    /// What the client said it can do.
    pub(crate) capabilities: Arc<ClientCapabilities>,
}

impl Opening {
    /// What `initialize` says, and who says it. Fails when that is more than a session keeps.
    pub(crate) fn of(
        params: &Params<'_>,
        versions: &Versions,
        (session, caller): (Option<&Session>, Option<Caller>),
    ) -> Result<Self, RpcError> {
        let capabilities = params.capabilities.map_or("{}", RawValue::get);
        if capabilities.len() > LARGEST {
            return Err(too_large("capabilities"));
        }
        let client = params.client_info.map(RawValue::get);
        let client = client.and_then(|text| serde_json::from_str::<ClientInfo>(text).ok());
        if client
            .as_ref()
            .is_some_and(|client| client.size() > LARGEST)
        {
            return Err(too_large("clientInfo"));
        }
        Ok(Self {
            owner: Owner::of(session),
            caller,
            version: versions
                .negotiate(params.protocol_version.as_deref().unwrap_or_default())
                .unwrap_or_default(),
            client: client.map(Arc::new),
            capabilities: Arc::new(serde_json::from_str(capabilities).unwrap_or_default()),
        })
    }
}

fn too_large(member: &str) -> RpcError {
    RpcError::invalid_params(format!("`{member}` may have {LARGEST} bytes"))
}

/// A transport session. It ends by DELETE, when nobody has used it for long, or with the server.
pub(crate) struct TransportSession {
    pub(super) id: RandomId,
    pub(super) opening: Opening,
    pub(super) streams: Streams,
    pub(super) questions: Questions,
    pub(super) running: Running,
    /// What the client is told of on its own stream.
    pub(super) news: Listener,
    pub(super) ended: CancellationToken,
    state: Mutex<State>,
}

struct State {
    log_level: Option<LogLevel>,
    used: Instant,
}

impl TransportSession {
    pub(super) fn open(id: RandomId, opening: Opening, changes: &Changes, replay: &Replay) -> Self {
        let news = changes.listen(Interest::lists());
        Self {
            id,
            opening,
            streams: Streams::new(replay.share()),
            questions: Questions::default(),
            running: Running::default(),
            news,
            ended: CancellationToken::new(),
            state: Mutex::new(State {
                log_level: None,
                used: Instant::now(),
            }),
        }
    }

    /// Whether streams begin with an event that says how to come back. Older clients take one without data for a broken message.
    pub(super) fn is_primed(&self) -> bool {
        self.opening.version >= PRIMED
    }

    pub(crate) fn log_level(&self) -> Option<LogLevel> {
        self.state().log_level
    }

    /// From this level on the client wants messages; without one, from the level that it would have got them from anyway.
    pub(crate) fn set_log_level(&self, level: Option<LogLevel>) {
        self.state().log_level = level;
    }

    /// What `initialize` said of the client's program.
    pub(crate) fn client(&self) -> Option<Arc<ClientInfo>> {
        self.opening.client.clone()
    }

    /// What `initialize` said that the client can do.
    pub(crate) fn capabilities(&self) -> Arc<ClientCapabilities> {
        Arc::clone(&self.opening.capabilities)
    }

    /// Takes a notification of the client's.
    pub(crate) fn notified(&self, method: &str, params: &Params<'_>) {
        // Malformed ones are ignored as well (2025-11-25 basic/utilities/cancellation, "Error Handling").
        let id = params.request_id.and_then(|id| Id::parse(id.get()));
        if let ("notifications/cancelled", Some(id)) = (method, id) {
            self.running.cancel(id);
        }
    }

    /// Takes the client's answer to a question.
    pub(crate) fn answered(&self, response: &Response<'_>) {
        self.questions
            .answer(response.id.as_str(), response.outcome());
    }

    /// Tells of this resource from now on.
    pub(crate) fn subscribe(&self, uri: &str) -> Result<(), RpcError> {
        subscriptions::watch(&self.news, uri)
    }

    /// Tells of this resource no more. That it was not told of is no failure.
    pub(crate) fn unsubscribe(&self, uri: &str) -> Result<(), RpcError> {
        self.news.unwatch(uri);
        Ok(())
    }

    /// Somebody uses it now.
    pub(super) fn touch(&self) {
        self.state().used = Instant::now();
    }

    /// For how long nobody has used it; no time at all while a request is at work or a stream is read.
    pub(super) fn idle(&self) -> Duration {
        if !self.running.is_empty() || self.streams.has_readers() {
            self.touch();
        }
        self.state().used.elapsed()
    }

    /// Ends everything of it.
    pub(super) fn end(&self) {
        self.ended.cancel();
        self.questions.end();
        self.streams.end();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
