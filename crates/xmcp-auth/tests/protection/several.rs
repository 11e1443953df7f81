//! Several verifiers of tokens at a time.

use futures_util::future::BoxFuture;
use http_body_util::Empty;
use tower::{ServiceBuilder, ServiceExt, service_fn};
use xmcp_auth::{Credential, Provider, Reason, Resource, Session, Verifier, VerifyError, any_of};

/// Refuses for its reason.
struct Refuses(Reason);

impl Verifier for Refuses {
    fn verify<'a>(&'a self, _: Credential<'a>) -> BoxFuture<'a, Result<Session, VerifyError>> {
        Box::pin(async { Err(VerifyError::Invalid(self.0.clone())) })
    }
}

/// Accepts everything.
struct Accepts;

impl Verifier for Accepts {
    fn verify<'a>(&'a self, _: Credential<'a>) -> BoxFuture<'a, Result<Session, VerifyError>> {
        Box::pin(async { Ok(Session::builder("https://second.example", "usr_2").build()) })
    }
}

async fn status(first: Reason) -> u16 {
    let one = Provider::new(["https://first.example"], Refuses(first));
    let other = Provider::new(["https://second.example"], Accepts);
    let protected = any_of([one, other]).protect(Resource::new("https://mcp.example.com/mcp"));
    let answer = service_fn(|_| async { Ok(axum::response::Response::default()) });
    let service = ServiceBuilder::new()
        .layer(protected.unwrap().layer)
        .service(answer);
    let request = http::Request::get("/mcp").header("authorization", "Bearer abc");
    let answer: Result<_, std::convert::Infallible> = service
        .oneshot(request.body(Empty::<&[u8]>::new()).unwrap())
        .await;
    answer.unwrap().status().as_u16()
}

#[tokio::test]
async fn what_one_took_back_no_other_accepts() {
    assert_eq!(status(Reason::Unknown).await, 200);
    assert_eq!(status(Reason::Revoked).await, 401);
}
