//! The consent page, as a browser without scripts uses it.

use scalekit_emulator::{Consent, Running};
use serde_json::json;

use crate::support::{
    Answer, CALLBACK, authorization_url, automatic, get, part, post_form, post_json, redeem,
    register, returned,
};

async fn start() -> Running {
    automatic().consent(Consent::Page).start().await.unwrap()
}

/// The value of the first `name="..." value="..."` with this name.
fn field(page: &Answer, name: &str) -> String {
    let start = format!("name=\"{name}\" value=\"");
    let (_, rest) = page.text.split_once(&start).expect("the field is there");
    rest.split_once('"').unwrap().0.to_owned()
}

async fn decide(emulator: &Running, fields: &[(&str, &str)]) -> Answer {
    post_form(&format!("{}/consent", emulator.environment_url()), fields).await
}

#[tokio::test]
async fn the_page_offers_each_user_with_each_organization() {
    let emulator = start().await;
    let client = register(&emulator, CALLBACK).await;
    let page = get(&authorization_url(&emulator, &client, &[])).await;
    assert_eq!(page.status, 200);
    for value in ["usr_1 org_1", "usr_1 org_2", "usr_2 org_2", "usr_3"] {
        assert!(page.text.contains(&format!("value=\"{value}\"")), "{value}");
    }
    for text in [
        "Ada Lovelace",
        "Analytical Engines",
        "todo:read",
        CALLBACK,
        "http://localhost:3001/mcp",
        "A test",
    ] {
        assert!(page.text.contains(text), "{text}");
    }
    assert!(!page.text.contains("<script"));
}

#[tokio::test]
async fn approving_returns_a_code_for_who_was_chosen_and_works_once() {
    let emulator = start().await;
    let client = register(&emulator, CALLBACK).await;
    let page = get(&authorization_url(&emulator, &client, &[])).await;
    let request = field(&page, "request");
    let fields = [
        ("request", request.as_str()),
        ("as", "usr_1 org_2"),
        ("decision", "approve"),
    ];
    let answer = decide(&emulator, &fields).await;
    assert_eq!(answer.status, 303);
    let parameters = returned(&answer);
    let names: Vec<&str> = parameters.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["code", "state", "iss"]);
    let token = redeem(&emulator, &client, &parameters[0].1).await.json();
    let claims = part(token["access_token"].as_str().unwrap(), 1);
    assert_eq!(
        (&claims["sub"], &claims["oid"], &claims["roles"]),
        (&json!("usr_1"), &json!("org_2"), &json!(["member"]))
    );
    assert_eq!(decide(&emulator, &fields).await.status, 400);
}

#[tokio::test]
async fn denying_and_choosing_what_there_is_not_return_access_denied() {
    let emulator = start().await;
    let client = register(&emulator, CALLBACK).await;
    for (chosen, decision) in [
        ("usr_1 org_1", "deny"),
        ("usr_2 org_1", "approve"),
        ("usr_9", "approve"),
        ("", "approve"),
        ("usr_1 org_1", ""),
    ] {
        let page = get(&authorization_url(&emulator, &client, &[])).await;
        let request = field(&page, "request");
        let answer = decide(
            &emulator,
            &[
                ("request", request.as_str()),
                ("as", chosen),
                ("decision", decision),
            ],
        )
        .await;
        let parameters = returned(&answer);
        assert_eq!(
            parameters[0],
            ("error".to_owned(), "access_denied".to_owned()),
            "{chosen} {decision}"
        );
        assert_eq!(parameters[2], ("state".to_owned(), "a state".to_owned()));
    }
}

#[tokio::test]
async fn what_a_client_says_of_itself_is_escaped_and_nothing_is_loaded_or_framed() {
    let emulator = start().await;
    let url = format!(
        "{}/api/v1/resources/res_1/clients:register",
        emulator.environment_url()
    );
    let body = json!({
        "client_name": "<script>alert(1)</script>\" onload=\"x",
        "redirect_uris": [CALLBACK],
        "token_endpoint_auth_method": "none",
    });
    let client = post_json(&url, &body).await.json();
    let client = client["client_id"].as_str().unwrap();
    let page = get(&authorization_url(
        &emulator,
        client,
        &[("scope", "a<b>'c")],
    ))
    .await;
    assert!(
        page.text
            .contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&quot;x")
    );
    assert!(page.text.contains("a&lt;b&gt;&#39;c"));
    assert!(!page.text.contains("<script"));
    let policy = page.header("content-security-policy");
    assert!(
        policy.starts_with("default-src 'none'; style-src 'sha256-"),
        "{policy}"
    );
    assert!(
        policy.ends_with("base-uri 'none'; frame-ancestors 'none'"),
        "{policy}"
    );
    assert_eq!(page.header("x-frame-options"), "DENY");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert_eq!(page.header("cache-control"), "no-store");
}
