//! What goes wrong on purpose, and what was asked for: the two things that tests want to know of a server they depend on.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderValue, StatusCode, header};
use tokio::time::sleep;

use crate::reply;

/// Paths whose requests are counted. Strangers choose paths, so there has to be an end.
const PATHS: usize = 1024;

/// What happens to requests for a path instead of their answer, or before it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Fault {
    /// The answer comes late.
    Latency(Duration),
    /// This status, with a short text.
    Status(u16),
    /// 302 to this address.
    Redirect(String),
    /// A JSON text of about so many bytes.
    Size(usize),
    /// A page, as an overloaded proxy shows it with status 200.
    Html,
    /// This body with this content type and status 200.
    Body {
        /// The `Content-Type`.
        content_type: &'static str,
        /// What is sent.
        body: String,
    },
    /// 429 with `Retry-After` in seconds.
    RateLimited(u64),
}

#[derive(Default)]
pub(crate) struct Faults {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    hits: HashMap<String, usize>,
    faults: HashMap<String, (Fault, Option<usize>)>,
}

impl Faults {
    pub(crate) fn set(&self, path: &str, fault: Fault, times: Option<usize>) {
        self.lock().faults.insert(path.to_owned(), (fault, times));
    }

    pub(crate) fn clear(&self, path: &str) {
        self.lock().faults.remove(path);
    }

    pub(crate) fn hits(&self, path: &str) -> usize {
        self.lock().hits.get(path).copied().unwrap_or(0)
    }

    fn count(&self, path: &str) -> Option<Fault> {
        let mut inner = self.lock();
        if inner.hits.len() < PATHS || inner.hits.contains_key(path) {
            *inner.hits.entry(path.to_owned()).or_default() += 1;
        }
        let (fault, times) = inner.faults.get_mut(path)?;
        match times {
            None => Some(fault.clone()),
            Some(0) => None,
            Some(times) => {
                *times -= 1;
                Some(fault.clone())
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Counts the request and lets go wrong what shall.
pub(crate) async fn layer(
    State(environment): State<crate::environment::Shared>,
    request: Request,
    next: Next,
) -> Response {
    match environment.faults.count(request.uri().path()) {
        None => next.run(request).await,
        Some(Fault::Latency(latency)) => {
            sleep(latency).await;
            next.run(request).await
        }
        Some(fault) => answer(fault),
    }
}

fn answer(fault: Fault) -> Response {
    match fault {
        Fault::Latency(_) => reply::text(StatusCode::OK, ""),
        Fault::Status(status) => reply::text(
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            "a fault that a test asked for",
        ),
        Fault::Redirect(location) => {
            let mut response = reply::text(StatusCode::FOUND, "");
            if let Ok(location) = HeaderValue::from_str(&location) {
                response.headers_mut().insert(header::LOCATION, location);
            }
            response
        }
        Fault::Size(bytes) => body(
            "application/json",
            format!("{{\"keys\":[],\"padding\":\"{}\"}}", "x".repeat(bytes)),
        ),
        Fault::Html => body(
            "text/html",
            "<!doctype html><title>Bad gateway</title><h1>502</h1>".to_owned(),
        ),
        Fault::Body {
            content_type,
            body: text,
        } => body(content_type, text),
        Fault::RateLimited(seconds) => reply::rate_limited(seconds),
    }
}

fn body(content_type: &'static str, text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
