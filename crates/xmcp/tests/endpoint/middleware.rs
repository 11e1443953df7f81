//! What `src/middleware.rs` puts before the endpoint, and before what else.

use axum::{
    Router,
    extract::Request,
    middleware::{Next, from_fn},
    response::{IntoResponse, Response},
    routing::get,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::json;
use xmcp::{App, Era, Middleware, Session, Settings, testing};

use crate::support::{Answer, BOTH, Server};
use crate::tools;

async fn server(middleware: fn() -> xmcp::Result<Middleware>) -> Server {
    let app = App {
        middleware: Some(middleware),
        ..tools::app(tools::TOOLS)
    };
    Server {
        router: testing::test_router(app, Settings::default(), None, None)
            .await
            .unwrap(),
    }
}

async fn get_text(server: &Server, path: &str) -> (u16, String) {
    let answer = server.ask(Method::GET, path, &[], "").await;
    (answer.status.as_u16(), answer.text().to_owned())
}

/// Appends a name to what the layers before have noted.
async fn note(name: &str, mut request: Request, next: Next) -> Response {
    let noted = request
        .headers()
        .get("x-tenant")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let value = HeaderValue::try_from(format!("{noted}{name} ")).unwrap();
    request.headers_mut().insert("x-tenant", value);
    next.run(request).await
}

async fn tenant(headers: HeaderMap) -> String {
    headers
        .get("x-tenant")
        .map_or("none", |value| value.to_str().unwrap())
        .to_owned()
}

fn noting() -> xmcp::Result<Middleware> {
    Ok(Middleware::new()
        .layer(from_fn(|request: Request, next: Next| {
            note("first", request, next)
        }))
        .routes(Router::new().route("/mine", get(tenant)))
        .layer(from_fn(|request: Request, next: Next| {
            note("second", request, next)
        }))
        .public(Router::new().route("/open", get(tenant))))
}

#[tokio::test]
async fn layers_stand_in_the_order_they_are_added_before_endpoint_and_routes() {
    let server = server(noting).await;
    for era in BOTH {
        let about = server.result(era, "about", json!({})).await;
        assert_eq!(about["structuredContent"]["tenant"], "first second ");
    }
    assert_eq!(
        get_text(&server, "/mine").await,
        (200, "first second ".to_owned())
    );
    assert_eq!(get_text(&server, "/open").await, (200, "none".to_owned()));
}

fn refusing() -> xmcp::Result<Middleware> {
    let refuse = from_fn(|_: Request, _: Next| async { StatusCode::UNAUTHORIZED.into_response() });
    Ok(Middleware::new()
        .routes(Router::new().route("/mine", get(tenant)))
        .public(Router::new().route("/open", get(tenant)))
        .layer(refuse))
}

#[tokio::test]
async fn a_layer_refuses_all_but_what_is_public() {
    let server = server(refusing).await;
    for era in BOTH {
        for method in [
            "tools/call",
            "tools/list",
            "initialize",
            "server/discover",
            "no/such",
        ] {
            assert_eq!(
                server
                    .open(era, method, json!({ "name": "hello" }), &[])
                    .await
                    .status(),
                401,
                "{method}"
            );
        }
    }
    for (method, body) in [
        (Method::POST, "no json"),
        (Method::GET, ""),
        (Method::DELETE, ""),
        (Method::OPTIONS, ""),
    ] {
        assert_eq!(
            server.ask(method.clone(), "/mcp", &[], body).await.status,
            401,
            "{method}"
        );
    }
    assert_eq!(get_text(&server, "/mine").await.0, 401);
    assert_eq!(get_text(&server, "/open").await, (200, "none".to_owned()));
    assert_eq!(
        get_text(&server, "/health").await,
        (200, "{\"status\":\"ok\"}".to_owned())
    );
    assert_eq!(get_text(&server, "/no/such").await.0, 404);
}

#[tokio::test]
async fn an_app_can_have_a_page_of_its_own() {
    fn home() -> xmcp::Result<Middleware> {
        Ok(Middleware::new().public(Router::new().route("/", get(|| async { "home" }))))
    }
    let server = server(home).await;
    let page = server
        .ask(Method::GET, "/", &[("accept", "text/html")], "")
        .await;
    assert_eq!((page.status.as_u16(), page.text()), (200, "home"));
}

#[tokio::test]
async fn a_session_is_there_before_the_first_layer() {
    fn naming() -> xmcp::Result<Middleware> {
        let name = from_fn(|mut request: Request, next: Next| async {
            let user = request
                .extensions()
                .get()
                .map(|session: &Session| session.user_id().to_owned());
            let user = HeaderValue::try_from(user.unwrap_or_default()).unwrap();
            request.headers_mut().insert("x-tenant", user);
            next.run(request).await
        });
        Ok(Middleware::new()
            .layer(name)
            .routes(Router::new().route("/mine", get(tenant))))
    }
    let app = App {
        middleware: Some(naming),
        ..tools::app(tools::TOOLS)
    };
    let session = Session::for_test("usr_1").build();
    let router = testing::test_router(app, Settings::default(), None, Some(session))
        .await
        .unwrap();
    let server = Server { router };
    for era in BOTH {
        assert_eq!(
            server.result(era, "about", json!({})).await["structuredContent"]["tenant"],
            "usr_1"
        );
    }
    assert_eq!(get_text(&server, "/mine").await, (200, "usr_1".to_owned()));
}

#[tokio::test]
async fn a_panicking_layer_is_a_500_that_names_the_request() {
    fn panicking() -> xmcp::Result<Middleware> {
        Ok(
            Middleware::new().layer(from_fn(|_: Request, _: Next| async {
                if true {
                    panic!("the password is hunter2");
                }
            })),
        )
    }
    let server = server(panicking).await;
    let answer = Answer::read(
        server
            .open(
                Era::Modern,
                "tools/list",
                json!({}),
                &[("x-request-id", "req-7")],
            )
            .await,
    )
    .await;
    let error =
        json!({ "code": -32603, "message": "internal error", "data": { "requestId": "req-7" } });
    assert_eq!(
        (answer.status.as_u16(), answer.json()),
        (500, json!({ "jsonrpc": "2.0", "error": error }))
    );
}

#[tokio::test]
async fn two_routes_of_one_path_keep_the_app_from_starting() {
    fn of(path: &str) -> Router {
        Router::new().route(path, get(tenant))
    }
    fn post(path: &str) -> Router {
        Router::new().route(path, axum::routing::post(tenant))
    }
    let clashing: [fn() -> xmcp::Result<Middleware>; 5] = [
        // A route on the endpoint's path would answer in its place, a public one before auth.
        || Ok(Middleware::new().public(post("/mcp"))),
        || Ok(Middleware::new().routes(of("/mcp"))),
        || Ok(Middleware::new().public(of("/health"))),
        || Ok(Middleware::new().routes(of("/")).public(of("/"))),
        || Ok(Middleware::new().routes(of("/mine")).public(of("/mine"))),
    ];
    for middleware in clashing {
        let app = App {
            middleware: Some(middleware),
            ..tools::app(tools::TOOLS)
        };
        let result = testing::test_router(app, Settings::default(), None, None).await;
        let error = result.unwrap_err().to_string();
        assert!(
            error.starts_with("two routes cannot share a path: "),
            "{error}"
        );
    }
}
