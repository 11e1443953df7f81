//! Organizations.

use axum::{
    body::Bytes,
    extract::{Path, RawQuery, State},
    response::Response,
};
use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{invalid, not_found, object, paging, unwritten};
use crate::{
    directory::Organization, environment::Shared, parameters::Parameters, random, reply, time,
};

/// Organizations at a time.
const MOST: usize = 1000;

pub(super) async fn list(State(environment): State<Shared>, RawQuery(query): RawQuery) -> Response {
    let Ok(query) = Parameters::parse(query.unwrap_or_default().as_bytes()) else {
        return invalid("a parameter came more than once");
    };
    let external = query.get("external_id");
    let items = environment.store.read(|state| {
        let all = state.directory.organizations.iter();
        all.filter(|it| external.is_none() || it.external_id.as_deref() == external)
            .map(show)
            .collect()
    });
    paging::page("organizations", items, &query)
}

pub(super) async fn read(State(environment): State<Shared>, Path(id): Path<String>) -> Response {
    answer(
        StatusCode::OK,
        environment
            .store
            .read(|state| state.directory.organization(&id).map(show)),
    )
}

pub(super) async fn by_external_id(
    State(environment): State<Shared>,
    Path(external): Path<String>,
) -> Response {
    let found = environment.store.read(|state| {
        let mut all = state.directory.organizations.iter();
        all.find(|it| it.external_id.as_ref() == Some(&external))
            .map(show)
    });
    answer(StatusCode::OK, found)
}

pub(super) async fn create(State(environment): State<Shared>, body: Bytes) -> Response {
    let Some(changes) = object(&body) else {
        return invalid("the body is no JSON object");
    };
    let mut organization = Organization {
        id: random::id("org"),
        display_name: String::new(),
        external_id: None,
        metadata: Map::new(),
        create_time: time::now(),
        update_time: time::now(),
    };
    if !change(&mut organization, &changes) || organization.display_name.is_empty() {
        return invalid(
            "display_name is required, external_id is text, and metadata is an object of texts",
        );
    }
    let created = environment.store.change(|state| {
        let all = &mut state.directory.organizations;
        let external = &organization.external_id;
        if all.len() >= MOST
            || external.is_some() && all.iter().any(|it| it.external_id == *external)
        {
            return None;
        }
        let shown = show(&organization);
        all.push(organization);
        Some(shown)
    });
    match created {
        Ok(Some(shown)) => answer(StatusCode::CREATED, Some(shown)),
        Ok(None) => reply::rest_error(
            StatusCode::CONFLICT,
            "ALREADY_EXISTS",
            "an organization has this external_id, or there are too many",
        ),
        Err(error) => unwritten(error),
    }
}

pub(super) async fn update(
    State(environment): State<Shared>,
    Path(id): Path<String>,
    body: Bytes,
) -> Response {
    let Some(changes) = object(&body) else {
        return invalid("the body is no JSON object");
    };
    let updated = environment.store.change(|state| {
        let all = &mut state.directory.organizations;
        let Some(organization) = all.iter_mut().find(|it| it.id == id) else {
            return Some(None);
        };
        let mut changed = organization.clone();
        if !change(&mut changed, &changes) {
            return None;
        }
        changed.update_time = time::now();
        *organization = changed;
        Some(Some(show(organization)))
    });
    match updated {
        Ok(Some(shown)) => answer(StatusCode::OK, shown),
        Ok(None) => {
            invalid("display_name and external_id are texts, and metadata is an object of texts")
        }
        Err(error) => unwritten(error),
    }
}

pub(super) async fn delete(State(environment): State<Shared>, Path(id): Path<String>) -> Response {
    let deleted = environment.store.change(|state| {
        let all = &mut state.directory.organizations;
        let before = all.len();
        all.retain(|it| it.id != id);
        let is_gone = all.len() < before;
        if is_gone {
            for user in &mut state.directory.users {
                user.memberships.retain(|it| it.organization_id != id);
            }
        }
        is_gone
    });
    match deleted {
        Ok(true) => reply::json(StatusCode::OK, &json!({})),
        Ok(false) => not_found("organization"),
        Err(error) => unwritten(error),
    }
}

fn answer(status: StatusCode, organization: Option<Value>) -> Response {
    match organization {
        Some(organization) => reply::json(status, &json!({ "organization": organization })),
        None => not_found("organization"),
    }
}

/// Applies what `changes` names. False if something has the wrong type.
fn change(organization: &mut Organization, changes: &Map<String, Value>) -> bool {
    let text = |value: &Value| {
        value
            .as_str()
            .filter(|it| it.len() <= 500)
            .map(str::to_owned)
    };
    if let Some(value) = changes.get("display_name") {
        match text(value).filter(|name| !name.is_empty()) {
            Some(name) => organization.display_name = name,
            None => return false,
        }
    }
    if let Some(value) = changes.get("external_id") {
        match text(value) {
            Some(id) => organization.external_id = Some(id).filter(|id| !id.is_empty()),
            None => return false,
        }
    }
    if let Some(value) = changes.get("metadata") {
        match value
            .as_object()
            .filter(|it| it.values().all(Value::is_string))
        {
            Some(metadata) => organization.metadata = metadata.clone(),
            None => return false,
        }
    }
    true
}

fn show(organization: &Organization) -> Value {
    json!({
        "id": organization.id,
        "display_name": organization.display_name,
        "external_id": organization.external_id.as_deref().unwrap_or_default(),
        "region_code": "US",
        "create_time": time::rfc3339(organization.create_time),
        "update_time": time::rfc3339(organization.update_time),
        "metadata": organization.metadata,
    })
}
