//! Rows X1 to X10 of the threat table: no way around the layer, whatever a request looks like.

use serde_json::json;
use xmcp::{Era, Settings};

use crate::{
    fixture::Setup,
    live::{Live, Request},
    support::BOTH,
};

#[tokio::test]
async fn x1_other_cases_of_the_path_lead_nowhere() {
    let live = Live::start().await;
    for era in BOTH {
        for target in ["/MCP", "/Mcp/", "/mCp"] {
            let answer = live.send(&Request::call(era, "counted").to(target)).await;
            assert_eq!(answer.status, 404, "{era:?} {target}: {answer:?}");
        }
    }
    assert_eq!(live.calls().await, "0");
}

#[tokio::test]
async fn x2_other_spellings_of_the_path_lead_nowhere() {
    let live = Live::start().await;
    for era in BOTH {
        for target in [
            "/mcp/",
            "//mcp",
            "/mcp//",
            "/./mcp",
            "/x/../mcp",
            "/mcp/..",
            "/mcp/.",
            "/%6dcp",
            "/mcp%2f",
            "/mcp;a=b",
            "/mcp%00",
            "/mcp%20",
            "/mcp%0d%0a",
            "/mcp.",
            "/mcp/mcp",
            "/\\mcp",
            "mcp",
            "*",
            "/mcp#",
            "/mcp\t",
            "/mcp/mine",
            "/mine/../mcp",
            "http://localhost/mcp/",
            "http://localhost//mcp",
            "http://user@localhost/mcp",
        ] {
            let answer = live.send(&Request::call(era, "counted").to(target)).await;
            assert!(
                matches!(answer.status, 400 | 401 | 403 | 404),
                "{era:?} {target}: {answer:?}"
            );
        }
        // These are the endpoint, spelled in full.
        let absolute = format!("http://localhost:{}/mcp", live.port);
        for target in ["/mcp?", "/mcp?x=/open", &absolute] {
            let answer = live.send(&Request::call(era, "counted").to(target)).await;
            live.assert_unauthorized(&answer, target);
        }
    }
    assert_eq!(live.calls().await, "0");
}

#[tokio::test]
async fn x3_an_endpoint_of_another_path_is_protected_there_and_not_found_elsewhere() {
    let mut settings = Settings::default();
    settings.http.endpoint = "/api/tools".to_owned();
    let live = Live::with(Setup {
        settings,
        ..Setup::default()
    })
    .await;
    for era in BOTH {
        let call = Request::call(era, "counted");
        live.assert_unauthorized(
            &live.send(&call.clone().to("/api/tools")).await,
            "the endpoint",
        );
        for target in [
            "/mcp",
            "/api",
            "/api/",
            "/api/tools/",
            "/tools",
            "/api/toolsx",
        ] {
            let answer = live.send(&call.clone().to(target)).await;
            assert_eq!(answer.status, 404, "{target}");
        }
        assert_eq!(
            live.call(era, "counted", &live.token("openid"))
                .await
                .said(),
            "counted"
        );
    }
}

#[tokio::test]
async fn x4_a_good_call_opens_nothing_for_the_next_one_on_its_connection() {
    let live = Live::start().await;
    for era in BOTH {
        let call = Request::call(era, "who").keeping_alive();
        let good = call.clone().bearer(&live.token("openid"));
        for path in ["/mcp", "/mine"] {
            for method in ["GET", "POST", "DELETE", "PUT", "PATCH", "OPTIONS", "HEAD"] {
                let mut stream = live.connect().await;
                assert_eq!(good.on(&mut stream, live.port).await.said(), "usr_ada");
                let next = call.clone().to(path).by(method);
                let answer = next.on(&mut stream, live.port).await;
                if method == "HEAD" {
                    assert_eq!((answer.status, answer.body.as_str()), (401, ""));
                } else {
                    live.assert_unauthorized(&answer, &format!("{era:?} {method} {path}"));
                }
            }
        }
    }
}

#[tokio::test]
async fn x5_what_two_readers_could_read_differently_is_refused() {
    let live = Live::start().await;
    let token = live.token("openid");
    let plain = r#""jsonrpc":"2.0","id":1"#;
    let admin = r#"{"name":"admin","arguments":{}}"#;
    let who = r#"{"name":"counted","arguments":{}}"#;
    let texts = [
        format!(r#"{{{plain},"method":"ping","method":"tools/call","params":{admin}}}"#),
        format!(r#"{{{plain},"method":"tools/call","method":"ping","params":{admin}}}"#),
        format!(r#"{{{plain},"Method":"tools/call","params":{admin}}}"#),
        format!(r#"{{{plain},"method":"tools/call","param\u017f":{admin}}}"#),
        format!(
            r#"{{{plain},"method":"tools/call","params":{who},"param\u017f":{admin},"params":{admin}}}"#
        ),
        format!(
            r#"{{{plain},"method":"tools/call","params":{{"name":"counted","name":"admin","arguments":{{}}}}}}"#
        ),
        format!(
            r#"{{{plain},"method":"tools/call","params":{{"name":"admin","name":"counted","arguments":{{}}}}}}"#
        ),
        format!(
            r#"{{{plain},"method":"tools/call","params":{{"n\u0061me":"admin","name":"counted"}}}}"#
        ),
        format!(
            r#"{{{plain},"method":"tools/call","params":{admin}}} {{{plain},"method":"ping"}}"#
        ),
        format!(r#"{{{plain},"method":"tools\/call","params":{{"name":"\u0061dmin"}}}}"#),
    ];
    let whole = format!(r#"{{{plain},"method":"tools/call","params":{admin}}}"#);
    let mut bodies: Vec<Vec<u8>> = texts.into_iter().map(String::into_bytes).collect();
    bodies.push([b"\xef\xbb\xbf", whole.as_bytes()].concat());
    bodies.push(whole.encode_utf16().flat_map(u16::to_le_bytes).collect());
    bodies.push(
        [
            b"\xff\xfe".to_vec(),
            whole.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        ]
        .concat(),
    );
    bodies.push([whole.as_bytes(), b"\0"].concat());
    for era in BOTH {
        for name in ["admin", "counted"] {
            for body in &bodies {
                let request = Request::call(era, name).bearer(&token).body(body);
                let answer = live.send(&request).await;
                let body = String::from_utf8_lossy(body);
                // An error of a message that can be read may come with status 200.
                assert!(
                    matches!(answer.status, 200 | 400 | 403 | 404),
                    "{era:?} {body}: {answer:?}"
                );
                assert_eq!(
                    answer.json().get("result"),
                    None,
                    "{era:?} {body}: {answer:?}"
                );
            }
        }
    }
    assert_eq!(live.calls().await, "0");
}

#[tokio::test]
async fn x6_the_headers_of_a_request_give_no_scope_that_its_body_needs() {
    let live = Live::start().await;
    let token = live.token("openid");
    for (method, name) in [
        ("tools/call", "counted"),
        ("tools/list", "admin"),
        ("ping", "counted"),
        ("TOOLS/CALL", "admin"),
    ] {
        let request = Request::call(Era::Modern, "admin")
            .without("mcp-method")
            .without("mcp-name")
            .line(format!("mcp-method: {method}"))
            .line(format!("mcp-name: {name}"))
            .bearer(&token);
        let answer = live.send(&request).await;
        assert_eq!(answer.status, 400, "{method} {name}: {answer:?}");
    }
    assert_eq!(live.calls().await, "0");
}

#[tokio::test]
async fn x7_messages_come_one_at_a_time() {
    let live = Live::start().await;
    let message = |id: u8, tool: &str| json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": { "name": tool, "arguments": {} } });
    let batches = [
        json!([message(1, "who"), message(2, "admin")]),
        json!([message(1, "counted")]),
        json!([]),
    ];
    for era in BOTH {
        for batch in &batches {
            for scope in ["openid", "todo:write"] {
                let request = Request::call(era, "admin")
                    .bearer(&live.token(scope))
                    .body(batch.to_string());
                let answer = live.send(&request).await;
                assert_eq!(answer.status, 400, "{batch}: {answer:?}");
            }
        }
    }
    assert_eq!(live.calls().await, "0");
}

#[tokio::test]
async fn x8_no_other_method_and_no_claim_of_one_reaches_a_tool() {
    let live = Live::start().await;
    for era in BOTH {
        let call = Request::call(era, "counted");
        for name in [
            "x-http-method-override",
            "x-http-method",
            "x-method-override",
        ] {
            for (method, other) in [
                ("GET", "POST"),
                ("POST", "GET"),
                ("OPTIONS", "POST"),
                ("POST", "OPTIONS"),
            ] {
                let request = call.clone().by(method).line(format!("{name}: {other}"));
                live.assert_unauthorized(
                    &live.send(&request).await,
                    &format!("{method} {name}: {other}"),
                );
            }
        }
        for target in [
            "/mcp?_method=POST",
            "/mcp?_method=OPTIONS",
            "/mcp?method=tools/list",
        ] {
            live.assert_unauthorized(&live.send(&call.clone().by("GET").to(target)).await, target);
        }
        for method in [
            "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "QUERY", "post", "PROPFIND",
        ] {
            live.assert_unauthorized(&live.send(&call.clone().by(method)).await, method);
        }
        let head = live.send(&call.clone().by("HEAD")).await;
        assert_eq!((head.status, head.body.as_str()), (401, ""));
        // A tunnel has no path, so it is no request for the endpoint.
        for target in ["/mcp", "localhost:80"] {
            let tunnel = live.send(&call.clone().by("CONNECT").to(target)).await;
            assert!(
                matches!(tunnel.status, 400 | 401 | 403 | 404 | 405),
                "{tunnel:?}"
            );
        }
    }
    assert_eq!(live.calls().await, "0");
}

#[tokio::test]
async fn x10_a_route_of_the_apps_is_protected_unless_it_is_declared_public() {
    let live = Live::start().await;
    for era in BOTH {
        let get = Request::call(era, "counted").by("GET").body("");
        live.assert_unauthorized(&live.send(&get.clone().to("/mine")).await, "/mine");
        let good = get.clone().to("/mine").bearer(&live.token("openid"));
        assert_eq!(live.send(&good).await.body, "mine");
        assert_eq!(live.send(&get.clone().to("/open")).await.body, "open");
        // Nobody looks at credentials where nobody needs one.
        assert_eq!(
            live.send(&get.to("/open").bearer("a.b.c")).await.body,
            "open"
        );
    }
}
