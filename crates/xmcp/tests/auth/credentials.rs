//! Rows M1 to M5 of the threat table: a request has exactly one credential, in its header.

use serde_json::json;

use crate::{
    live::{Live, Request, made_up},
    support::BOTH,
};

#[tokio::test]
async fn m1_without_a_header_there_is_one_challenge() {
    let live = Live::start().await;
    for era in BOTH {
        live.assert_unauthorized(&live.send(&Request::call(era, "who")).await, "no header");
    }
}

#[tokio::test]
async fn m2_the_scheme_is_read_in_any_case_and_spaces_follow_it() {
    let live = Live::start().await;
    let token = live.token("openid");
    for era in BOTH {
        for scheme in ["Bearer ", "bearer ", "BEARER ", "Bearer  ", "bEaReR    "] {
            let request = Request::call(era, "who").line(format!("authorization: {scheme}{token}"));
            assert_eq!(live.send(&request).await.said(), "usr_ada", "{scheme:?}");
        }
        let basic = made_up("Basic dXNlcjpwdzp1c2VyOnB3OnVzZXI6cHc=");
        for value in [
            &basic,
            "Bearer",
            "Bearer ",
            "Basic",
            "",
            "Token x",
            "DPoP a.b.c",
            "ApiKey x",
            &token,
            "Negotiate",
            "Bear er",
        ] {
            let request = Request::call(era, "who").line(format!("authorization: {value}"));
            let answer = live.send(&request).await;
            assert_eq!(answer.status, 401, "{value:?}: {answer:?}");
            assert_eq!(answer.headers("www-authenticate").len(), 1, "{value:?}");
        }
        for value in [
            format!("Bearer\t{token}"),
            format!("Bearer \t{token}"),
            format!("Bearer,{token}"),
            format!("Bearer{token}"),
        ] {
            let answer = live
                .send(&Request::call(era, "who").line(format!("authorization: {value}")))
                .await;
            assert_eq!(answer.status, 401, "{answer:?}");
        }
    }
}

#[tokio::test]
async fn m3_two_credentials_are_no_credential() {
    let live = Live::start().await;
    let good = format!("Bearer {}", live.token("openid"));
    let bad = "Bearer a.b.c".to_owned();
    for era in BOTH {
        for [first, second] in [
            [&bad, &good],
            [&good, &bad],
            [&good, &good],
            [&good, &"Basic x".to_owned()],
        ] {
            let request = Request::call(era, "who")
                .line(format!("authorization: {first}"))
                .line(format!("Authorization: {second}"));
            live.assert_ambiguous(&live.send(&request).await, "two headers");
        }
        for query in ["?access_token=", "?x=1&access_token=", "?access%5Ftoken="] {
            let target = format!("/mcp{query}{}", &good[7..]);
            let request = Request::call(era, "who")
                .to(&target)
                .line(format!("authorization: {good}"));
            live.assert_ambiguous(&live.send(&request).await, query);
        }
    }
}

#[tokio::test]
async fn m4_a_credential_in_any_other_place_is_none() {
    let live = Live::start().await;
    let token = live.token("openid");
    for era in BOTH {
        let call = Request::call(era, "who");
        for name in ["access_token", "token", "authorization", "bearer"] {
            let answer = live
                .send(&call.clone().to(&format!("/mcp?{name}={token}")))
                .await;
            live.assert_unauthorized(&answer, name);
            let answer = live
                .send(&call.clone().line(format!("cookie: {name}={token}")))
                .await;
            live.assert_unauthorized(&answer, name);
        }
        for name in [
            "proxy-authorization",
            "x-authorization",
            "x-forwarded-authorization",
            "x-access-token",
            "x-api-key",
            "authorization_",
        ] {
            let answer = live
                .send(&call.clone().line(format!("{name}: Bearer {token}")))
                .await;
            live.assert_unauthorized(&answer, name);
        }
        let form = call
            .clone()
            .without("content-type")
            .line("content-type: application/x-www-form-urlencoded")
            .body(format!("access_token={token}"));
        live.assert_unauthorized(&live.send(&form).await, "a form");
        let params = json!({ "name": "who", "arguments": {}, "access_token": token, "_meta": { "authorization": format!("Bearer {token}") } });
        live.assert_unauthorized(
            &live
                .send(&Request::message(era, "tools/call", params))
                .await,
            "params",
        );
        // Behind the body there is no header any more.
        let body = String::from_utf8(call.body.clone()).unwrap();
        let trailer = format!(
            "POST /mcp HTTP/1.1\r\nhost: localhost:{}\r\nconnection: close\r\ncontent-type: application/json\r\ntrailer: authorization\r\n\
             transfer-encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\nauthorization: Bearer {token}\r\n\r\n",
            live.port,
            body.len()
        );
        live.assert_unauthorized(&live.send_bytes(trailer.as_bytes()).await, "a trailer");
    }
}

#[tokio::test]
async fn m5_what_no_token_looks_like_is_refused_and_nobody_is_asked() {
    let live = Live::start().await;
    let long = made_up("a".repeat(9 * 1024));
    let long_parts = made_up(format!(
        "{}.{}.{}",
        "e".repeat(3000),
        "e".repeat(3000),
        "e".repeat(3000)
    ));
    for era in BOTH {
        for token in [
            &b"a b"[..],
            b"a,b",
            b"a;b",
            b"a.b.c d",
            b"a.b.c, Bearer a.b.c",
            "t\u{f6}ken".as_bytes(),
            b"\xff\xfe",
            b"a\"b",
            b"a\\b",
            b"..",
            b".",
            b"a..b",
            b"a.b.c.d.e",
            b"=",
            b"a=b",
            long.as_bytes(),
            long_parts.as_bytes(),
        ] {
            let request =
                Request::call(era, "who").line([&b"authorization: Bearer "[..], token].concat());
            live.assert_invalid(
                &live.send(&request).await,
                &String::from_utf8_lossy(&token[..token.len().min(20)]),
            );
        }
        // What is no header is no request.
        for token in [&b"a\0b"[..], b"\0", b"a\x01b", b"a\x7fb", b"a\rb"] {
            let request =
                Request::call(era, "who").line([&b"authorization: Bearer "[..], token].concat());
            let answer = live.send(&request).await;
            assert_eq!(answer.status, 400, "{token:?}: {answer:?}");
        }
        let request = Request::call(era, "who").bearer(&made_up("b".repeat(100 * 1024)));
        let answer = live.send(&request).await;
        assert_eq!(answer.status, 431, "{answer:?}");
    }
    assert_eq!(live.scalekit.admin().hits("/keys"), 0);
}
