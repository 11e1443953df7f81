//! Sessions: what a user signed in to, and how it ends. Tokens that were issued live on until they expire, as they do in the real one.

use axum::{
    extract::{Path, RawQuery, State},
    response::Response,
};
use http::StatusCode;
use serde_json::{Value, json};

use super::{invalid, not_found, paging, unwritten};
use crate::{
    environment::Shared,
    parameters::Parameters,
    reply,
    state::{SESSION_LIFETIME, SignIn},
    time,
};

/// Seconds that a session lives after it was last used.
const IDLE: u64 = 7 * 24 * 3600;

pub(super) async fn read(State(environment): State<Shared>, Path(id): Path<String>) -> Response {
    let session = environment
        .store
        .read(|state| state.sessions.get(&id).map(|session| show(&id, session)));
    match session {
        Some(session) => reply::json(StatusCode::OK, &session),
        None => not_found("session"),
    }
}

pub(super) async fn of_user(
    State(environment): State<Shared>,
    Path(user): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let Ok(query) = Parameters::parse(query.unwrap_or_default().as_bytes()) else {
        return invalid("a parameter came more than once");
    };
    let items = environment.store.read(|state| {
        state.directory.user(&user)?;
        let all = state.sessions.iter();
        let own = all.filter(|(_, session)| session.subject.user == user);
        Some(own.map(|(id, session)| show(id, session)).collect())
    });
    match items {
        Some(items) => paging::page("sessions", items, &query),
        None => not_found("user"),
    }
}

pub(super) async fn revoke(State(environment): State<Shared>, Path(id): Path<String>) -> Response {
    let revoked = environment.store.change(|state| {
        state.revoke(&id);
        state.sessions.get(&id).map(|session| show(&id, session))
    });
    match revoked {
        Ok(Some(session)) => reply::json(StatusCode::OK, &json!({ "revoked_session": session })),
        Ok(None) => not_found("session"),
        Err(error) => unwritten(error),
    }
}

pub(super) async fn revoke_all(
    State(environment): State<Shared>,
    Path(user): Path<String>,
) -> Response {
    let revoked = environment.store.change(|state| {
        state.directory.user(&user)?;
        let own = state
            .sessions
            .iter()
            .filter(|(_, session)| session.subject.user == user && session.revoked.is_none());
        let ids: Vec<String> = own.map(|(id, _)| id.clone()).collect();
        for id in &ids {
            state.revoke(id);
        }
        let shown = ids
            .iter()
            .filter_map(|id| Some(show(id, state.sessions.get(id)?)));
        Some(shown.collect::<Vec<Value>>())
    });
    match revoked {
        Ok(Some(sessions)) => reply::json(
            StatusCode::OK,
            &json!({ "total_revoked": sessions.len(), "revoked_sessions": sessions }),
        ),
        Ok(None) => not_found("user"),
        Err(error) => unwritten(error),
    }
}

fn show(id: &str, session: &SignIn) -> Value {
    let idle = session.last_active.saturating_add(IDLE);
    let absolute = session.created.saturating_add(SESSION_LIFETIME);
    let status = match session.revoked {
        Some(_) => "revoked",
        None if idle.min(absolute) <= time::now() => "expired",
        None => "active",
    };
    let organizations: Vec<&String> = session.subject.organization.iter().collect();
    json!({
        "session_id": id,
        "user_id": session.subject.user,
        "organization_id": session.subject.organization,
        "status": status,
        "created_at": time::rfc3339(session.created),
        "updated_at": time::rfc3339(session.last_active),
        "last_active_at": time::rfc3339(session.last_active),
        "idle_expires_at": time::rfc3339(idle),
        "absolute_expires_at": time::rfc3339(absolute),
        "expired_at": null,
        "logout_at": session.revoked.map(time::rfc3339),
        "authenticated_organizations": organizations,
        "authenticated_clients": [{ "client_id": session.client, "organization_id": session.subject.organization }],
    })
}
