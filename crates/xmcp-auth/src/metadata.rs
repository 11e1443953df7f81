//! The protected resource's metadata: where tokens for it come from (RFC 9728).
//!
//! 1. Written once, at start, and served as the same bytes at the path form and the root form.
//! 2. Nothing of a request gets into it. With several spellings of this machine, `Host` chooses among those made at start.
//! 3. For everybody: no token, any origin.

use std::time::Duration;

use axum::{
    Router,
    body::Body,
    extract::Request,
    response::Response,
    routing::{MethodFilter, on},
};
use bytes::Bytes;
use http::{HeaderValue, Method, StatusCode, header};
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
    #[serde(
        rename = "dpop_signing_alg_values_supported",
        skip_serializing_if = "Option::is_none"
    )]
    pub(crate) dpop_algorithms: Option<[&'static str; 4]>,
    #[serde(
        rename = "dpop_bound_access_tokens_required",
        skip_serializing_if = "std::ops::Not::not"
    )]
    pub(crate) dpop_is_required: bool,
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

/// Where the documents of a resource are: at the path form and, if it is to be there too, at the root form.
pub(crate) fn places(identifier: &Identifier, has_root_form: bool) -> Vec<String> {
    let root_form = has_root_form.then(|| WELL_KNOWN.to_owned());
    [identifier.metadata_path()]
        .into_iter()
        .chain(root_form)
        .collect()
}

/// The documents at their places, each with and without a slash at its end.
pub(crate) fn router(places: &[String], documents: Spellings<Bytes>) -> Router {
    let mut places: Vec<String> = places
        .iter()
        .map(|place| place.trim_end_matches('/'))
        .flat_map(|place| [place.to_owned(), format!("{place}/")])
        .collect();
    places.sort();
    places.dedup();
    let answer = move |request: Request| {
        let response = respond(
            request.method(),
            documents.of(request.uri(), request.headers()),
        );
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

fn respond(method: &Method, bytes: &Bytes) -> Response {
    without_document(method)
        .unwrap_or_else(|| document(Body::from(bytes.clone()), Duration::from_secs(3600)))
}

/// A document for everybody, who may keep it for so long.
pub(crate) fn document(body: Body, max_age: Duration) -> Response {
    let mut response = open(StatusCode::OK, body);
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    let cache_control = HeaderValue::try_from(format!("public, max-age={}", max_age.as_secs()));
    headers.insert(
        header::CACHE_CONTROL,
        cache_control.expect("digits are a header's value"),
    );
    response
}

/// The answer to a request that does not ask for the document itself, none if it does.
pub(crate) fn without_document(method: &Method) -> Option<Response> {
    const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, OPTIONS");
    let status = match *method {
        Method::GET | Method::HEAD => return None,
        Method::OPTIONS => StatusCode::NO_CONTENT,
        _ => StatusCode::METHOD_NOT_ALLOWED,
    };
    let mut response = open(status, Body::empty());
    let headers = response.headers_mut();
    headers.insert(header::ALLOW, METHODS);
    if *method == Method::OPTIONS {
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        // Clients send `mcp-protocol-version` along, which browsers ask about first.
        headers.insert(
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static("*"),
        );
        headers.insert(
            header::ACCESS_CONTROL_MAX_AGE,
            HeaderValue::from_static("3600"),
        );
    }
    Some(response)
}

/// An answer that pages of every origin may read.
pub(crate) fn open(status: StatusCode, body: Body) -> Response {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    response
}
