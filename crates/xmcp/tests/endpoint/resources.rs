//! Resources and templates (2025-11-25 and 2026-07-28 server/resources).

use serde_json::{Value, json};
use xmcp::{Era, Session};

use crate::{
    primitives::RESOURCES,
    support::{Answer, BOTH, Server, app_of},
};

async fn server() -> Server {
    Server::app(app_of(&[], RESOURCES), |_| {}, None, None).await
}

async fn read(server: &Server, era: Era, uri: &str) -> Answer {
    server
        .request(era, "resources/read", json!({ "uri": uri }))
        .await
}

/// The text of the only content.
async fn text(server: &Server, era: Era, uri: &str) -> String {
    let result = read(server, era, uri).await.result();
    assert_eq!(result["contents"][0]["uri"], uri);
    result["contents"][0]["text"].as_str().unwrap().to_owned()
}

/// Code and `data` of the error.
async fn refused(server: &Server, era: Era, uri: &str) -> (i64, Value) {
    let mut message = read(server, era, uri).await.json();
    let code = message["error"]["code"].as_i64();
    let code = code.unwrap_or_else(|| panic!("{uri}: {message}"));
    (code, message["error"]["data"].take())
}

fn not_found(era: Era) -> i64 {
    match era {
        Era::Legacy => -32002,
        Era::Modern => -32602,
    }
}

/// "Listing Resources" and "Resource".
#[tokio::test]
async fn resources_and_templates_have_a_list_each() {
    let server = server().await;
    for era in BOTH {
        let list = server
            .request(era, "resources/list", json!({}))
            .await
            .result();
        let uris: Vec<&str> = list["resources"]
            .as_array()
            .unwrap()
            .iter()
            .map(|resource| resource["uri"].as_str().unwrap())
            .collect();
        let expected = [
            "test://rules",
            "test://picture",
            "test://folder",
            "test://config",
            "test://users/root",
            "test://broken",
        ];
        assert_eq!(uris, expected);
        assert_eq!(
            list["resources"][0],
            json!({
                "uri": "test://rules",
                "name": "rules",
                "title": "Rules",
                "description": "Description of rules",
                "mimeType": "text/markdown",
                "size": 7,
                "annotations": { "audience": ["user", "assistant"], "priority": 0.5, "lastModified": "2026-01-01T00:00:00Z" },
                "_meta": { "example.com/color": "red" },
            })
        );
        let list = server
            .request(era, "resources/templates/list", json!({}))
            .await
            .result();
        let uris: Vec<&str> = list["resourceTemplates"]
            .as_array()
            .unwrap()
            .iter()
            .map(|template| template["uriTemplate"].as_str().unwrap())
            .collect();
        let expected = [
            "test://users/{user_id}",
            "test://users/{user_id}/posts/{number}",
            "test://files/{+path}",
            "test://colors/{color}",
        ];
        assert_eq!(uris, expected);
        assert_eq!(
            list["resourceTemplates"][0],
            json!({ "uriTemplate": "test://users/{user_id}", "name": "user", "description": "Description of user", "mimeType": "text/plain" })
        );
    }
}

/// "Resource Contents"; 2026-07-28 schema, `CacheableResult`.
#[tokio::test]
async fn contents_say_what_they_are_and_how_long_they_may_be_kept() {
    let server = server().await;
    let cases = [
        (
            "test://rules",
            json!([{ "uri": "test://rules", "mimeType": "text/markdown", "text": "# Rules" }]),
            (1500, "public"),
        ),
        (
            "test://picture",
            json!([{ "uri": "test://picture", "mimeType": "image/png", "blob": "AAEC" }]),
            (0, "private"),
        ),
        (
            "test://folder",
            json!([
                { "uri": "test://folder", "mimeType": "text/plain", "text": "a" },
                { "uri": "test://folder/b", "mimeType": "application/octet-stream", "blob": "Aw==" },
                { "uri": "test://folder", "mimeType": "application/json", "text": "{}" },
            ]),
            (2000, "private"),
        ),
        (
            "test://config",
            json!([{ "uri": "test://config", "mimeType": "application/json", "text": "{\"a\":1}" }]),
            (0, "private"),
        ),
    ];
    for (uri, contents, (time, scope)) in cases {
        let legacy = read(&server, Era::Legacy, uri).await.result();
        assert_eq!(legacy, json!({ "contents": contents }));
        let modern = read(&server, Era::Modern, uri).await.result();
        let expected = json!({ "resultType": "complete", "contents": contents, "ttlMs": time, "cacheScope": scope });
        assert_eq!(modern, expected);
    }
}

/// "Resource Templates"; RFC 3986 section 2.1 for what is encoded.
#[tokio::test]
async fn parameters_are_decoded_once() {
    let server = server().await;
    let cases = [
        ("test://users/ada", "user <ada>"),
        ("test://users/a%20b", "user <a b>"),
        ("test://users/a%2541", "user <a%41>"),
        ("test://users/%C3%A9", "user <é>"),
        ("test://users/é", "user <é>"),
        ("TEST://users/ada", "user <ada>"),
        ("test://users/a.b", "user <a.b>"),
        ("test://users/..a", "user <..a>"),
        ("test://users/a%3Fb%23", "user <a?b#>"),
        ("test://users/ada/posts/8", "post 9 of ada"),
        ("test://files/a", "a"),
        ("test://files/a/b%20c/d", "a/b c/d"),
    ];
    for era in BOTH {
        for (uri, expected) in cases {
            assert_eq!(text(&server, era, uri).await, expected, "{uri}");
        }
    }
}

/// "Security Considerations": a parameter is one segment, and the rest of a path leads nowhere else.
#[tokio::test]
async fn no_parameter_leads_out_of_its_place() {
    let server = server().await;
    for era in BOTH {
        for uri in [
            "test://users/..",
            "test://users/%2e%2e",
            "test://users/.",
            "test://users/a%2Fb",
            "test://users/a%2f..%2fb",
            "test://users/a%5Cb",
            r"test://users/a\b",
            "test://users/%00",
            "test://users/a%0Ab",
            "test://users/%FF",
            "test://users/%",
            "test://users/%4",
            "test://users/",
            "test://users",
            "test://users/a/b",
            "test://users/a?b",
            "test://users/a#b",
            "test://users//posts/1",
            "test://files/",
            "test://files/../secret",
            "test://files/a/../../secret",
            "test://files/a/%2E%2E/b",
            "test://files/..%2Fsecret",
            "test://files/a//b",
            "test://files//etc/passwd",
            "test://files/a%2Fb",
            "test://files/a/",
            "other://users/ada",
            "test:users/ada",
            "users/ada",
            "",
        ] {
            let expected = (not_found(era), json!({ "uri": uri }));
            assert_eq!(refused(&server, era, uri).await, expected, "{uri}");
        }
        let long = format!("test://users/{}", "a".repeat(5000));
        assert_eq!(refused(&server, era, &long).await.0, not_found(era));
    }
}

#[tokio::test]
async fn a_literal_wins_over_a_parameter_however_it_is_written() {
    let caller = |scope| Session::for_test("usr_1").scopes([scope]).build();
    for (scope, status) in [("admin", 200), ("other", 403)] {
        let server = Server::app(app_of(&[], RESOURCES), |_| {}, None, Some(caller(scope))).await;
        for era in BOTH {
            for uri in [
                "test://users/root",
                "test://users/%72oot",
                "TEST://users/root",
            ] {
                let answer = read(&server, era, uri).await;
                assert_eq!(answer.status, status, "{uri}");
                if status == 200 {
                    assert_eq!(answer.result()["contents"][0]["text"], "the root user");
                }
            }
        }
    }
}

/// "Error Handling".
#[tokio::test]
async fn a_handler_may_say_that_there_is_no_such_resource() {
    let server = server().await;
    for era in BOTH {
        let uri = "test://users/nobody";
        let expected = (not_found(era), json!({ "uri": uri }));
        assert_eq!(refused(&server, era, uri).await, expected);
        let (_, _, message) = read(&server, era, uri).await.error();
        assert_eq!(message, "resource not found");
    }
}

#[tokio::test]
async fn parameters_have_the_types_of_the_schema() {
    let server = server().await;
    for era in BOTH {
        for uri in [
            "test://users/ada/posts/x",
            "test://users/ada/posts/0",
            "test://users/ada/posts/10",
            "test://colors/blue",
        ] {
            let (code, data) = refused(&server, era, uri).await;
            assert_eq!((code, data), (-32602, json!({ "uri": uri })));
        }
        assert_eq!(text(&server, era, "test://colors/green").await, "Green");
    }
}

#[tokio::test]
async fn a_resource_without_its_uri_is_an_error_of_the_params() {
    let server = server().await;
    for era in BOTH {
        let answer = server
            .request(era, "resources/read", json!({}))
            .await
            .error();
        assert_eq!(answer, (200, -32602, "`uri` is missing".to_owned()));
    }
}

#[tokio::test]
async fn a_panic_is_nobodys_business() {
    let server = server().await;
    for era in BOTH {
        let (status, code, message) = read(&server, era, "test://broken").await.error();
        assert_eq!((status, code), (200, -32603));
        assert!(
            message.starts_with("internal error (request id "),
            "{message}"
        );
    }
}

#[tokio::test]
async fn a_large_resource_is_refused() {
    let limit = |settings: &mut xmcp::Settings| settings.http.limits.output = 1024;
    let server = Server::app(app_of(&[], RESOURCES), limit, None, None).await;
    let uri = format!("test://files/{}", "a".repeat(1100));
    let (_, code, message) = read(&server, Era::Modern, &uri).await.error();
    assert_eq!(code, -32603);
    assert!(message.ends_with("gives more than 1024 bytes"), "{message}");
}

#[tokio::test]
async fn lists_leave_out_what_the_caller_may_not_read_when_the_settings_say_so() {
    let hide = |settings: &mut xmcp::Settings| settings.server.hide_unauthorized = true;
    for (session, length) in [
        (None, 5),
        (
            Some(Session::for_test("usr_1").scopes(["admin"]).build()),
            6,
        ),
    ] {
        let server = Server::app(app_of(&[], RESOURCES), hide, None, session).await;
        for era in BOTH {
            let list = server
                .request(era, "resources/list", json!({}))
                .await
                .result();
            assert_eq!(list["resources"].as_array().unwrap().len(), length);
        }
    }
}
