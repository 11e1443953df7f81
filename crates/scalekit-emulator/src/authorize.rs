//! The authorization endpoint: from a request to a consent page, and from there to the client, with a code or an error.
//!
//! 1. Nobody is redirected before client and redirect URI are known to belong together (RFC 6749, section 4.1.2.1).
//! 2. PKCE with S256 is required (OAuth 2.1, section 4.1.1).
//! 3. Every redirect names the issuer (RFC 9207).
//! 4. Without a person, codes go to clients on this machine only.
//! 5. A consent page answers once, by a number that only it knows.

use axum::{
    body::Bytes,
    extract::{Path, RawQuery, State},
    response::Response,
};
use http::{HeaderValue, StatusCode, header};
use url::Url;

use crate::{
    client::{Client, Grant},
    consent::Consent,
    directory::Subject,
    document,
    environment::{Environment, Shared},
    page,
    parameters::Parameters,
    pending::{Authorization, Code},
    random, redirect_uri, reply,
    state::{Granted, SignIn},
    time,
};

/// `GET /oauth/authorize`.
pub(crate) async fn of_environment(
    State(environment): State<Shared>,
    RawQuery(query): RawQuery,
) -> Response {
    let issuer = environment.url.clone();
    authorize(&environment, issuer, query).await
}

/// `GET /resources/{resource}/oauth/authorize`.
pub(crate) async fn of_resource(
    State(environment): State<Shared>,
    Path(resource): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    if resource != environment.resource_id {
        return reply::text(StatusCode::NOT_FOUND, "there is no such resource");
    }
    let issuer = environment.resource_issuer();
    authorize(&environment, issuer, query).await
}

async fn authorize(environment: &Environment, issuer: String, query: Option<String>) -> Response {
    let query = query.unwrap_or_default();
    let Ok(parameters) = Parameters::parse(query.as_bytes()) else {
        return refuse("A parameter of this request came more than once.");
    };
    let client = match client(environment, &parameters).await {
        Ok(client) => client,
        Err(problem) => return refuse(&problem),
    };
    let Some(redirect_uri) = parameters.get("redirect_uri") else {
        return refuse("The request names no redirect_uri.");
    };
    let is_registered = client
        .redirect_uris
        .iter()
        .any(|registered| redirect_uri::matches(registered, redirect_uri));
    if !is_registered {
        return refuse("The redirect_uri is none that this client registered.");
    }
    let state = parameters.get("state").map(str::to_owned);
    let asked = match check(environment, &client, &parameters) {
        Ok((challenge, scopes, resource)) => Authorization {
            client: client.id.clone(),
            client_name: client.name.clone(),
            redirect_uri: redirect_uri.to_owned(),
            challenge,
            scopes,
            state,
            resource,
            issuer,
        },
        Err((error, description)) => {
            let answer = [("error", error), ("error_description", description)];
            return redirect(
                StatusCode::FOUND,
                redirect_uri,
                &answer,
                state.as_deref(),
                &issuer,
            );
        }
    };
    // A page anywhere may send a browser here. What it gets without a click must not leave this machine.
    let consent = match environment.policy().consent {
        Consent::Auto(user) if redirect_uri::is_local(redirect_uri) => Consent::Auto(user),
        _ => Consent::Page,
    };
    match consent {
        Consent::Page => {
            let id = environment.pending.ask(asked.clone());
            environment
                .store
                .read(|state| page::consent(&id, &asked, &state.directory))
        }
        Consent::Auto(name) => {
            let subject = environment.store.read(|state| {
                let directory = &state.directory;
                let user = match &name {
                    Some(name) => directory.named(name),
                    None => directory.users.first(),
                };
                user.and_then(|user| directory.subject(&user.id, None))
            });
            match subject {
                Some(subject) => approve(environment, StatusCode::FOUND, &asked, &client, subject),
                None => deny(
                    StatusCode::FOUND,
                    &asked,
                    "the user of the automatic consent does not exist",
                ),
            }
        }
    }
}

/// `POST /consent`: what the person decided on the page.
pub(crate) async fn decide(State(environment): State<Shared>, body: Bytes) -> Response {
    let Ok(parameters) = Parameters::parse(&body) else {
        return refuse("A field of this form came more than once.");
    };
    let asked = parameters
        .get("request")
        .and_then(|id| environment.pending.asked(id));
    let Some(asked) = asked else {
        return refuse(
            "This page was answered before, or waited too long. Start again from your client.",
        );
    };
    if parameters.get("decision") != Some("approve") {
        return deny(StatusCode::SEE_OTHER, &asked, "the user said no");
    }
    let (user, organization) = match parameters.get("as").map(|it| it.split_once(' ')) {
        Some(Some((user, organization))) => (user, Some(organization)),
        Some(None) => (parameters.get("as").unwrap_or_default(), None),
        None => return deny(StatusCode::SEE_OTHER, &asked, "nobody was chosen"),
    };
    let subject = environment
        .store
        .read(|state| state.directory.subject(user, organization));
    let Some(subject) = subject else {
        return deny(StatusCode::SEE_OTHER, &asked, "there is no such user");
    };
    let client = match find(&environment, &asked.client).await {
        Ok(client) => client,
        Err(problem) => return refuse(&problem),
    };
    approve(
        &environment,
        StatusCode::SEE_OTHER,
        &asked,
        &client,
        subject,
    )
}

async fn client(environment: &Environment, parameters: &Parameters) -> Result<Client, String> {
    let Some(id) = parameters.get("client_id") else {
        return Err("The request names no client_id.".to_owned());
    };
    find(environment, id).await
}

async fn find(environment: &Environment, id: &str) -> Result<Client, String> {
    if let Some(client) = environment
        .store
        .read(|state| state.clients.get(id).cloned())
    {
        return Ok(client);
    }
    if !document::is_address(id) {
        return Err("There is no such client. Clients register themselves, or name the address of their metadata document.".to_owned());
    }
    environment
        .documents
        .client(id)
        .await
        .map_err(|error| format!("The metadata document of this client cannot be used: {error}."))
}

type Checked = (String, Vec<String>, String);

fn check(
    environment: &Environment,
    client: &Client,
    parameters: &Parameters,
) -> Result<Checked, (&'static str, &'static str)> {
    if parameters
        .get("state")
        .is_some_and(|state| state.len() > 4096)
    {
        return Err(("invalid_request", "state is too long"));
    }
    match parameters.get("response_type") {
        Some("code") => {}
        Some(_) => return Err(("unsupported_response_type", "response_type has to be code")),
        None => return Err(("invalid_request", "response_type is missing")),
    }
    if !client.may(Grant::AuthorizationCode) {
        return Err((
            "unauthorized_client",
            "this client did not register for authorization_code",
        ));
    }
    let Some(challenge) = parameters.get("code_challenge") else {
        return Err((
            "invalid_request",
            "code_challenge is missing: PKCE is required",
        ));
    };
    if parameters.get("code_challenge_method") != Some("S256") {
        return Err(("invalid_request", "code_challenge_method has to be S256"));
    }
    // A SHA-256 in base64url without padding.
    let is_hash = challenge.len() == 43
        && challenge
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if !is_hash {
        return Err(("invalid_request", "code_challenge is no S256 challenge"));
    }
    let Some(scopes) = environment.scopes(parameters.get("scope")) else {
        return Err(("invalid_scope", "a scope is not known to this resource"));
    };
    let Some(resource) = environment.resource(parameters.get("resource")) else {
        return Err((
            "invalid_target",
            "resource is not the URL of this MCP server",
        ));
    };
    Ok((challenge.to_owned(), scopes, resource))
}

fn approve(
    environment: &Environment,
    status: StatusCode,
    asked: &Authorization,
    client: &Client,
    subject: Subject,
) -> Response {
    let session = random::id("ses");
    let sign_in = SignIn {
        subject: subject.clone(),
        client: asked.client.clone(),
        created: time::now(),
        last_active: time::now(),
        revoked: None,
    };
    let written = environment.store.change(|state| {
        state.sessions.insert(session.clone(), sign_in);
        state.tidy();
    });
    if written.is_err() {
        let answer = [
            ("error", "server_error"),
            ("error_description", "the state cannot be written"),
        ];
        return redirect(
            status,
            &asked.redirect_uri,
            &answer,
            asked.state.as_deref(),
            &asked.issuer,
        );
    }
    let code = Code {
        grant: Granted {
            client: asked.client.clone(),
            subject,
            scopes: asked.scopes.clone(),
            resource: asked.resource.clone(),
            session,
        },
        redirect_uri: asked.redirect_uri.clone(),
        challenge: asked.challenge.clone(),
        issuer: asked.issuer.clone(),
        refreshable: client.may(Grant::RefreshToken),
    };
    let code = environment
        .pending
        .issue(code, environment.policy().code_lifetime);
    redirect(
        status,
        &asked.redirect_uri,
        &[("code", &code)],
        asked.state.as_deref(),
        &asked.issuer,
    )
}

fn deny(status: StatusCode, asked: &Authorization, description: &str) -> Response {
    let answer = [
        ("error", "access_denied"),
        ("error_description", description),
    ];
    redirect(
        status,
        &asked.redirect_uri,
        &answer,
        asked.state.as_deref(),
        &asked.issuer,
    )
}

fn redirect(
    status: StatusCode,
    redirect_uri: &str,
    answer: &[(&str, &str)],
    state: Option<&str>,
    issuer: &str,
) -> Response {
    let Ok(mut url) = Url::parse(redirect_uri) else {
        return refuse("The redirect_uri is no URL.");
    };
    url.query_pairs_mut()
        .extend_pairs(answer)
        .extend_pairs(state.map(|state| ("state", state)))
        .append_pair("iss", issuer);
    let mut response = reply::text(status, "");
    let headers = response.headers_mut();
    if let Ok(location) = HeaderValue::from_str(url.as_str()) {
        headers.insert(header::LOCATION, location);
    }
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    response
}

fn refuse(text: &str) -> Response {
    page::problem(
        StatusCode::BAD_REQUEST,
        "This request cannot be answered",
        text,
    )
}
