//! What stands behind the layer, what reaches it, and who it is told is calling.

use std::sync::Arc;

use axum::{Extension, Router, body::Body, extract::Request, response::Response, routing::any};
use http::StatusCode;
use xmcp_auth::{Challenges, Rejection, Resource, ScopeSet, Session};

use crate::fixture::*;

/// X10: whatever is behind the layer needs a token, whichever path and method.
#[tokio::test]
async fn every_route_behind_the_layer_needs_a_token_and_no_other_does() {
    let app = app();
    for (method, path, expected) in [
        ("GET", "/mcp", 401),
        ("POST", "/mcp", 401),
        ("DELETE", "/mcp", 401),
        ("OPTIONS", "/mcp", 401),
        ("HEAD", "/mcp", 401),
        ("TRACE", "/mcp", 401),
        ("BREW", "/mcp", 401),
        ("GET", "/admin/users", 401),
        ("POST", "/admin/users", 401),
        ("POST", "/MCP", 404),
        ("POST", "/mcp/", 404),
        ("POST", "//mcp", 404),
        ("POST", "/%6dcp", 404),
        ("GET", "/public", 200),
    ] {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .body(Body::empty());
        let status = app.send(request.unwrap()).await.status();
        assert_eq!(status.as_u16(), expected, "{method} {path}");
    }
}

#[tokio::test]
async fn a_refused_body_is_never_read() {
    let body = Body::from_stream(futures_util::stream::poll_fn(
        |_| -> std::task::Poll<Option<Result<Vec<u8>, std::io::Error>>> {
            panic!("somebody reads the body")
        },
    ));
    let request = Request::post("/mcp").body(body).unwrap();
    assert_eq!(app().send(request).await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_session_from_elsewhere_does_not_outlive_the_layer() {
    let protected = provider(Fake::default())
        .protect(Resource::new("https://mcp.example.com/mcp"))
        .unwrap();
    let router = Router::new()
        .route("/mcp", any(seen))
        .layer(protected.layer.admit_anonymous())
        .layer(Extension(Session::for_test("usr_forged").build()));
    let app = App {
        router,
        asked: Arc::default(),
    };
    assert_eq!(app.answer(&[]).await, served("nobody false"));
}

#[tokio::test]
async fn where_strangers_are_admitted_a_token_must_still_be_good() {
    async fn handler(
        session: Option<Extension<Session>>,
        challenges: Extension<Challenges>,
    ) -> Response {
        match session {
            Some(_) => {
                Rejection::InsufficientScope(ScopeSet::from_iter(["c"])).response(&challenges)
            }
            None => Rejection::Missing.response(&challenges),
        }
    }
    let protected = provider(Fake::default())
        .protect(Resource::new("https://mcp.example.com/mcp"))
        .unwrap();
    let router = Router::new()
        .route("/mcp", any(handler))
        .layer(protected.layer.admit_anonymous());
    let app = App {
        router,
        asked: Arc::default(),
    };
    assert_eq!(app.answer(&[]).await, missing());
    assert_eq!(app.answer(&["Bearer forged"]).await, invalid());
    assert_eq!(app.answer(&["Bearer ok", "Bearer ok"]).await, ambiguous());
    let step_up = app.answer(&["Bearer ok"]).await;
    assert_eq!(step_up.status, 403);
    assert!(step_up.challenge.unwrap().contains(r#"scope="c""#));
}

async fn every_caller_sees_itself() {
    async fn handler(session: Extension<Session>) -> String {
        for _ in 0..10 {
            tokio::task::yield_now().await;
        }
        session.user_id().to_owned()
    }
    let protected = provider(Fake::default())
        .protect(Resource::new("https://mcp.example.com/mcp"))
        .unwrap();
    let router = Router::new()
        .route("/mcp", any(handler))
        .layer(protected.layer);
    let app = Arc::new(App {
        router,
        asked: Arc::default(),
    });
    let mut callers = tokio::task::JoinSet::new();
    for caller in 0..200 {
        let app = Arc::clone(&app);
        callers.spawn(async move {
            let user = format!("usr_{caller}");
            for _ in 0..10 {
                let answer = app.answer(&[&format!("Bearer user/{user}")]).await;
                assert_eq!(answer, served(&user));
            }
        });
    }
    callers.join_all().await;
}

#[tokio::test]
async fn c1_two_hundred_callers_on_one_thread_each_see_themselves() {
    every_caller_sees_itself().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn c1_two_hundred_callers_on_four_threads_each_see_themselves() {
    every_caller_sees_itself().await;
}
