//! The MCP server: the app made ready at start, and the answers to the protocol's methods.
//!
//! Two ways lead here and both call the same functions: [`endpoint`] answers a stateless HTTP request on its connection's own
//! task, and `stdio` comes through rmcp.

mod answer;
pub(crate) mod audit;
mod auth;
#[cfg(feature = "bench")]
pub mod bench;
mod body;
mod call;
mod caller;
mod capabilities;
mod card;
pub(crate) mod changes;
mod completion;
mod detach;
mod dispatch;
mod encode;
mod endpoint;
mod failure;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzz;
pub(crate) mod gate;
mod handle;
mod headers;
mod http_call;
mod info;
pub(crate) mod jsonrpc;
mod list;
mod media_type;
mod method;
mod owner;
mod parameter_headers;
mod places;
mod random_id;
mod registry;
mod request_text;
mod rounds;
mod router;
mod sessions;
mod skills;
mod sse;
mod stream;
pub(crate) mod subscriptions;
mod target;
pub(crate) mod tasks;
mod told;
pub(crate) mod version;

use std::sync::Arc;

use bytes::Bytes;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use xmcp_auth::{Session, TrustedProxies};
use xmcp_config::Settings;

pub(crate) use self::{
    answer::{id_of, respond},
    call::Call,
    capabilities::Capabilities,
    dispatch::{Asked, asked, level},
    encode::{error_response, notification, response},
    headers::era_of_meta,
    list::ListKind,
    method::Method,
    registry::Registry,
    request_text::{RequestText, TextParts, place},
    router::{Assembled, Overrides, assemble},
    sessions::questions::Questions,
    target::{Target, Whose},
};
use self::{
    caller::Callers,
    changes::Changes,
    gate::{Forbidden, Gate},
    info::Info,
    jsonrpc::RpcError,
    list::Lists,
    places::{Places, Shares},
    sessions::SessionStore,
    skills::Skills,
    tasks::{Ends, Tasks},
    told::Told,
    version::Versions,
};
pub use self::{
    handle::ServerHandle,
    router::{Doubles, router, served_router, test_router, test_router_with},
};
use crate::{
    App, AppState, Era, StartError,
    ask::{Seal, Warning},
    http::BodyBudget,
    scalekit::{Calling, NoScalekit},
};

/// The app, ready to answer. One a process; nothing in it belongs to a request.
pub(crate) struct Server {
    pub(crate) settings: Settings,
    pub(crate) registry: Registry,
    pub(crate) state: AppState,
    /// What calls Scalekit for handlers.
    pub(crate) scalekit: Calling,
    pub(crate) versions: Versions,
    /// Who may use what.
    pub(crate) gate: Gate,
    info: Info,
    lists: Lists,
    skills: Skills,
    /// The memory that is left for requests' bodies.
    bodies: BodyBudget,
    /// Seals what clients carry from one round of a call to the next.
    seal: Seal,
    /// What changed, for those who tell clients.
    pub(crate) changes: Changes,
    /// Transport sessions, where the settings want them.
    pub(crate) sessions: Option<Arc<SessionStore>>,
    /// Room for clients that listen for changes.
    pub(crate) subscriptions: Places,
    /// Tells callers apart where something is shared out.
    pub(crate) callers: Callers,
    /// What each caller has of the requests in work.
    pub(crate) requests: Shares,
    /// The same of handlers that outlive their connection.
    pub(crate) outliving: Shares,
    /// What is said when there is no room.
    pub(crate) told: Told,
    /// Calls that were answered with a handle.
    pub(crate) tasks: Tasks,
    /// Handlers that outlive their connection: a 2025-11-25 client that goes away has not cancelled.
    pub(crate) detached: TaskTracker,
    /// Set when the server begins to stop: nobody is told of changes any more, and what runs may still finish.
    pub(crate) closing: CancellationToken,
    /// Set when the server stops: what is detached ends then.
    pub(crate) stopping: CancellationToken,
}

/// Where handlers' sessions come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sessions {
    /// Something before the endpoint makes them.
    Verified,
    /// Something before the endpoint makes them, and lets callers without a credential pass too.
    Optional,
    /// Nothing does, so a handler that needs one keeps the server from starting.
    None,
    /// Nothing does, and that is said when such a handler is called: stdio, where callers are not verified at all.
    NoneHere,
}

/// What stands before the endpoint, as far as handlers have something of it.
pub(crate) struct Wired {
    pub(crate) sessions: Sessions,
    pub(crate) scalekit: Calling,
    /// Whether a supervisor replaces the process when files have changed, lists among them.
    pub(crate) is_supervised: bool,
}

impl Wired {
    /// Nothing does, on stdio.
    pub(crate) fn on_stdio() -> Self {
        Self {
            sessions: Sessions::NoneHere,
            scalekit: Err(NoScalekit::Stdio),
            is_supervised: false,
        }
    }
}

impl Server {
    /// Checks what handlers need, compiles every schema and writes every list. Fails with all problems of a kind at once.
    pub(crate) fn start(
        app: &App,
        settings: Settings,
        state: AppState,
        wired: Wired,
    ) -> Result<Arc<Self>, StartError> {
        let warning = match wired.sessions {
            // One process speaks to one client, and a key that dies with it does no harm.
            Sessions::NoneHere => Warning::Never,
            Sessions::Verified | Sessions::Optional | Sessions::None => Warning::Once,
        };
        let seal = Seal::from_environment(settings.server.state_ttl, warning)
            .map_err(|problem| StartError::Settings(vec![problem]))?;
        let registry = Registry::compile(app, &settings, &state, &wired)?;
        let gate = Gate::new(wired.sessions);
        let lists = Lists::new(&settings, gate);
        let skills = Skills::new(app.skills, &registry.now());
        let limits = &settings.http.limits;
        let versions = Versions::new(&settings.server.versions);
        let info = Info::write(&settings, &versions);
        let proxies = TrustedProxies::parse(&settings.http.trusted_proxies).map_err(|problem| {
            StartError::Settings(vec![format!("[http] trusted_proxies: {problem}")])
        })?;
        let detached = TaskTracker::new();
        let [closing, stopping] = [(); 2].map(|()| CancellationToken::new());
        let ends = Ends {
            tracker: detached.clone(),
            closing: closing.clone(),
            stopping: stopping.clone(),
        };
        let server = Arc::new(Self {
            sessions: settings.http.sessions.then(|| {
                Arc::new(SessionStore::new(
                    limits.sessions,
                    limits.session_idle,
                    limits.in_flight,
                ))
            }),
            subscriptions: Places::new(limits.subscriptions),
            callers: Callers::new(proxies),
            requests: Shares::of(limits.in_flight),
            outliving: Shares::of(limits.in_flight),
            told: Told::new(),
            tasks: Tasks::new(&settings, ends),
            bodies: BodyBudget::for_bodies_of(settings.http.body_limit),
            settings,
            registry,
            state,
            scalekit: wired.scalekit,
            versions,
            gate,
            info,
            lists,
            skills,
            seal,
            changes: Changes::in_memory(),
            detached,
            closing,
            stopping,
        });
        server.state.started(&server);
        Ok(server)
    }

    /// The result of `initialize` (2025-11-25 basic/lifecycle).
    pub(crate) fn initialize(&self, requested: &str) -> Result<Bytes, RpcError> {
        let version = self.versions.negotiate(requested)?;
        Ok(self.info.initialize(version, self.capabilities()))
    }

    /// The result of `server/discover` (2026-07-28 server/discover).
    pub(crate) fn discover(&self) -> Bytes {
        let now = self.registry.now();
        let discovered = now
            .discovered
            .get_or_init(|| self.info.discover(now.capabilities));
        discovered.clone()
    }

    /// Whether a method belongs to something that this server has.
    fn serves(&self, method: Method) -> bool {
        self.capabilities().has(method)
    }

    /// What this server can do now.
    fn capabilities(&self) -> Capabilities {
        self.registry.now().capabilities
    }

    /// Whether the caller may read the resource of this URI, if there is one.
    pub(crate) fn may_read(&self, uri: &str, session: Option<&Session>) -> Result<(), Forbidden> {
        match self.registry.now().resource(uri) {
            Some(found) => self.gate.check(&found.entry.listed, session),
            None => Ok(()),
        }
    }

    /// What belongs to a caller, to a stranger: it takes one who is signed in, with the scopes of the resource that it is about.
    fn refused_to_strangers(&self, uri: Option<&str>) -> Forbidden {
        let found = uri.and_then(|uri| self.registry.now().resource(uri));
        let scopes = found.map(|found| {
            let scopes = &found.entry.listed.scopes;
            scopes.iter().map(ToString::to_string).collect()
        });
        Forbidden::to_strangers(scopes.unwrap_or_default())
    }

    /// One page of a list for this caller.
    fn list(
        &self,
        kind: ListKind,
        era: Era,
        cursor: Option<&str>,
        session: Option<&Session>,
    ) -> Result<Bytes, RpcError> {
        self.lists
            .page(&self.registry.now(), kind, era, cursor, session)
    }
}
