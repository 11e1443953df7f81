//! The whole as one axum router: endpoint, routes of the user's, and the layers before them.

use std::sync::Arc;

use axum::{
    Router,
    routing::{MethodFilter, on_service},
};
use bytes::Bytes;
use tower::Layer;
use xmcp_auth::{
    Provider, ScopeSet, Session, api_key,
    scalekit::{Scalekit, development},
};
use xmcp_config::Settings;

use super::{Server, Sessions, Wired, audit, auth, card, endpoint, list::ListKind};
use crate::{
    App, AppState, Middleware, StartError,
    http::{
        Direct, InFacts, Routed, Site, StartProblem, endpoint_url,
        landing::{self, Landing},
        layers::{self, Routes},
        registered_url,
    },
    scalekit::NoScalekit,
};

/// The app as an axum router, to be mounted in an app of one's own.
///
/// Runs `state()` and `middleware()`, checks what handlers need, and compiles every schema. The router answers the MCP
/// endpoint at `[http] endpoint`, `/health`, the page at `/`, and 404 for the rest; Host, Origin and the limits of a request
/// are checked as in a server of [`run`](crate::run). Timeouts of a connection are the business of whoever listens.
///
/// # Errors
///
/// Everything that would keep [`run`](crate::run) from starting, but for the address.
///
/// ```no_run
/// # async fn example(app: xmcp::App) -> Result<(), Box<dyn std::error::Error>> {
/// let settings = app.settings();
/// let mcp = xmcp::router(app, settings).await?;
/// let site: axum::Router = axum::Router::new().route("/version", axum::routing::get(|| async { "1" })).fallback_service(mcp);
/// # let _ = site;
/// # Ok(())
/// # }
/// ```
pub async fn router(app: App, settings: Settings) -> Result<Router, StartError> {
    Ok(assemble(&app, settings, Overrides::default())
        .await?
        .site
        .into_router())
}

/// What is not as it is in the app: doubles of a test, and a supervisor.
#[derive(Default)]
pub(crate) struct Overrides {
    doubles: Doubles,
    is_test: bool,
    is_supervised: bool,
}

impl Overrides {
    /// None, in a process that a supervisor replaces when files have changed, or that has no supervisor.
    pub(crate) fn supervised(is_supervised: bool) -> Self {
        Self {
            is_supervised,
            ..Self::default()
        }
    }
}

/// What a test puts in the place of the real thing.
#[doc(hidden)]
#[derive(Debug, Default)]
pub struct Doubles {
    /// Instead of what `state()` returns.
    pub state: Option<AppState>,
    /// On every request.
    pub session: Option<Session>,
    /// Instead of the provider's client.
    pub scalekit: Option<Scalekit>,
}

/// The router of a test: with a state of its making instead of `state()`, and a session on every request.
#[doc(hidden)]
pub async fn test_router(
    app: App,
    settings: Settings,
    state: Option<AppState>,
    session: Option<Session>,
) -> Result<Router, StartError> {
    let doubles = Doubles {
        state,
        session,
        ..Doubles::default()
    };
    test_router_with(app, settings, doubles).await
}

/// The same, with all that can be put in the place of the real thing.
#[doc(hidden)]
pub async fn test_router_with(
    app: App,
    settings: Settings,
    doubles: Doubles,
) -> Result<Router, StartError> {
    let overrides = Overrides {
        doubles,
        is_test: true,
        ..Overrides::default()
    };
    Ok(assemble(&app, settings, overrides)
        .await?
        .site
        .into_served_router())
}

/// As [`router`], with the ways that requests of a connection take.
#[doc(hidden)]
pub async fn served_router(app: App, settings: Settings) -> Result<Router, StartError> {
    Ok(assemble(&app, settings, Overrides::default())
        .await?
        .site
        .into_served_router())
}

/// The endpoint's methods one by one: with `any` a route of the app's on the same path would silently stand in front of it,
/// a public one before auth.
const EVERY_METHOD: MethodFilter = MethodFilter::GET
    .or(MethodFilter::POST)
    .or(MethodFilter::DELETE)
    .or(MethodFilter::PUT)
    .or(MethodFilter::PATCH)
    .or(MethodFilter::OPTIONS)
    .or(MethodFilter::HEAD)
    .or(MethodFilter::TRACE)
    .or(MethodFilter::CONNECT);

/// What is served, and the server behind it for whoever has to end it.
pub(crate) struct Assembled {
    pub(crate) site: Site,
    pub(crate) server: Arc<Server>,
    /// The scopes that the provider wants every request to have.
    pub(crate) required_scopes: ScopeSet,
    /// The header that a person has to give a client.
    pub(crate) header: Option<String>,
}

pub(crate) async fn assemble(
    app: &App,
    settings: Settings,
    overrides: Overrides,
) -> Result<Assembled, StartError> {
    let doubles = overrides.doubles;
    let state = match (doubles.state, app.state) {
        (Some(state), _) => state,
        (None, Some(state)) => state().await.map_err(StartError::State)?,
        (None, None) => AppState::new(),
    };
    if overrides.is_test {
        // The provider is left out below. That nobody set its variables for a test is no reason to fail.
        development::offer_if_none(development::Variables::placeholder());
        api_key::offer_placeholder();
    }
    let mut middleware = match app.middleware {
        Some(middleware) => middleware().map_err(StartError::Middleware)?,
        None => Middleware::new(),
    };
    let provider = middleware.provider.take();
    let sessions = match &provider {
        Some(provider) if provider.is_optional() => Sessions::Optional,
        Some(_) => Sessions::Verified,
        // A test's caller is whoever the test says, nobody included.
        None if overrides.is_test => Sessions::Verified,
        None => Sessions::None,
    };
    let provider = provider.filter(|_| !overrides.is_test);
    let scalekit = match overrides.is_test {
        true => doubles.scalekit.ok_or(NoScalekit::Test),
        false => provider
            .as_ref()
            .and_then(Provider::scalekit)
            .cloned()
            .ok_or(NoScalekit::NotWired),
    };
    let wired = Wired {
        sessions,
        scalekit,
        is_supervised: overrides.is_supervised,
    };
    let header = provider.as_ref().and_then(Provider::header_by_hand);
    let server = Server::start(app, settings, state, wired)?;
    let protected = provider.map(|provider| auth::protect(provider, &server, app.dev));
    let url = match protected {
        Some(_) => registered_url(&server.settings.http),
        None => endpoint_url(&server.settings.http),
    };
    let protected = protected.transpose()?;
    let required_scopes = protected
        .as_ref()
        .map(|protected| protected.required_scopes.clone())
        .unwrap_or_default();
    let (auth, open) = protected
        .map(|protected| (protected.layer, protected.metadata))
        .unzip();
    let settings = &server.settings.http;
    let endpoint = {
        let server = Arc::clone(&server);
        Direct::new(move |request| endpoint::endpoint(&server, request))
    };
    let routed = Routed(endpoint.clone());
    let mcp = Router::new().route(
        &settings.endpoint,
        on_service(EVERY_METHOD, routed.clone()).fallback_service(routed),
    );
    // Where only layers of ours stand before the endpoint, requests need no router to find it.
    let watches = auth.is_some() && server.settings.log.audit;
    let is_direct = middleware.layers.is_empty() && doubles.session.is_none() && !watches;
    let direct = is_direct.then(|| match &auth {
        Some(auth) => Direct::guarded(auth.clone().carried_by::<InFacts>().layer(endpoint)),
        None => endpoint,
    });
    let refused = |problem: StartProblem| StartError::Settings(vec![problem.to_string()]);
    let guarded = layers::without_clash(|| {
        let (mut mcp, mut routes) = middleware.protect(mcp);
        // Auth is outside of all layers, and so is a session of a test's making.
        if let Some(session) = doubles.session {
            mcp = mcp.layer(axum::Extension(session.clone()));
            routes = routes.layer(axum::Extension(session));
        }
        if let Some(auth) = auth {
            // Of a route nobody knows what a stranger may do there.
            routes = routes.layer(auth.clone().refuse_anonymous());
            mcp = mcp.layer(auth);
            if server.settings.log.audit {
                mcp = audit::watched(mcp, &server);
                routes = audit::watched(routes, &server);
            }
        }
        mcp.merge(routes)
            .merge(std::mem::take(&mut middleware.public))
    })
    .map_err(refused)?;
    let card = card::routes(&server);
    let open = layers::without_clash(|| open.unwrap_or_default().merge(card)).map_err(refused)?;
    let routes = Routes {
        endpoint: direct,
        guarded,
        open,
        page: Some(landing_page(&server, &url, header.as_deref())),
    };
    let site = layers::stack(routes, settings, app.dev).map_err(refused)?;
    Ok(Assembled {
        site,
        server,
        required_scopes,
        header,
    })
}

/// The page at `/` for people who open the address in a browser, unless the app has a route of its own there.
fn landing_page(server: &Server, url: &str, header: Option<&str>) -> Bytes {
    let settings = &server.settings;
    let primitives = server.registry.now();
    let [tools, prompts, resources, templates] = [
        ListKind::Tools,
        ListKind::Prompts,
        ListKind::Resources,
        ListKind::Templates,
    ]
    .map(|kind| -> Vec<(&str, &str)> {
        let listed = primitives.list(kind);
        // Whoever opens the page is nobody yet.
        let hides = settings.server.hide_unauthorized;
        listed
            .filter(|listed| !hides || server.gate.check(listed, None).is_ok())
            .map(|listed| (&*listed.key, &*listed.description))
            .collect()
    });
    let resources = [resources, templates].concat();
    landing::page(&Landing {
        title: settings
            .server
            .title
            .as_deref()
            .unwrap_or(&settings.server.name),
        name: &settings.server.name,
        version: &settings.server.version,
        description: settings.server.description.as_deref(),
        url,
        header,
        tools: &tools,
        prompts: &prompts,
        resources: &resources,
    })
}
