//! The protected resource's metadata: where tokens for it come from (RFC 9728).
//!
//! 1. Written once, at start, and served as the same bytes at the path form and the root form.
//! 2. Nothing of a request gets into it. With several spellings of this machine, `Host` chooses among those made at start.
//! 3. For everybody: no token, any origin.

use axum::{
    Router,
    body::Body,
    extract::Request,
    response::Response,
    routing::{MethodFilter, on},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde::Serialize;

use crate::{
    ScopeSet,
    resource::{Identifier, WELL_KNOWN},
    spelling::Spellings,
};

/// What the document says, in this order. What is empty is left out (RFC 9728, section 3.2).
#[derive(Serialize)]
pub(crate) struct Metadata<'a> {
    pub(crate) resource: &'a str,
    pub(crate) authorization_servers: &'a [String],
    pub(crate) bearer_methods_supported: [&'static str; 1],
    #[serde(skip_serializing_if = "ScopeSet::is_empty")]
    pub(crate) scopes_supported: &'a ScopeSet,
    #[serde(rename = "resource_name", skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<&'a str>,
    #[serde(
        rename = "resource_documentation",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) documentation: Option<&'a str>,
}

impl Metadata<'_> {
    pub(crate) fn bytes(&self) -> Bytes {
        serde_json::to_vec(self)
            .expect("texts and lists of texts are JSON")
            .into()
    }
}

/// The documents at their places: the path form and the root form, each with and without a slash at its end.
pub(crate) fn router(identifier: &Identifier, documents: Spellings<Bytes>) -> Router {
    let path = identifier.metadata_path();
    let mut places: Vec<String> = [path.as_str(), WELL_KNOWN]
        .into_iter()
        .map(|place| place.trim_end_matches('/'))
        .flat_map(|place| [place.to_owned(), format!("{place}/")])
        .collect();
    places.sort();
    places.dedup();
    let answer = move |request: Request| {
        let response = respond(request.method(), documents.of(&request));
        async move { response }
    };
    // Whoever mounts it may have paths that look like captures of an older axum.
    let mut router = Router::new().without_v07_checks();
    for place in places {
        let methods = MethodFilter::GET.or(MethodFilter::HEAD);
        router = router.route(&place, on(methods, answer.clone()).fallback(answer.clone()));
    }
    router
}

fn respond(method: &Method, document: &Bytes) -> Response {
    const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, OPTIONS");
    let mut headers = HeaderMap::new();
    let mut add = |name, value| headers.insert(name, value);
    add(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    let (status, body) = match *method {
        Method::GET | Method::HEAD => {
            add(
                header::CONTENT_TYPE,
                HeaderValue::from_static("application/json"),
            );
            add(
                header::CACHE_CONTROL,
                HeaderValue::from_static("public, max-age=3600"),
            );
            (StatusCode::OK, Body::from(document.clone()))
        }
        Method::OPTIONS => {
            add(header::ALLOW, METHODS);
            add(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
            // Clients send `mcp-protocol-version` along, which browsers ask about first.
            add(
                header::ACCESS_CONTROL_ALLOW_HEADERS,
                HeaderValue::from_static("*"),
            );
            add(
                header::ACCESS_CONTROL_MAX_AGE,
                HeaderValue::from_static("3600"),
            );
            (StatusCode::NO_CONTENT, Body::empty())
        }
        _ => {
            add(header::ALLOW, METHODS);
            (StatusCode::METHOD_NOT_ALLOWED, Body::empty())
        }
    };
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}
