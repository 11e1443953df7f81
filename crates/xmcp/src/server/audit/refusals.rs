//! What auth refuses before any message is read.

use axum::{
    Router,
    extract::{ConnectInfo, Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use std::{net::SocketAddr, sync::Arc, time::Instant};
use xmcp_auth::{Rejection, Session};

use super::{Record, Why, bounded};
use crate::{Transport, http::RequestId, server::Server};

/// These routes, whose refusals by auth are told of. It stands outside of auth.
pub(in crate::server) fn watched(routes: Router, server: &Arc<Server>) -> Router {
    routes.layer(from_fn_with_state(Arc::clone(server), watch))
}

async fn watch(State(server): State<Arc<Server>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let http_method = bounded(request.method().as_str());
    let request_id = request.extensions().get::<RequestId>().cloned();
    let peer: Option<&ConnectInfo<SocketAddr>> = request.extensions().get();
    let peer = peer.map(|ConnectInfo(peer)| *peer);
    let client_address = server.callers.address(peer, request.headers());
    let response = next.run(request).await;
    // What is not refused there has an event of its own.
    let Some(rejection) = response.extensions().get::<Rejection>() else {
        return response;
    };
    let record = Record {
        caller: response.extensions().get::<Session>().cloned(),
        transport: Some(Transport::Http),
        http_method: Some(http_method),
        client_address,
        request_id,
        started: Some(started),
        ..Record::default()
    };
    if let Rejection::InsufficientScope(scopes) = rejection {
        let _ = record.scope.set(scopes.to_string());
    }
    let why = Why::from(rejection);
    record.say(why.decision(), Some(why));
    response
}
