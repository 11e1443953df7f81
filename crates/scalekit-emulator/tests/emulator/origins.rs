//! Which pages in the developer's browser may use the emulator: all that a page of another site can send without being asked first.

use http::Method;
use scalekit_emulator::{Consent, Running};

use crate::support::{
    CALLBACK, authorization_url, automatic, client, form, register, returned, send, start,
};

const ELSEWHERE: [&str; 5] = [
    "https://evil.example",
    "http://localhost.evil.example",
    "http://127.0.0.1.nip.io:3002",
    "null",
    "file://",
];

/// A request as a page of `origin` makes it, with the body that would work.
fn request(
    emulator: &Running,
    method: Method,
    path: &str,
    origin: &str,
) -> reqwest::RequestBuilder {
    let body = match path {
        "/emulator/token" => "user=ada",
        "/api/v1/resources/res_1/clients:register" => {
            r#"{"grant_types":["client_credentials"],"response_types":[]}"#
        }
        _ => "grant_type=client_credentials",
    };
    client()
        .request(method, format!("{}{path}", emulator.environment_url()))
        .header("origin", origin)
        .header("content-type", "text/plain")
        .body(body)
}

#[tokio::test]
async fn a_page_from_elsewhere_is_refused_before_anything_is_done() {
    let emulator = start().await;
    for origin in ELSEWHERE {
        for (method, path) in [
            (Method::POST, "/api/v1/resources/res_1/clients:register"),
            (Method::OPTIONS, "/api/v1/resources/res_1/clients:register"),
            (Method::POST, "/oauth/token"),
            (Method::POST, "/resources/res_1/oauth/token"),
            (Method::POST, "/emulator/token"),
            (Method::GET, "/emulator"),
            (Method::GET, "/keys"),
            (Method::GET, "/oauth/authorize"),
            (Method::GET, "/api/v1/users"),
        ] {
            let answer = send(request(&emulator, method.clone(), path, origin)).await;
            assert_eq!(
                (
                    answer.status.as_u16(),
                    answer.header("access-control-allow-origin")
                ),
                (403, ""),
                "{method} {path} {origin}"
            );
        }
    }
}

#[tokio::test]
async fn a_second_origin_does_not_help() {
    let emulator = start().await;
    let twice = request(
        &emulator,
        Method::POST,
        "/emulator/token",
        "http://localhost:6274",
    )
    .header("origin", "https://evil.example");
    assert_eq!(send(twice).await.status, 403);
}

#[tokio::test]
async fn pages_of_this_machine_and_those_that_were_named_may_register() {
    let emulator = automatic()
        .pages(["https://app.example"])
        .start()
        .await
        .unwrap();
    for (origin, status) in [
        ("http://localhost:6274", 201),
        ("http://127.0.0.1:1", 201),
        ("http://[::1]:8080", 201),
        ("https://localhost", 201),
        ("https://app.example", 201),
        ("https://app.example:444", 403),
        ("http://app.example", 403),
        ("https://app.example.evil.example", 403),
    ] {
        let path = "/api/v1/resources/res_1/clients:register";
        let answer = send(request(&emulator, Method::POST, path, origin)).await;
        assert_eq!(answer.status, status, "{origin}");
    }
    let every = automatic().pages(["*"]).start().await.unwrap();
    let answer = send(request(
        &every,
        Method::GET,
        "/keys",
        "https://evil.example",
    ));
    assert_eq!(answer.await.status, 200);
}

#[tokio::test]
async fn the_consent_page_answers_with_the_origin_that_browsers_give_it() {
    let emulator = automatic().consent(Consent::Page).start().await.unwrap();
    let client_id = register(&emulator, CALLBACK).await;
    let page = send(client().get(authorization_url(&emulator, &client_id, &[]))).await;
    let (_, rest) = page.text.split_once("name=\"request\" value=\"").unwrap();
    let fields = [
        ("request", rest.split_once('"').unwrap().0),
        ("as", "usr_1 org_1"),
        ("decision", "approve"),
    ];
    let url = format!("{}/consent", emulator.environment_url());
    // The page has no referrer, and so its form has no origin (Fetch, "append a request `Origin` header").
    let answer = send(form(&url, &fields).header("origin", "null")).await;
    assert_eq!(returned(&answer)[0].0, "code");
}

#[tokio::test]
async fn a_browser_asks_for_authorization_in_a_window_of_its_own_or_not_at_all() {
    let emulator = start().await;
    let client_id = register(&emulator, CALLBACK).await;
    let url = authorization_url(&emulator, &client_id, &[]);
    for (destination, status) in [
        ("document", 302),
        ("iframe", 403),
        ("image", 403),
        ("empty", 403),
    ] {
        let request = client().get(&url).header("sec-fetch-dest", destination);
        assert_eq!(send(request).await.status, status, "{destination}");
    }
}
