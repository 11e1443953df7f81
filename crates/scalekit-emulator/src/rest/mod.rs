//! The REST interface, as much of it as an MCP server asks: organizations, users, sessions.
//!
//! Every request needs a token of the environment's own credentials.

mod bearer;
mod organizations;
mod paging;
mod sessions;
mod users;

use axum::{
    Router,
    body::Bytes,
    middleware::from_fn_with_state,
    response::Response,
    routing::{get, post},
};
use http::StatusCode;
use serde_json::{Map, Value};

pub(crate) use bearer::is_environments_own;

use crate::{environment::Shared, reply};

pub(crate) fn router(environment: Shared) -> Router<Shared> {
    Router::new()
        .route(
            "/api/v1/organizations",
            get(organizations::list).post(organizations::create),
        )
        .route(
            "/api/v1/organizations:external/{external}",
            get(organizations::by_external_id),
        )
        .route(
            "/api/v1/organizations/{organization}",
            get(organizations::read)
                .patch(organizations::update)
                .delete(organizations::delete),
        )
        .route(
            "/api/v1/organizations/{organization}/users",
            get(users::of_organization),
        )
        .route(
            "/api/v1/organizations/{organization}/users:search",
            get(users::of_organization),
        )
        .route(
            "/api/v1/organizations/{organization}/users/{user}/roles",
            get(users::roles),
        )
        .route(
            "/api/v1/organizations/{organization}/users/{user}/permissions",
            get(users::permissions),
        )
        .route("/api/v1/users", get(users::list))
        .route("/api/v1/users/{user}", get(users::read))
        .route("/api/v1/users/{user}/sessions", get(sessions::of_user))
        .route(
            "/api/v1/users/{user}/sessions/revoke",
            post(sessions::revoke_all),
        )
        .route("/api/v1/sessions/{session}", get(sessions::read))
        .route("/api/v1/sessions/{session}/revoke", post(sessions::revoke))
        .layer(from_fn_with_state(environment, bearer::layer))
}

fn not_found(what: &str) -> Response {
    reply::rest_error(
        StatusCode::NOT_FOUND,
        "RESOURCE_NOT_FOUND",
        &format!("{what} not found"),
    )
}

fn invalid(message: &str) -> Response {
    reply::rest_error(StatusCode::BAD_REQUEST, "INVALID_ARGUMENT", message)
}

fn unwritten(_: std::io::Error) -> Response {
    reply::rest_error(
        StatusCode::INTERNAL_SERVER_ERROR,
        "INTERNAL",
        "the state cannot be written",
    )
}

fn object(body: &Bytes) -> Option<Map<String, Value>> {
    serde_json::from_slice(body).ok()
}
