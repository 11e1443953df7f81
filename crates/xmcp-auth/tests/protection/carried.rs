//! Requests that carry peer and caller in a place of their own instead of their extensions.

use std::{convert::Infallible, net::SocketAddr};

use axum::{body::Body, response::Response};
use http::{Request, header};
use tower::{Layer, Service, ServiceExt, service_fn};
use xmcp_auth::{
    Carrier, Challenger, InExtensions, Limits, ProtectLayer, Provider, Rejection, Resource,
    ScopeSet, Session,
};

use crate::fixture::{Answer, Fake, invalid, provider};

/// A body with room for what is known of its request.
#[derive(Default)]
struct Carried {
    peer: Option<SocketAddr>,
    caller: Option<Session>,
    challenger: Option<Challenger>,
}

#[derive(Clone)]
struct InBody;

impl Carrier<Carried> for InBody {
    fn peer(request: &Request<Carried>) -> Option<SocketAddr> {
        request.body().peer
    }

    fn carry(request: &mut Request<Carried>, caller: Option<Session>, challenger: Challenger) {
        let body = request.body_mut();
        (body.caller, body.challenger) = (caller, Some(challenger));
    }
}

fn layer(terms: impl FnOnce(Provider) -> Provider, resource: Resource) -> ProtectLayer<InBody> {
    let protected = terms(provider(Fake::default())).protect(resource);
    protected.unwrap().layer.carried_by()
}

fn request(body: Carried, token: &str) -> Request<Carried> {
    let request = Request::post("/mcp").header(header::HOST, "127.0.0.1:3001");
    let request = match token {
        "" => request,
        token => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
    };
    request.body(body).unwrap()
}

/// Says who calls, and refuses who has no `write`.
async fn handler(request: Request<Carried>) -> Result<Response, Infallible> {
    assert!(request.extensions().is_empty());
    assert!(!request.headers().contains_key(header::AUTHORIZATION));
    let Carried {
        caller, challenger, ..
    } = request.body();
    Ok(match caller {
        Some(caller) if caller.has_scope("write") => {
            Response::new(Body::from(caller.user_id().to_owned()))
        }
        caller => {
            let challenger = challenger.as_ref().unwrap();
            let (uri, headers) = (request.uri(), request.headers());
            let challenges = challenger.challenges(uri, headers, caller.as_ref());
            let needed = ScopeSet::from_iter(["write"]);
            match caller {
                Some(_) => Rejection::InsufficientScope(needed).response(&challenges),
                None => Rejection::Missing.response(&challenges),
            }
        }
    })
}

async fn answer(layer: &ProtectLayer<InBody>, body: Carried, token: &str) -> Answer {
    let service = layer.layer(service_fn(handler));
    Answer::of(service.oneshot(request(body, token)).await.unwrap()).await
}

#[tokio::test]
async fn a_caller_is_where_the_carrier_puts_it_and_nowhere_else() {
    let layer = layer(|provider| provider, Resource::on_loopback(3001, "/mcp"));
    let good = answer(&layer, Carried::default(), "ok/write").await;
    assert_eq!((good.status, &*good.body), (200, "usr_1"));
}

#[tokio::test]
async fn who_is_refused_later_is_challenged_under_the_name_that_it_called() {
    let repeats = |provider: Provider| provider.include_granted();
    let layer = layer(repeats, Resource::on_loopback(3001, "/mcp"));
    let refused = answer(&layer, Carried::default(), "ok/read").await;
    let challenge = refused.challenge.unwrap();
    assert!(challenge.contains(r#"scope="write read""#), "{challenge}");
    assert!(
        challenge.contains("http://127.0.0.1:3001/.well-known/"),
        "{challenge}"
    );
    assert_eq!(refused.status, 403);
}

#[tokio::test]
async fn a_caller_that_was_there_before_is_gone_where_nobody_signed_in() {
    let layer = layer(|provider| provider, Resource::on_loopback(3001, "/mcp"));
    let forged = Carried {
        caller: Some(Session::for_test("usr_forged").scopes(["write"]).build()),
        ..Carried::default()
    };
    let refused = answer(&layer.admit_anonymous(), forged, "").await;
    let challenge = refused.challenge.unwrap();
    assert!(
        challenge.contains("http://127.0.0.1:3001/.well-known/"),
        "{challenge}"
    );
    assert_eq!(refused.status, 401);
}

#[tokio::test]
async fn failures_count_against_the_peer_that_the_carrier_names() {
    let limits = Limits::default().auth_failures_per_minute(1);
    let layer = layer(
        |provider| provider,
        Resource::new("https://mcp.example.com/mcp").limits(limits),
    );
    let at = |peer: Option<&str>| Carried {
        peer: peer.map(|peer| peer.parse().unwrap()),
        ..Carried::default()
    };
    let (one, other) = (Some("192.0.2.1:1"), Some("192.0.2.2:1"));
    assert_eq!(answer(&layer, at(one), "bad").await, invalid());
    assert_eq!(answer(&layer, at(one), "bad").await.status, 429);
    for elsewhere in [other, None, None] {
        assert_eq!(answer(&layer, at(elsewhere), "bad").await, invalid());
    }
}

#[tokio::test]
async fn an_answer_in_a_box_is_the_answer() {
    let protected = provider(Fake::default()).protect(Resource::on_loopback(3001, "/mcp"));
    let layer: ProtectLayer<InExtensions> = protected.unwrap().layer;
    let behind = service_fn(
        |_: Request<Body>| -> futures_util::future::BoxFuture<'static, _> {
            Box::pin(async { Ok(Response::new(Body::from("behind"))) })
        },
    );
    let mut service = layer.layer(behind);
    for (token, status) in [("remembered", 200), ("ok", 200), ("bad", 401)] {
        let request =
            Request::post("/mcp").header(header::AUTHORIZATION, format!("Bearer {token}"));
        let answer = service
            .call(request.body(Body::empty()).unwrap())
            .into_box();
        assert_eq!(answer.await.unwrap().status(), status, "{token}");
    }
}
