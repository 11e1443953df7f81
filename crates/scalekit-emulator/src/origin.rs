//! Which pages in a browser may use the emulator: those of this machine, and those that were named at start.
//!
//! A page of any site can send requests here, many of them without the browser asking first. What came of it would be clients that
//! it registered and tokens that are theirs, so such a request is refused before anything is done, and not only its answer withheld.
//! Programs send no `Origin`.

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderName, StatusCode, header};
use url::Url;

use crate::{environment::Shared, redirect_uri, reply};

/// Only pages that may.
pub(crate) async fn layer(
    State(environment): State<Shared>,
    request: Request,
    next: Next,
) -> Response {
    if is_welcome(request.headers(), &environment.pages) {
        return next.run(request).await;
    }
    reply::text(
        StatusCode::FORBIDDEN,
        "the emulator answers to pages of this machine, and of the origins that the MCP server's [http] cors names\n",
    )
}

/// Only windows that a person sees: not a frame, an image or a script's request, which a page of any site can make without
/// naming its origin.
pub(crate) async fn window(request: Request, next: Next) -> Response {
    const DESTINATION: HeaderName = HeaderName::from_static("sec-fetch-dest");
    let mut destinations = request.headers().get_all(DESTINATION).iter();
    if destinations.all(|destination| destination == "document") {
        return next.run(request).await;
    }
    reply::text(
        StatusCode::FORBIDDEN,
        "authorization takes a browser's window of its own\n",
    )
}

fn is_welcome(headers: &HeaderMap, pages: &[String]) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let Some(origin) = origins.next() else {
        return true;
    };
    if pages.iter().any(|page| page == "*") {
        return true;
    }
    let url = origin.to_str().ok().and_then(|text| Url::parse(text).ok());
    let (Some(url), None) = (url, origins.next()) else {
        return false;
    };
    let is_web = matches!(url.scheme(), "http" | "https");
    let is_named = || {
        pages
            .iter()
            .filter_map(|page| Url::parse(page).ok())
            .any(|page| page.origin() == url.origin())
    };
    is_web && (redirect_uri::is_loopback(&url) || is_named())
}
