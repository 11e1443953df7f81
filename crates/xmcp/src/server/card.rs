//! The server card: who this is and where it listens, for programs that look around before they connect (SEP-2127; schema version 2 of
//! its extension). It names no tools, prompts or resources, and is the same for everybody.

use axum::{
    Router,
    response::{IntoResponse, Response},
    routing::{MethodFilter, on},
};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use serde_json::{Map, Value, json};

use super::Server;
use crate::http::endpoint_url;

/// Where registries and crawlers look.
const WELL_KNOWN: &str = "/.well-known/mcp/server-card.json";
/// What SEP-2127 reserves below the endpoint.
const BESIDE_ENDPOINT: &str = "/server-card";
const SCHEMA: &str = "https://static.modelcontextprotocol.io/schemas/v2/server-card.schema.json";
/// The longest title and description, in characters.
const LONGEST_TEXT: usize = 100;
/// The longest name.
const LONGEST_NAME: usize = 200;

/// The routes of the card. Pages of every origin may read it.
pub(super) fn routes(server: &Server) -> Router {
    let card = Bytes::from(card(server).to_string());
    let methods = MethodFilter::GET.or(MethodFilter::OPTIONS);
    let answer = move |method: Method| {
        let response = match method {
            Method::OPTIONS => StatusCode::NO_CONTENT.into_response(),
            _ => document(card.clone()),
        };
        async move { readable_everywhere(response) }
    };
    let endpoint = &server.settings.http.endpoint;
    Router::new()
        .route(WELL_KNOWN, on(methods, answer.clone()))
        .route(&format!("{endpoint}{BESIDE_ENDPOINT}"), on(methods, answer))
}

fn document(card: Bytes) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/mcp-server-card+json"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, card).into_response()
}

fn readable_everywhere(mut response: Response) -> Response {
    let headers: [(HeaderName, &str); 3] = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        (header::ACCESS_CONTROL_ALLOW_METHODS, "GET"),
        (header::ACCESS_CONTROL_ALLOW_HEADERS, "content-type"),
    ];
    for (name, value) in headers {
        response
            .headers_mut()
            .insert(name, HeaderValue::from_static(value));
    }
    response
}

/// `ServerCard` of the extension's schema.
fn card(server: &Server) -> Value {
    let settings = &server.settings.server;
    let title = settings.title.as_deref().filter(|title| !title.is_empty());
    let description = settings.description.as_deref().or(title);
    let mut card = Map::new();
    let mut insert = |key: &str, value: Value| drop(card.insert(key.to_owned(), value));
    insert("$schema", SCHEMA.into());
    insert("name", name(server).into());
    insert("version", settings.version.as_str().into());
    insert(
        "description",
        short(description.unwrap_or(&settings.name)).into(),
    );
    if let Some(title) = title {
        insert("title", short(title).into());
    }
    for key in ["websiteUrl", "icons"] {
        if let Some(value) = server.info.server().get(key) {
            insert(key, value.clone());
        }
    }
    let remote = json!({
        "type": "streamable-http",
        "url": endpoint_url(&server.settings.http),
        "supportedProtocolVersions": server.versions.all(),
    });
    insert("remotes", json!([remote]));
    Value::Object(card)
}

/// The name as the schema wants it: a host's name back to front, a slash, and the server's own name. A name that has this form is
/// left as it is.
fn name(server: &Server) -> String {
    let name = &server.settings.server.name;
    if let Some((space, own)) = name.split_once('/')
        && !space.is_empty()
        && !own.is_empty()
        && name.len() <= LONGEST_NAME
        && space.bytes().all(|byte| is_plain(byte) && byte != b'_')
        && own.bytes().all(is_plain)
    {
        return name.clone();
    }
    let host = server.settings.http.public_url.as_deref().and_then(host);
    let space = match host {
        Some(host) => host.rsplit('.').collect::<Vec<_>>().join("."),
        None => "localhost".to_owned(),
    };
    let own: String = name
        .chars()
        .map(|character| match u8::try_from(character) {
            Ok(byte) if is_plain(byte) => character,
            _ => '-',
        })
        .collect();
    let mut name = format!("{space}/{own}");
    name.truncate(LONGEST_NAME);
    name
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"._-".contains(&byte)
}

/// The host of a URL, if it is a name.
fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let host = rest.split(['/', ':']).next()?;
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b".-".contains(&byte);
    (!host.is_empty() && host.bytes().all(is_name)).then_some(host)
}

/// The beginning of a text, as long as it may be.
fn short(text: &str) -> String {
    match text.char_indices().nth(LONGEST_TEXT) {
        None => text.to_owned(),
        Some(_) => {
            let mut short: String = text.chars().take(LONGEST_TEXT - 1).collect();
            short.push('…');
            short
        }
    }
}
