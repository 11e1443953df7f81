//! Rows H1 to H8 and D1 of the threat table: who may call under which name, and the documents that are for everybody.

use serde_json::json;
use xmcp::{Era, Settings};

use crate::{
    fixture::Setup,
    http2::{self, Http2},
    live::{Live, Request},
    support::BOTH,
};

const DOCUMENT: &str = "/.well-known/oauth-protected-resource";

fn get(target: &str) -> Request {
    Request::call(Era::Modern, "counted")
        .by("GET")
        .to(target)
        .body("")
}

#[tokio::test]
async fn h1_a_good_token_does_not_help_under_a_strange_name() {
    let live = Live::start().await;
    let token = live.token("openid");
    for era in BOTH {
        let call = Request::call(era, "counted").bearer(&token);
        for host in [
            "evil.example",
            "localhost.evil.com",
            "127.0.0.1.nip.io",
            "[::ffff:7f00:1]",
            "",
            "localhost:x",
            "local host",
            "a@localhost",
        ] {
            let answer = live.send(&call.clone().line(format!("host: {host}"))).await;
            assert!(matches!(answer.status, 400 | 403), "{host}: {answer:?}");
            assert_eq!(answer.headers("www-authenticate"), [""; 0], "{host}");
        }
        let two = call
            .clone()
            .line("host: localhost")
            .line("host: evil.example");
        assert_eq!(live.send(&two).await.status, 400);
        let body = String::from_utf8(call.body.clone()).unwrap();
        let old = format!(
            "POST /mcp HTTP/1.0\r\ncontent-type: application/json\r\nauthorization: Bearer {token}\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        assert_eq!(live.send_bytes(old.as_bytes()).await.status, 400);
    }
    assert_eq!(live.calls().await, "0");
}

#[tokio::test]
async fn h2_names_of_this_machine_are_answered_with_any_port() {
    let live = Live::start().await;
    let token = live.token("openid");
    for era in BOTH {
        for host in ["localhost:9999", "127.0.0.1", "[::1]:1", "LOCALHOST"] {
            let call = Request::call(era, "who")
                .line(format!("host: {host}"))
                .bearer(&token);
            assert_eq!(live.send(&call).await.said(), "usr_ada", "{host}");
        }
    }
}

#[tokio::test]
async fn h3_the_authority_of_http2_is_a_name_like_any_other() {
    let live = Live::start().await;
    let token = live.token("openid");
    for era in BOTH {
        for (authority, host, expected) in [
            ("evil.example", None, 403),
            ("evil.example", Some("localhost"), 400),
            ("localhost", Some("evil.example"), 400),
            ("localhost", None, 200),
        ] {
            let connection = Http2::connect(&live).await;
            let mut request = Request::call(era, "who").bearer(&token);
            if let Some(host) = host {
                request = request.line(format!("host: {host}"));
            }
            let (status, message) =
                http2::send(connection.sender.clone(), &request, authority).await;
            assert_eq!(status, expected, "{authority} {host:?}");
            assert_eq!(message.to_string().contains("usr_ada"), expected == 200);
        }
    }
}

#[tokio::test]
async fn h4_and_h6_a_page_of_a_stranger_may_not_call_and_a_program_may() {
    let live = Live::start().await;
    let token = live.token("openid");
    for era in BOTH {
        let call = Request::call(era, "counted").bearer(&token);
        for origin in [
            "http://evil.example",
            "null",
            "http://localhost.evil.com",
            "garbage",
            "",
            "http://",
            "file://",
            "http://localhost@evil.example",
            "http://localhost, http://evil.example",
            "chrome-extension://abc",
            "http://localhost/",
        ] {
            let answer = live
                .send(&call.clone().line(format!("origin: {origin}")))
                .await;
            assert_eq!(answer.status, 403, "{origin}: {answer:?}");
            assert_eq!(answer.json().get("id"), None);
            assert_eq!(answer.headers("www-authenticate"), [""; 0]);
            assert_eq!(answer.headers("access-control-allow-origin"), [""; 0]);
        }
        let own = format!("origin: http://localhost:{}", live.port);
        let two = call.clone().line(&own).line("origin: http://evil.example");
        assert_eq!(live.send(&two).await.status, 403);
        let before = live.calls().await;
        assert_eq!(live.send(&call).await.said(), "counted");
        assert_eq!(live.send(&call.clone().line(&own)).await.said(), "counted");
        let [before, after] =
            [before, live.calls().await].map(|count| count.parse::<u8>().unwrap());
        assert_eq!(after, before + 2);
    }
}

#[tokio::test]
async fn h5_pages_of_this_machine_may_call_while_developing_and_not_in_production() {
    for (dev, status) in [(true, 200), (false, 403)] {
        let live = Live::with(Setup {
            dev,
            ..Setup::default()
        })
        .await;
        for era in BOTH {
            let call = Request::call(era, "who")
                .bearer(&live.token("openid"))
                .line("origin: http://localhost:6274");
            assert_eq!(live.send(&call).await.status, status);
        }
    }
}

#[tokio::test]
async fn h7_the_metadata_is_for_pages_of_strangers_too() {
    let live = Live::start().await;
    for path in [DOCUMENT.to_owned(), format!("{DOCUMENT}/mcp")] {
        for origin in ["http://evil.example", "null"] {
            let answer = live
                .send(&get(&path).line(format!("origin: {origin}")))
                .await;
            assert_eq!(
                (answer.status, answer.header("access-control-allow-origin")),
                (200, Some("*")),
                "{answer:?}"
            );
            assert_eq!(answer.headers("access-control-allow-credentials"), [""; 0]);
        }
    }
}

#[tokio::test]
async fn h8_a_preflight_needs_no_token_and_does_nothing() {
    let mut settings = Settings::default();
    settings.http.cors = vec!["https://app.example".to_owned()];
    let live = Live::with(Setup {
        settings,
        ..Setup::default()
    })
    .await;
    let preflight = Request::call(Era::Modern, "counted")
        .by("OPTIONS")
        .line("access-control-request-method: POST")
        .line("access-control-request-headers: authorization");
    let good = live
        .send(&preflight.clone().line("origin: https://app.example"))
        .await;
    assert_eq!(
        (good.status, good.header("access-control-allow-origin")),
        (204, Some("https://app.example"))
    );
    let evil = live
        .send(&preflight.clone().line("origin: https://evil.example"))
        .await;
    assert_eq!(
        evil.headers("access-control-allow-origin"),
        [""; 0],
        "{evil:?}"
    );
    assert!(matches!(evil.status, 204 | 403), "{evil:?}");
    // A page that may call reads what to do when it is refused.
    for era in BOTH {
        let refused = live
            .send(&Request::call(era, "counted").line("origin: https://app.example"))
            .await;
        assert_eq!(refused.status, 401);
        assert!(
            refused
                .headers("access-control-expose-headers")
                .iter()
                .any(|names| names.contains("www-authenticate")),
            "{refused:?}"
        );
        assert_eq!(
            refused.header("access-control-allow-origin"),
            Some("https://app.example")
        );
    }
    assert_eq!(live.calls().await, "0");
}

#[tokio::test]
async fn d1_the_metadata_is_the_same_whoever_asks_and_however() {
    let live = Live::start().await;
    let port = live.port;
    let at_root = live.send(&get(DOCUMENT)).await;
    assert_eq!(at_root.status, 200, "{at_root:?}");
    let issuer = format!("{}/resources/res_test", live.scalekit.environment_url());
    assert_eq!(
        at_root.json(),
        json!({
            "resource": format!("http://localhost:{port}/mcp"),
            "authorization_servers": [issuer],
            "bearer_methods_supported": ["header"],
            "scopes_supported": ["todo:read", "todo:write"],
        })
    );
    assert_eq!(at_root.header("content-type"), Some("application/json"));
    assert_eq!(
        at_root.header("cache-control"),
        Some("public, max-age=3600")
    );
    for path in [
        DOCUMENT.to_owned(),
        format!("{DOCUMENT}/"),
        format!("{DOCUMENT}/mcp"),
        format!("{DOCUMENT}/mcp/"),
        format!("{DOCUMENT}/mcp?x=y"),
    ] {
        for line in [
            "x-forwarded-host: evil.example",
            "x-forwarded-proto: https",
            "x-forwarded-prefix: /evil",
            "forwarded: host=evil.example",
            "x-original-url: /evil",
            "x-real-ip: 1.2.3.4",
            "host: localhost:9999",
            "host: LOCALHOST",
            "accept: text/html",
            "authorization: Bearer a.b.c",
        ] {
            let answer = live.send(&get(&path).line(line)).await;
            assert_eq!(
                (answer.status, &answer.body),
                (200, &at_root.body),
                "{path} {line}"
            );
        }
        let head = live.send(&get(&path).by("HEAD")).await;
        assert_eq!((head.status, head.body.as_str()), (200, ""));
        assert_eq!(
            head.header("content-length"),
            at_root.header("content-length")
        );
        let preflight = get(&path)
            .by("OPTIONS")
            .line("origin: http://evil.example")
            .line("access-control-request-method: GET");
        assert_eq!(live.send(&preflight).await.status, 204);
        for method in ["POST", "PUT", "DELETE", "PATCH"] {
            let answer = live.send(&get(&path).by(method)).await;
            assert_eq!(answer.status, 405, "{method} {path}");
            let allowed = answer.header("allow").unwrap();
            assert!(
                allowed.contains("GET") && !allowed.contains(method),
                "{allowed}"
            );
        }
    }
    // A client compares with the name that it called, so each name of this machine has a document and a challenge of its own.
    for host in [format!("127.0.0.1:{port}"), format!("[::1]:{port}")] {
        let document = live
            .send(&get(DOCUMENT).line(format!("host: {host}")))
            .await
            .json();
        assert_eq!(document["resource"], format!("http://{host}/mcp"));
        let refused = live
            .send(&Request::call(Era::Modern, "counted").line(format!("host: {host}")))
            .await;
        let expected = format!("Bearer resource_metadata=\"http://{host}{DOCUMENT}/mcp\"");
        assert_eq!(refused.headers("www-authenticate"), [expected]);
    }
    let evil = live.send(&get(DOCUMENT).line("host: evil.example")).await;
    assert!(matches!(evil.status, 400 | 403), "{evil:?}");
    assert!(!evil.body.contains("authorization_servers"));
}

#[tokio::test]
async fn d1_an_empty_list_is_left_out() {
    let live = Live::with(Setup {
        tools: &[],
        ..Setup::default()
    })
    .await;
    let document = live.send(&get(DOCUMENT)).await.json();
    assert_eq!(document.get("scopes_supported"), None, "{document}");
}
