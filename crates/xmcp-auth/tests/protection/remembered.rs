//! Who is remembered by a verifier: the same as anybody else, without a wait.

use axum::{Extension, Router, body::Body, routing::any};
use futures_util::future::BoxFuture;
use http::{HeaderMap, Request, header};
use tower::ServiceExt;
use xmcp_auth::{
    Challenges, Credential, Dpop, Provider, Reason, Resource, Session, Verifier, VerifyError,
    any_of,
};

use crate::fixture::{Answer, App, METADATA, app, app_of, request};

const KNOWN: &str = "Bearer remembered";

#[tokio::test]
async fn who_is_remembered_gets_in_and_nobody_is_asked() {
    let app = app();
    let answer = app.answer(&[KNOWN]).await;
    assert_eq!((answer.status, &*answer.body), (200, "usr_1 false"));
    assert_eq!(app.asked(), 0);
    // What is wrong with how it comes is wrong all the same.
    assert_eq!(app.answer(&[KNOWN, KNOWN]).await.status, 400);
    assert_eq!(app.answer(&["Bearer remembered,"]).await.status, 401);
    let mut twice = request(&[KNOWN]);
    *twice.uri_mut() = "/mcp?access_token=remembered".parse().unwrap();
    assert_eq!(app.send(twice).await.status(), 400);
    assert_eq!(app.asked(), 0);
}

#[tokio::test]
async fn who_is_remembered_may_still_lack_a_scope() {
    let app = app_of(
        |provider| provider.required_scopes(["a"]),
        Resource::new("https://mcp.example.com/mcp"),
    );
    let response = app.send(request(&[KNOWN])).await;
    let caller = response.extensions().get::<Session>().map(Session::user_id);
    assert_eq!(caller, Some("usr_1"));
    let answer = Answer::of(response).await;
    let challenge = answer.challenge.unwrap_or_default();
    assert!(challenge.contains(r#"error="insufficient_scope", scope="a""#));
    assert_eq!((answer.status, app.asked()), (403, 0));
}

#[tokio::test]
async fn what_is_behind_sees_who_is_remembered_and_no_credential() {
    async fn handler(
        session: Extension<Session>,
        challenges: Extension<Challenges>,
        headers: HeaderMap,
    ) -> String {
        assert!(!headers.contains_key(header::AUTHORIZATION));
        assert!(
            !headers.contains_key("dpop"),
            "a proof is nobody's business"
        );
        let challenge = challenges.missing().value().to_str().unwrap_or_default();
        format!("{} {challenge}", session.user_id())
    }
    let provider = crate::fixture::provider(Default::default()).dpop(Dpop::accepted());
    let protected = provider.protect(Resource::new("https://mcp.example.com/mcp"));
    let app = App {
        router: Router::new()
            .route("/mcp", any(handler))
            .layer(protected.unwrap().layer)
            .layer(Extension(Session::for_test("usr_forged").build())),
        asked: Default::default(),
    };
    let mut proven = request(&[KNOWN]);
    proven
        .headers_mut()
        .insert("dpop", "proof".parse().unwrap());
    let answer = Answer::of(app.send(proven).await).await;
    assert!(
        answer.body.starts_with(&format!("usr_1 Bearer {METADATA}")),
        "{answer:?}"
    );
}

/// Remembers everybody.
struct Remembers;

impl Verifier for Remembers {
    fn verify<'a>(&'a self, _: Credential<'a>) -> BoxFuture<'a, Result<Session, VerifyError>> {
        Box::pin(async { Err(VerifyError::Expired) })
    }

    fn remembered(&self, _: Credential<'_>) -> Option<Session> {
        Some(Session::for_test("usr_2").build())
    }
}

/// Says that every token was taken back.
struct TakesBack;

impl Verifier for TakesBack {
    fn verify<'a>(&'a self, _: Credential<'a>) -> BoxFuture<'a, Result<Session, VerifyError>> {
        Box::pin(async { Err(VerifyError::Invalid(Reason::Revoked)) })
    }
}

#[tokio::test]
async fn what_one_remembers_is_not_believed_before_those_in_front_of_it_are_asked() {
    let status = async |first: Provider, second: Provider| {
        let protected = any_of([first, second]).protect(Resource::new("https://a.example/mcp"));
        let router = Router::new().route("/mcp", any(|| async {}));
        let request = Request::get("/mcp").header(header::AUTHORIZATION, "Bearer abc");
        let request = request.body(Body::empty()).unwrap();
        let router = router.layer(protected.unwrap().layer);
        router.oneshot(request).await.unwrap().status().as_u16()
    };
    let takes_back = || Provider::new(["https://one.example"], TakesBack);
    let remembers = || Provider::new(["https://two.example"], Remembers);
    assert_eq!(status(takes_back(), remembers()).await, 401);
    assert_eq!(status(remembers(), takes_back()).await, 200);
}

#[tokio::test]
async fn a_verifier_of_ones_own_is_asked_about_nothing_that_no_token_can_be() {
    let provider = Provider::new(["https://one.example"], Remembers);
    let protected = provider.protect(Resource::new("https://a.example/mcp"));
    let app = App {
        router: crate::fixture::mount(protected.unwrap()),
        asked: Default::default(),
    };
    assert_eq!(app.answer(&["Bearer abc"]).await.status, 200);
    for none in [
        "Bearer abc,",
        "Bearer a b",
        "Bearer \"",
        "Bearer =",
        "Bearer a=b",
    ] {
        assert_eq!(app.answer(&[none]).await.status, 401, "{none}");
    }
}
