//! What is a credential, how many there may be, and what is said of the ones that are refused.

use axum::{body::Body, extract::Request};
use http::header;

use crate::fixture::*;

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
