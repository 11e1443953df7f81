//! A protected resource as a client meets it: what is refused, how, and where it is said to get a token. Sections of the RFCs and
//! of the MCP specification stand beside the tests.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{
    Extension, Router,
    body::Body,
    extract::Request,
    response::Response,
    routing::{any, get},
};
use futures_util::future::BoxFuture;
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;
use xmcp_auth::{
    Challenges, Protected, Provider, Reason, Rejection, Resource, ScopeMatcher, ScopeSet, Session,
    Verifier, VerifyError,
};

const METADATA: &str =
    r#"resource_metadata="https://mcp.example.com/.well-known/oauth-protected-resource/mcp""#;

/// A verifier whose tokens say what they are, and which counts how often it is asked.
#[derive(Clone, Default)]
struct Fake {
    asked: Arc<AtomicUsize>,
}

impl Verifier for Fake {
    fn verify<'a>(&'a self, token: &'a str) -> BoxFuture<'a, Result<Session, VerifyError>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let scopes = token
            .strip_prefix("ok")
            .map(|scopes| scopes.split('/').skip(1));
        let user = token.strip_prefix("user/");
        let verified = match (token, scopes) {
            _ if user.is_some() => Ok(Session::for_test(user.unwrap_or_default()).build()),
            (_, Some(scopes)) => Ok(Session::for_test("usr_1").scopes(scopes).build()),
            ("expired", _) => Err(VerifyError::Expired),
            ("unavailable", _) => Err(VerifyError::Unavailable {
                retry_after: Duration::from_millis(4200),
            }),
            _ => Err(VerifyError::Invalid(Reason::Malformed)),
        };
        Box::pin(async { verified })
    }
}

struct App {
    router: Router,
    asked: Arc<AtomicUsize>,
}

fn provider(verifier: Fake) -> Provider {
    Provider::new(["https://env.example.com/resources/res_1"], verifier)
}

fn app() -> App {
    app_of(
        |provider| provider,
        Resource::new("https://mcp.example.com/mcp"),
    )
}

fn app_of(terms: impl FnOnce(Provider) -> Provider, resource: Resource) -> App {
    let verifier = Fake::default();
    let asked = Arc::clone(&verifier.asked);
    let protected = terms(provider(verifier)).protect(resource).unwrap();
    App {
        router: mount(protected),
        asked,
    }
}

/// What the handler saw of the request.
async fn seen(session: Option<Extension<Session>>, headers: HeaderMap) -> String {
    let user = session.map_or_else(
        || "nobody".to_owned(),
        |session| session.user_id().to_owned(),
    );
    format!("{user} {}", headers.contains_key(header::AUTHORIZATION))
}

fn mount(protected: Protected) -> Router {
    Router::new()
        .route("/mcp", any(seen))
        .route("/admin/users", get(seen))
        .layer(protected.layer)
        .merge(protected.metadata)
        .route("/public", get(seen))
}

fn request(authorization: &[&str]) -> Request {
    let mut request = Request::post("/mcp");
    for value in authorization {
        request = request.header(header::AUTHORIZATION, *value);
    }
    request.body(Body::empty()).unwrap()
}

impl App {
    async fn send(&self, request: Request) -> Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    async fn answer(&self, authorization: &[&str]) -> Answer {
        Answer::of(self.send(request(authorization)).await).await
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }
}

#[derive(Debug, PartialEq)]
struct Answer {
    status: u16,
    challenge: Option<String>,
    body: String,
}

impl Answer {
    async fn of(response: Response) -> Self {
        let challenges: Vec<_> = response
            .headers()
            .get_all(header::WWW_AUTHENTICATE)
            .iter()
            .collect();
        assert!(challenges.len() <= 1);
        let challenge = challenges
            .first()
            .map(|value| value.to_str().unwrap().to_owned());
        let status = response.status().as_u16();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        Self {
            status,
            challenge,
            body: String::from_utf8(body.to_vec()).unwrap(),
        }
    }
}

fn missing() -> Answer {
    Answer {
        status: 401,
        challenge: Some(format!("Bearer {METADATA}")),
        body: r#"{"error":"unauthorized","error_description":"Missing or invalid bearer token"}"#
            .into(),
    }
}

fn invalid() -> Answer {
    Answer {
        status: 401,
        challenge: Some(format!(
            r#"Bearer error="invalid_token", error_description="Token verification failed", {METADATA}"#
        )),
        body: r#"{"error":"invalid_token","error_description":"Token verification failed"}"#.into(),
    }
}

fn ambiguous() -> Answer {
    Answer {
        status: 400,
        challenge: Some(format!(r#"Bearer error="invalid_request", {METADATA}"#)),
        body:
            r#"{"error":"invalid_request","error_description":"More than one credential was sent"}"#
                .into(),
    }
}

fn served(body: &str) -> Answer {
    Answer {
        status: 200,
        challenge: None,
        body: body.into(),
    }
}

/// RFC 6750, section 3.1: no error code for a request that has no credential.
#[tokio::test]
async fn m1_a_request_without_a_token_is_told_where_to_get_one() {
    let app = app();
    assert_eq!(app.answer(&[]).await, missing());
    assert_eq!(app.asked(), 0);
}

#[tokio::test]
async fn m2_the_scheme_is_read_in_any_case_and_spaces_may_follow_it() {
    let app = app();
    for other in [
        "Basic dXNlcjpwdw==",
        "Bearer",
        "Bearer ",
        "Bearer\tok",
        "BearerX ok",
        "ok",
    ] {
        assert_eq!(app.answer(&[other]).await, missing(), "{other:?}");
    }
    assert_eq!(app.asked(), 0);
    for good in ["Bearer ok", "bearer ok", "BEARER ok", "Bearer  ok"] {
        assert_eq!(app.answer(&[good]).await, served("usr_1 false"), "{good:?}");
    }
}

/// RFC 6750, section 2: one method, once.
#[tokio::test]
async fn m3_two_credentials_are_refused_whatever_they_are() {
    let app = app();
    for two in [
        ["Bearer bad", "Bearer ok"],
        ["Bearer ok", "Bearer bad"],
        ["Bearer ok", "Bearer ok"],
        ["Basic x", "Bearer ok"],
    ] {
        assert_eq!(app.answer(&two).await, ambiguous(), "{two:?}");
    }
    let both = Request::post("/mcp?a=b&access_token=ok")
        .header(header::AUTHORIZATION, "Bearer ok")
        .body(Body::empty())
        .unwrap();
    assert_eq!(Answer::of(app.send(both).await).await, ambiguous());
    assert_eq!(app.asked(), 0);
}

/// MCP authorization: access tokens must not be in the query.
#[tokio::test]
async fn m4_a_token_in_query_body_or_cookie_is_not_read() {
    let app = app();
    let query = Request::post("/mcp?access_token=ok").body(Body::empty());
    let form = Request::post("/mcp")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("access_token=ok"));
    let cookie = Request::post("/mcp")
        .header(header::COOKIE, "access_token=ok")
        .body(Body::empty());
    for request in [query, form, cookie] {
        assert_eq!(
            Answer::of(app.send(request.unwrap()).await).await,
            missing()
        );
    }
    assert_eq!(app.asked(), 0);
}

#[tokio::test]
async fn m5_what_has_not_the_form_of_a_token_is_refused_before_anything_is_asked() {
    let app = app();
    let long = format!("Bearer {}", "a".repeat(9 * 1024));
    let longest = format!("Bearer {}", "a".repeat(8 * 1024));
    for strange in [
        "Bearer a b",
        "Bearer a,b",
        "Bearer ok, Bearer ok",
        "Bearer \"ok\"",
        "Bearer ö",
        "Bearer =",
        "Bearer a=b",
        &long,
    ] {
        assert_eq!(app.answer(&[strange]).await, invalid(), "{strange:?}");
    }
    assert_eq!(app.asked(), 0);
    assert_eq!(app.answer(&[&longest]).await, invalid());
    assert_eq!(app.asked(), 1);
}

#[tokio::test]
async fn a_bad_token_and_an_expired_one_are_told_apart_and_nothing_else_is() {
    let app = app();
    assert_eq!(app.answer(&["Bearer forged"]).await, invalid());
    let expired = Answer {
        status: 401,
        challenge: Some(format!(
            r#"Bearer error="invalid_token", error_description="The access token expired", {METADATA}"#
        )),
        body: r#"{"error":"invalid_token","error_description":"The access token expired"}"#.into(),
    };
    assert_eq!(app.answer(&["Bearer expired"]).await, expired);
}

/// A `401` would make clients throw a good token away.
#[tokio::test]
async fn without_keys_the_answer_is_503_and_says_when_to_come_again() {
    let response = app().send(request(&["Bearer unavailable"])).await;
    assert_eq!(response.headers()[header::RETRY_AFTER], "5");
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    let expected = Answer {
        status: 503,
        challenge: None,
        body: r#"{"error":"temporarily_unavailable"}"#.into(),
    };
    assert_eq!(Answer::of(response).await, expected);
}

#[tokio::test]
async fn refusals_are_readable_to_browsers_and_stored_by_nobody() {
    let app = app();
    for authorization in [
        &[][..],
        &["Bearer forged"],
        &["Bearer expired"],
        &["Bearer a", "Bearer b"],
    ] {
        let response = app.send(request(authorization)).await;
        let headers = response.headers();
        assert_eq!(
            headers[header::ACCESS_CONTROL_EXPOSE_HEADERS],
            "www-authenticate"
        );
        assert_eq!(headers[header::CACHE_CONTROL], "no-store");
        assert_eq!(headers[header::CONTENT_TYPE], "application/json");
    }
}

/// MCP authorization, scope challenge: the scopes that every request needs.
#[tokio::test]
async fn r11_the_challenge_names_the_scopes_that_every_request_needs() {
    let app = app_of(
        |provider| provider.required_scopes(["a", "b"]),
        Resource::new("https://mcp.example.com/mcp"),
    );
    let challenge = app.answer(&[]).await.challenge.unwrap();
    assert_eq!(challenge, format!(r#"Bearer {METADATA}, scope="a b""#));
}

#[tokio::test]
async fn sc2_a_token_that_lacks_a_required_scope_is_refused_with_all_of_them() {
    let app = app_of(
        |provider| provider.required_scopes(["a", "b"]),
        Resource::new("https://mcp.example.com/mcp"),
    );
    let refused = Answer {
        status: 403,
        challenge: Some(format!(
            r#"Bearer error="insufficient_scope", scope="a b", {METADATA}, error_description="The access token lacks a required scope""#
        )),
        body: r#"{"error":"insufficient_scope","error_description":"The access token lacks a required scope","required_scopes":["a","b"]}"#.into(),
    };
    for token in ["Bearer ok", "Bearer ok/a", "Bearer ok/A/b", "Bearer ok/ab"] {
        assert_eq!(app.answer(&[token]).await, refused, "{token}");
    }
    assert_eq!(app.answer(&["Bearer ok/b/a"]).await.status, 200);
}

#[tokio::test]
async fn sc5_the_matcher_decides_what_a_broad_scope_covers() {
    let resource = || Resource::new("https://mcp.example.com/mcp").required_scopes(["todo:write"]);
    let broad = app_of(
        |provider| provider.scope_matcher(ScopeMatcher::exact().implies("todo", ["todo:write"])),
        resource(),
    );
    assert_eq!(broad.answer(&["Bearer ok/todo"]).await.status, 200);
    let exact = app_of(|provider| provider, resource());
    assert_eq!(exact.answer(&["Bearer ok/todo"]).await.status, 403);
}

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

/// What a handler is told of its caller's scopes follows the same rules as the layer.
#[tokio::test]
async fn the_session_of_a_request_has_the_matcher_of_the_resource() {
    let protected = provider(Fake::default())
        .scope_matcher(ScopeMatcher::exact().implies("todo", ["todo:write"]))
        .protect(Resource::new("https://mcp.example.com/mcp"))
        .unwrap();
    let handler = |session: Extension<Session>| async move {
        format!(
            "{} {}",
            session.has_scope("todo:write"),
            session.has_scope("user:write")
        )
    };
    let router = Router::new()
        .route("/mcp", any(handler))
        .layer(protected.layer);
    let app = App {
        router,
        asked: Arc::default(),
    };
    assert_eq!(app.answer(&["Bearer ok/todo"]).await, served("true false"));
}

#[tokio::test]
async fn two_resources_of_one_origin_each_have_their_metadata() {
    let protect = |resource: Resource| {
        provider(Fake::default())
            .protect(resource)
            .unwrap()
            .metadata
    };
    let router = Router::new()
        .merge(protect(Resource::new("https://mcp.example.com/mcp")))
        .merge(protect(
            Resource::new("https://mcp.example.com/other").without_root_form(),
        ));
    let app = App {
        router,
        asked: Arc::default(),
    };
    for (path, resource) in [
        (PATH_FORM, "https://mcp.example.com/mcp"),
        (ROOT_FORM, "https://mcp.example.com/mcp"),
        (
            "/.well-known/oauth-protected-resource/other",
            "https://mcp.example.com/other",
        ),
    ] {
        let answer = Answer::of(app.send(get_at(path, &[])).await).await;
        let document: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(document["resource"], resource, "{path}");
    }
}

fn get_at(path: &str, headers: &[(&str, &str)]) -> Request {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Body::empty()).unwrap()
}

const PATH_FORM: &str = "/.well-known/oauth-protected-resource/mcp";
const ROOT_FORM: &str = "/.well-known/oauth-protected-resource";

/// RFC 9728, sections 3.1 to 3.3: both forms, the identifier to the letter, nothing empty.
#[tokio::test]
async fn d1_both_metadata_documents_are_the_same_bytes_whatever_the_request_says() {
    let app = app();
    let expected = r#"{"resource":"https://mcp.example.com/mcp","authorization_servers":["https://env.example.com/resources/res_1"],"bearer_methods_supported":["header"]}"#;
    let poison: &[(&str, &str)] = &[
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("forwarded", "host=evil.example"),
        ("x-forwarded-proto", "http"),
        ("origin", "http://evil.example"),
    ];
    for headers in [&[][..], poison] {
        for path in [
            PATH_FORM,
            ROOT_FORM,
            &format!("{PATH_FORM}/"),
            &format!("{ROOT_FORM}/"),
        ] {
            let response = app.send(get_at(path, headers)).await;
            let of = |name| response.headers()[name].to_str().unwrap().to_owned();
            assert_eq!(response.status(), 200, "{path}");
            assert_eq!(of("content-type"), "application/json");
            assert_eq!(of("access-control-allow-origin"), "*");
            assert_eq!(of("cache-control"), "public, max-age=3600");
            assert_eq!(Answer::of(response).await.body, expected);
        }
    }
    for path in [
        "/mcp/.well-known/oauth-protected-resource",
        "/.well-known/oauth-protected-resource/other",
    ] {
        assert_eq!(app.send(get_at(path, &[])).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn d1_metadata_can_be_read_and_asked_about_and_nothing_else() {
    let app = app();
    for path in [PATH_FORM, ROOT_FORM] {
        let of = |method: &str| {
            Request::builder()
                .method(method)
                .uri(path)
                .body(Body::empty())
                .unwrap()
        };
        let head = app.send(of("HEAD")).await;
        assert_eq!(head.status(), 200);
        assert_eq!(head.headers()["content-type"], "application/json");
        assert_eq!(Answer::of(head).await.body, "");
        let options = app.send(of("OPTIONS")).await;
        assert_eq!(options.status(), 204);
        assert_eq!(options.headers()["access-control-allow-origin"], "*");
        assert_eq!(
            options.headers()["access-control-allow-methods"],
            "GET, HEAD, OPTIONS"
        );
        assert_eq!(options.headers()["access-control-allow-headers"], "*");
        for method in ["POST", "PUT", "DELETE", "TRACE", "BREW"] {
            let refused = app.send(of(method)).await;
            assert_eq!(refused.status(), 405, "{method}");
            assert_eq!(refused.headers()["allow"], "GET, HEAD, OPTIONS");
        }
    }
}

#[tokio::test]
async fn metadata_says_what_is_set_in_a_fixed_order() {
    let resource = Resource::new("https://mcp.example.com/mcp")
        .name("Notes")
        .documentation("https://mcp.example.com/docs")
        .scopes_supported(["b", "a"]);
    let app = app_of(|provider| provider.scopes_supported(["c", "b"]), resource);
    let answer = Answer::of(app.send(get_at(PATH_FORM, &[])).await).await;
    assert_eq!(
        answer.body,
        r#"{"resource":"https://mcp.example.com/mcp","authorization_servers":["https://env.example.com/resources/res_1"],"bearer_methods_supported":["header"],"scopes_supported":["c","b","a"],"resource_name":"Notes","resource_documentation":"https://mcp.example.com/docs"}"#
    );
}

/// MCP authorization 2026-07-28: resources should not name `offline_access`.
#[tokio::test]
async fn r13_offline_access_is_left_out() {
    let app = app_of(
        |provider| {
            provider
                .scopes_supported(["offline_access"])
                .required_scopes(["a", "offline_access"])
        },
        Resource::new("https://mcp.example.com/mcp"),
    );
    let document: Value = serde_json::from_str(
        &Answer::of(app.send(get_at(PATH_FORM, &[])).await)
            .await
            .body,
    )
    .unwrap();
    assert_eq!(document.get("scopes_supported"), None);
    assert_eq!(app.answer(&["Bearer ok/a"]).await.status, 200);
}

/// RFC 9728, section 3.3: clients compare `resource` to the URL that they were given.
#[tokio::test]
async fn each_spelling_of_this_machine_is_answered_in_kind_and_no_other_name_is() {
    let app = app_of(|provider| provider, Resource::on_loopback(3001, "/mcp"));
    for (host, expected) in [
        ("localhost:3001", "localhost"),
        ("LOCALHOST:3001", "localhost"),
        ("127.0.0.1:3001", "127.0.0.1"),
        ("[::1]:3001", "[::1]"),
        ("127.0.0.1:9999", "127.0.0.1"),
        ("evil.example", "localhost"),
        ("127.0.0.1.nip.io:3001", "localhost"),
    ] {
        let answer = Answer::of(app.send(get_at(PATH_FORM, &[("host", host)])).await).await;
        let document: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(
            document["resource"],
            format!("http://{expected}:3001/mcp"),
            "{host}"
        );
        let refused = Answer::of(app.send(get_at("/mcp", &[("host", host)])).await).await;
        assert_eq!(
            refused.challenge.unwrap(),
            format!(r#"Bearer resource_metadata="http://{expected}:3001{PATH_FORM}""#)
        );
    }
    let authority = Request::get("http://[::1]:3001/mcp")
        .body(Body::empty())
        .unwrap();
    let refused = Answer::of(app.send(authority).await).await;
    assert!(refused.challenge.unwrap().contains("http://[::1]:3001/"));
}

#[tokio::test]
async fn a_provider_can_name_the_resource_itself() {
    let app = app_of(
        |provider| provider.resource("https://mcp.example.com"),
        Resource::on_loopback(3001, "/mcp"),
    );
    let answer = Answer::of(app.send(get_at(ROOT_FORM, &[])).await).await;
    let document: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(document["resource"], json!("https://mcp.example.com"));
    assert_eq!(app.send(get_at(PATH_FORM, &[])).await.status(), 404);
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let error = Provider::new(["http://auth.example.com"], Fake::default())
        .scopes_supported(["a b"])
        .protect(Resource::new("https://mcp.example.com/mcp#x"))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "`https://mcp.example.com/mcp#x` cannot be the URL of a protected resource: it has a fragment\n\
         `http://auth.example.com` cannot be the URL of an authorization server: it must begin with https://, for http:// is \
         for this machine alone\n`a b` is no scope: scopes are printable ASCII without space, `\"` and `\\`"
    );
    let none: [&str; 0] = [];
    let error = Provider::new(none, Fake::default())
        .protect(Resource::new("https://mcp.example.com/mcp"))
        .unwrap_err();
    assert_eq!(error.problems().len(), 1);
}
