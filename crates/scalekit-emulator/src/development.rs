//! What the real one has not: a token in one command, and a way to ask a port whether this emulator is behind it.

use axum::{body::Bytes, extract::State, response::Response};
use http::StatusCode;
use serde_json::json;

use crate::{
    environment::Shared,
    parameters::Parameters,
    random, reply,
    state::{Granted, SignIn},
    time,
};

/// The fields of [`token`], each of which may be left out.
const FIELDS: [&str; 4] = ["user", "organization", "scope", "resource"];

/// `POST /emulator/token`: a user's token for the MCP server, as text. `user` is an id, an e-mail address or a given name,
/// `organization` an id, `scope` one text with spaces between scopes. A field that is none of [`FIELDS`] is refused: a misspelt one
/// would give a token that is not what was asked for.
///
/// Pages of other origins cannot read the answer: this route has no CORS, and only names of this machine are answered.
pub(crate) async fn token(State(environment): State<Shared>, body: Bytes) -> Response {
    let refuse = |text: &str| reply::text(StatusCode::BAD_REQUEST, format!("{text}\n"));
    let Ok(parameters) = Parameters::parse(&body) else {
        return refuse("a field came more than once");
    };
    if !parameters.are_among(&FIELDS) {
        return refuse(&format!(
            "there are no other fields than {}",
            FIELDS.join(", ")
        ));
    }
    let subject = environment.store.read(|state| {
        let directory = &state.directory;
        let user = match parameters.get("user") {
            Some(name) => directory.named(name),
            None => directory.users.first(),
        };
        user.and_then(|user| directory.subject(&user.id, parameters.get("organization")))
            .ok_or_else(|| directory.who_is_where())
    });
    let subject = match subject {
        Ok(subject) => subject,
        Err(who_is_where) => {
            return refuse(&format!(
                "there is no such user in such an organization: {who_is_where}"
            ));
        }
    };
    let Some(scopes) = environment.scopes(parameters.get("scope")) else {
        return refuse("a scope is not known to this resource");
    };
    let Some(resource) = environment.resource(parameters.get("resource")) else {
        return refuse("resource is not the URL of this MCP server");
    };
    let client = environment.store.read(|state| state.built_in.mcp.clone());
    let session = random::id("ses");
    let sign_in = SignIn {
        subject: subject.clone(),
        client: client.clone(),
        created: time::now(),
        last_active: time::now(),
        revoked: None,
    };
    let written = environment.store.change(|state| {
        state.sessions.insert(session.clone(), sign_in);
        state.tidy();
    });
    if written.is_err() {
        return reply::text(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the state cannot be written\n",
        );
    }
    let grant = Granted {
        client,
        subject,
        scopes,
        resource,
        session,
    };
    reply::text(StatusCode::OK, environment.user_token(&grant, None).text)
}

/// `GET /emulator`: which environment this is.
pub(crate) async fn identity(State(environment): State<Shared>) -> Response {
    let instance = environment.store.read(|state| state.instance.clone());
    // The instance proves which state folder is behind it, and opens nothing.
    reply::json(
        StatusCode::OK,
        &json!({ "instance": instance, "server_url": environment.server_url }),
    )
}
