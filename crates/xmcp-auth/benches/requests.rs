//! Requests to a route, for `instructions.sh` to count: `requests open|cached|verified NUMBER`.
//!
//! The request is the same each time, token included. What differs is what stands before the route: nothing, the layer with the
//! token in its cache, or the layer with a cache that keeps nothing.

mod support;

use std::{env, hint::black_box, time::Duration};

use axum::{Router, body::Body, routing::get};
use http::{Request, StatusCode, header};
use support::Issuer;
use tokio::runtime::{self, Runtime};
use tower::ServiceExt;
use xmcp_auth::{Provider, Resource};

fn main() {
    let arguments: Vec<String> = env::args().collect();
    let [_, mode, number] = arguments.as_slice() else {
        panic!("what to do: requests open|cached|verified NUMBER");
    };
    let number: usize = number.parse().expect("how many requests");
    // One thread, so that what is counted is what a request takes and not who waits for whom.
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let issuer = runtime.block_on(Issuer::start());
    let app = app(mode, &issuer);
    // The first request fetches the keys, and brings the token into the cache.
    answer(&runtime, &app, &issuer.token, 1);
    counted(&runtime, &app, &issuer.token, number);
}

fn app(mode: &str, issuer: &Issuer) -> Router {
    let open = Router::new().route("/notes", get(|| async { "Notes" }));
    let cache = match mode {
        "open" => return open,
        "cached" => Duration::from_secs(30),
        "verified" => Duration::ZERO,
        other => panic!("`{other}` is none of open, cached and verified"),
    };
    let provider = Provider::new(["http://localhost:3002"], issuer.verifier(cache));
    let protected = provider
        .protect(Resource::on_loopback(3001, "/notes"))
        .unwrap();
    open.layer(protected.layer)
}

/// Callgrind counts what happens in here.
#[inline(never)]
fn counted(runtime: &Runtime, app: &Router, token: &str, number: usize) {
    answer(runtime, app, token, number);
}

fn answer(runtime: &Runtime, app: &Router, token: &str, number: usize) {
    runtime.block_on(async {
        for _ in 0..number {
            let request = Request::get("/notes")
                .header(header::HOST, "localhost:3001")
                .header(header::AUTHORIZATION, format!("Bearer {token}"))
                .body(Body::empty())
                .unwrap();
            let response = app.clone().oneshot(request).await.unwrap();
            assert_eq!(black_box(response).status(), StatusCode::OK);
        }
    });
}
