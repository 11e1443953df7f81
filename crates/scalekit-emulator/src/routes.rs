//! Every route, and what stands before all of them.

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    middleware::{Next, from_fn, from_fn_with_state},
    response::Response,
    routing::{get, post},
};
use http::{HeaderValue, Method, StatusCode, header, uri::Authority};

use crate::{
    authorize, development, environment::Shared, fault, introspect, metadata, origin, register,
    reply, rest, token_endpoint,
};

/// The largest body that is read.
const BODY: usize = 64 * 1024;

pub(crate) fn router(environment: Shared) -> Router {
    // What a page of another origin may use, if it may use anything: an MCP client that runs in a browser needs these, and the rest is
    // none of its business.
    let open = Router::new()
        .route("/keys", get(metadata::keys))
        .route("/.well-known/openid-configuration", get(metadata::openid))
        .route(
            "/.well-known/oauth-authorization-server",
            get(metadata::of_environment),
        )
        .route(
            "/.well-known/oauth-authorization-server/resources/{resource}",
            get(metadata::of_resource),
        )
        .route(
            "/resources/{resource}/.well-known/oauth-authorization-server",
            get(metadata::of_resource),
        )
        .route("/oauth/token", post(token_endpoint::of_environment))
        .route(
            "/resources/{resource}/oauth/token",
            post(token_endpoint::of_resource),
        )
        .route(
            "/api/v1/resources/{resource}/clients:register",
            post(register::register),
        )
        .layer(from_fn(cors));
    let windows = Router::new()
        .route("/oauth/authorize", get(authorize::of_environment))
        .route(
            "/resources/{resource}/oauth/authorize",
            get(authorize::of_resource),
        )
        .layer(from_fn(origin::window));
    let own = Router::new()
        .route("/emulator", get(development::identity))
        .route("/emulator/token", post(development::token))
        .route("/oauth/introspect", post(introspect::introspect));
    // Our page's form comes without an origin, because the page has no referrer. It has a number that no other page knows.
    let form = Router::new().route("/consent", post(authorize::decide));
    open.merge(windows)
        .merge(own)
        .merge(rest::router(environment.clone()))
        .layer(from_fn_with_state(environment.clone(), origin::layer))
        .merge(form)
        .fallback(async || reply::text(StatusCode::NOT_FOUND, "there is nothing here\n"))
        // Outermost last: a stranger's name for us is refused before anything is counted or read.
        .layer(DefaultBodyLimit::max(BODY))
        .layer(from_fn_with_state(environment.clone(), fault::layer))
        .layer(from_fn(host))
        .with_state(environment)
}

/// Only names of this machine: a page whose name was made to lead here must not get tokens.
async fn host(request: Request, next: Next) -> Response {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let host = hosts.next().and_then(|value| value.to_str().ok());
    let host = host.and_then(|value| value.parse::<Authority>().ok());
    let is_local = host.is_some_and(|it| matches!(it.host(), "localhost" | "127.0.0.1" | "[::1]"));
    if is_local && hosts.next().is_none() {
        next.run(request).await
    } else {
        reply::text(
            StatusCode::FORBIDDEN,
            "the emulator answers to localhost and 127.0.0.1 only\n",
        )
    }
}

async fn cors(request: Request, next: Next) -> Response {
    let mut response = if request.method() == Method::OPTIONS {
        let mut response = reply::text(StatusCode::NO_CONTENT, "");
        let headers = response.headers_mut();
        for (name, value) in [
            (header::ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, OPTIONS"),
            (
                header::ACCESS_CONTROL_ALLOW_HEADERS,
                "authorization, content-type, dpop, mcp-protocol-version",
            ),
            (header::ACCESS_CONTROL_MAX_AGE, "600"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        response
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    headers.insert(
        header::ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("retry-after, www-authenticate"),
    );
    response
}
