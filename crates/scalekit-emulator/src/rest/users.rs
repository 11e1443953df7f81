//! Users, and what they are in organizations.

use axum::{
    extract::{Path, RawQuery, State},
    response::Response,
};
use http::StatusCode;
use serde_json::{Value, json};

use super::{invalid, not_found, paging};
use crate::{
    directory::{Directory, Membership, User},
    environment::Shared,
    parameters::Parameters,
    reply, time,
};

pub(super) async fn list(State(environment): State<Shared>, RawQuery(query): RawQuery) -> Response {
    let Ok(query) = Parameters::parse(query.unwrap_or_default().as_bytes()) else {
        return invalid("a parameter came more than once");
    };
    let items = environment.store.read(|state| {
        let directory = &state.directory;
        directory
            .users
            .iter()
            .map(|user| show(user, directory))
            .collect()
    });
    paging::page("users", items, &query)
}

pub(super) async fn read(State(environment): State<Shared>, Path(id): Path<String>) -> Response {
    let user = environment.store.read(|state| {
        state
            .directory
            .user(&id)
            .map(|user| show(user, &state.directory))
    });
    match user {
        Some(user) => reply::json(StatusCode::OK, &json!({ "user": user })),
        None => not_found("user"),
    }
}

/// The members of an organization, and with `query` those whose name or e-mail address contains it.
pub(super) async fn of_organization(
    State(environment): State<Shared>,
    Path(organization): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let Ok(query) = Parameters::parse(query.unwrap_or_default().as_bytes()) else {
        return invalid("a parameter came more than once");
    };
    let wanted = query.get("query").unwrap_or_default().to_lowercase();
    let items = environment.store.read(|state| {
        let directory = &state.directory;
        directory.organization(&organization)?;
        let members = directory.users.iter().filter(|user| {
            let text = format!("{} {}", user.name(), user.email).to_lowercase();
            user.membership(&organization).is_some() && text.contains(&wanted)
        });
        Some(members.map(|user| show(user, directory)).collect())
    });
    match items {
        Some(items) => paging::page("users", items, &query),
        None => not_found("organization"),
    }
}

pub(super) async fn roles(state: State<Shared>, path: Path<(String, String)>) -> Response {
    named("roles", state, path, |membership| &membership.roles)
}

pub(super) async fn permissions(state: State<Shared>, path: Path<(String, String)>) -> Response {
    named("permissions", state, path, |membership| {
        &membership.permissions
    })
}

fn named(
    name: &str,
    State(environment): State<Shared>,
    Path((organization, user)): Path<(String, String)>,
    of: fn(&Membership) -> &Vec<String>,
) -> Response {
    let names = environment.store.read(|state| {
        let user = state.directory.user(&user)?;
        user.membership(&organization).map(|it| of(it).clone())
    });
    match names {
        Some(names) => {
            let items: Vec<Value> = names
                .iter()
                .map(|name| json!({ "id": name, "name": name, "display_name": name }))
                .collect();
            let mut body = json!({});
            body[name] = Value::Array(items);
            reply::json(StatusCode::OK, &body)
        }
        None => not_found("user"),
    }
}

fn show(user: &User, directory: &Directory) -> Value {
    let memberships: Vec<Value> = user
        .memberships
        .iter()
        .map(|membership| {
            let organization = directory.organization(&membership.organization_id);
            let name = organization
                .map(|it| it.display_name.as_str())
                .unwrap_or_default();
            let roles: Vec<Value> = membership
                .roles
                .iter()
                .map(|role| json!({ "id": role, "name": role, "display_name": role }))
                .collect();
            json!({
                "organization_id": membership.organization_id,
                "membership_status": "ACTIVE",
                "roles": roles,
                "permissions": membership.permissions,
                "name": name,
                "display_name": name,
                "join_time": time::rfc3339(user.create_time),
            })
        })
        .collect();
    json!({
        "id": user.id,
        "email": user.email,
        "create_time": time::rfc3339(user.create_time),
        "update_time": time::rfc3339(user.create_time),
        "metadata": {},
        "memberships": memberships,
        "user_profile": {
            "id": format!("usp_{}", user.id.trim_start_matches("usr_")),
            "name": user.name(),
            "given_name": user.given_name,
            "family_name": user.family_name,
            "email_verified": true,
        },
    })
}
