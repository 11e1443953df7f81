//! The authorization server's metadata under the resource's own origin, for clients of the protocol of 2025-03-26, which look for it
//! nowhere else.
//!
//! 1. Off unless asked for: the document's issuer is not where it was fetched from, and newer clients rightly refuse that
//!    (RFC 8414, section 3.3).
//! 2. A stranger cannot make requests of ours: one is under way at a time, and what came of it is kept, 10 minutes if it is a
//!    document, 30 seconds if it is none.
//! 3. At most 64 KiB, and of these only members that are known.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{Router, body::Body, extract::Request, response::Response, routing::any};
use bytes::Bytes;
use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use http::{HeaderValue, StatusCode, header};
use serde_json::{Map, Value};

use crate::{
    Problem,
    http::{FetchError, Fetcher, Target},
    metadata,
};

const PLACE: &str = "/.well-known/oauth-authorization-server";
const LIMIT: usize = 64 * 1024;
const KEPT: Duration = Duration::from_secs(10 * 60);
const PAUSE: Duration = Duration::from_secs(30);
pub(crate) const MEMBERS: [&str; 13] = [
    "issuer",
    "authorization_endpoint",
    "token_endpoint",
    "registration_endpoint",
    "jwks_uri",
    "scopes_supported",
    "response_types_supported",
    "grant_types_supported",
    "token_endpoint_auth_methods_supported",
    "revocation_endpoint",
    "code_challenge_methods_supported",
    "client_id_metadata_document_supported",
    "authorization_response_iss_parameter_supported",
];

/// The document's route, for the authorization server whose issuer is `environment` and this path.
pub(super) fn router(environment: &str, path: &str) -> Result<Router, Problem> {
    let fetcher = |url: String| match url.parse().map(Target::new) {
        Ok(Ok(target)) => Ok(Fetcher::new(target, LIMIT)),
        _ => Err(Problem::Url {
            url,
            what: "Scalekit's metadata",
            reason: "it cannot be asked",
        }),
    };
    let proxy = Arc::new(Proxy {
        sources: Arc::new([
            // The form of RFC 8414, and the one that some environments have instead.
            fetcher(format!("{environment}{PLACE}{path}"))?,
            fetcher(format!("{environment}{path}{PLACE}"))?,
        ]),
        latest: Mutex::default(),
    });
    let answer = move |request: Request| {
        let proxy = Arc::clone(&proxy);
        async move {
            match metadata::without_document(request.method()) {
                Some(response) => response,
                None => proxy.response().await,
            }
        }
    };
    Ok(Router::new()
        .route(PLACE, any(answer.clone()))
        .route(&format!("{PLACE}/"), any(answer)))
}

struct Proxy {
    sources: Arc<[Fetcher; 2]>,
    latest: Mutex<Option<Shared<BoxFuture<'static, Outcome>>>>,
}

#[derive(Clone)]
struct Outcome {
    document: Option<Bytes>,
    until: Instant,
}

impl Proxy {
    async fn response(&self) -> Response {
        let outcome = self.latest().await;
        let Some(document) = outcome.document else {
            let mut response = metadata::open(StatusCode::SERVICE_UNAVAILABLE, Body::empty());
            let headers = response.headers_mut();
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            headers.insert(header::RETRY_AFTER, HeaderValue::from(PAUSE.as_secs()));
            return response;
        };
        metadata::document(Body::from(document), KEPT)
    }

    /// What came of the latest request, or the one that is under way. Whoever stops waiting leaves it to the others.
    fn latest(&self) -> Shared<BoxFuture<'static, Outcome>> {
        let mut latest = self.latest.lock().unwrap_or_else(PoisonError::into_inner);
        let holds = |outcome: &Outcome| Instant::now() < outcome.until;
        if let Some(request) = latest.as_ref()
            && request.peek().is_none_or(holds)
        {
            return request.clone();
        }
        let sources = Arc::clone(&self.sources);
        let request = async move { fetch(&sources).await }.boxed().shared();
        latest.insert(request).clone()
    }
}

async fn fetch(sources: &[Fetcher; 2]) -> Outcome {
    let [first, second] = sources;
    let fetched = match first.fetch().await {
        Err(FetchError::Status { status, .. }) if status == StatusCode::NOT_FOUND => {
            second.fetch().await
        }
        fetched => fetched,
    };
    let document = match fetched {
        Ok(fetched) => known_members(&fetched.body),
        Err(error) => {
            tracing::warn!(%error, "cannot fetch the authorization server's metadata");
            None
        }
    };
    let kept = if document.is_some() { KEPT } else { PAUSE };
    Outcome {
        document,
        until: Instant::now() + kept,
    }
}

/// The document without what is not known in it. None unless it names its issuer.
pub(crate) fn known_members(body: &[u8]) -> Option<Bytes> {
    let mut members: Map<String, Value> = serde_json::from_slice(body).ok()?;
    members.get("issuer")?.as_str()?;
    members.retain(|name, _| MEMBERS.contains(&name.as_str()));
    serde_json::to_vec(&members).ok().map(Bytes::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_members_of_a_document_are_passed_on() {
        let of = |text: &str| known_members(text.as_bytes());
        assert_eq!(
            of(r#"{"evil":"<script>","issuer":"https://i","jwks_uri":"https://i/keys"}"#).unwrap(),
            r#"{"issuer":"https://i","jwks_uri":"https://i/keys"}"#
        );
        for none in ["", "<html>", "[]", "{}", r#"{"issuer":5}"#] {
            assert_eq!(of(none), None, "{none}");
        }
    }
}
