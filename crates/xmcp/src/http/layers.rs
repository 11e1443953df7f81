//! The layers before every route: one list, top to bottom, the outermost first. What a connection may do is bounded before any
//! of them, in [`super::connection`]; auth and everything after it belongs to the endpoint.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use axum::{Router, extract::Request, http::Method};
use bytes::Bytes;
use tower::{ServiceBuilder, util::option_layer};
use xmcp_config::HttpSettings;

use super::{
    StartProblem,
    catch_panic::CatchPanicLayer,
    cors::CorsLayer,
    gate::Gate,
    header_count::HeaderCount,
    health,
    host::HostCheck,
    in_flight::InFlightLayer,
    landing,
    not_found::not_found,
    origin::OriginCheck,
    request_id::RequestIdLayer,
    site::{Direct, Site},
    timeout::TimeoutLayer,
};
use crate::panic;

/// What the server offers, by who may come.
#[derive(Default)]
pub(crate) struct Routes {
    /// What answers at the endpoint's path as its route in `guarded` does, where only layers of ours stand before it.
    pub(crate) endpoint: Option<Direct>,
    /// The endpoint and everything else that pages of other origins must not reach.
    pub(crate) guarded: Router,
    /// Public documents, which pages of every origin may read. They answer CORS by themselves.
    pub(crate) open: Router,
    /// The page at `/`, where no route is.
    pub(crate) page: Option<Bytes>,
}

/// The whole server: `routes`, `/health` and 404 for the rest, behind the layers.
///
/// `settings` are those in effect: host and port are the ones that are listened on. `dev` allows pages of every loopback port.
///
/// # Errors
///
/// A setting that cannot be understood, or two routes on one path.
pub(crate) fn stack(
    routes: Routes,
    settings: &HttpSettings,
    dev: bool,
) -> Result<Site, StartProblem> {
    let in_flight = InFlightLayer::new(settings.limits.in_flight);
    let timeout = TimeoutLayer::beyond_calls_of(settings.limits.call_timeout);
    let header_count = HeaderCount(settings.limits.headers);
    let host = HostCheck::new(settings)?;
    // The fields are counted before any is looked at; then whether the request is meant for this server at all.
    let head = Arc::new((header_count, host));
    let origin = OriginCheck::new(settings, dev)?;
    let cors = option_layer(CorsLayer::new(settings)?);

    // One `ServiceBuilder` per group, because each further `Router::layer` boxes every request's future once more.
    let guarded = ServiceBuilder::new()
        .layer(RequestIdLayer) //      first, so that every answer and every log line has the id
        .layer(CatchPanicLayer) //     next, so that no panic below goes unanswered
        .layer(in_flight.clone()) //   before anything waits: a full server says so at once
        .layer(timeout) //             around all that may hang: bodies, users' layers, users' routes
        .layer(Gate::new((Arc::clone(&head), origin))) // then whether its page may talk to it; a CORS origin may
        .layer(cors); //               last before the routes: preflights carry no token, and auth stands below
    let open = ServiceBuilder::new()
        .layer(RequestIdLayer)
        .layer(CatchPanicLayer)
        .layer(in_flight)
        .layer(timeout)
        .layer(Gate::new(head)); //    no Origin check: the documents are for every page
    let watched = ServiceBuilder::new()
        .layer(RequestIdLayer)
        .layer(CatchPanicLayer); // why not more: see `health`

    let direct = routes
        .endpoint
        .map(|endpoint| Direct::of(guarded.clone().service(endpoint)));
    let endpoint: Arc<str> = settings.endpoint.as_str().into();
    // The page is no route of its own, so that an app can have another one at its place.
    let fallback = move |request: Request| {
        let answer = match &routes.page {
            Some(page) if is_for_page(&request) => landing::response(page.clone()),
            _ => not_found(&endpoint),
        };
        async move { answer }
    };
    let routers = move || {
        let guarded = routes.guarded.fallback(fallback).layer(guarded);
        guarded
            .merge(routes.open.layer(open))
            .merge(health::router().layer(watched))
    };
    let site = Site::from(without_clash(routers)?);
    Ok(match direct {
        Some(direct) => site.with_endpoint(&settings.endpoint, direct),
        None => site,
    })
}

fn is_for_page(request: &Request) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD)
        && request.uri().path() == "/"
        && landing::is_wanted(request.headers())
}

/// The router that `build` puts together.
///
/// # Errors
///
/// Two routes on one path: axum panics then, and routes come from users too.
pub(crate) fn without_clash(build: impl FnOnce() -> Router) -> Result<Router, StartProblem> {
    catch_unwind(AssertUnwindSafe(build)).map_err(|reason| StartProblem::Routes {
        detail: panic::text(&*reason)
            .unwrap_or("see the panic above")
            .to_owned(),
    })
}
