//! Dynamic registration (RFC 7591).

use serde_json::json;

use crate::support::{post_form, post_json, resource_url, start};

#[tokio::test]
async fn a_confidential_client_gets_a_secret_that_works() {
    let emulator = start().await;
    let url = format!(
        "{}/api/v1/resources/res_1/clients:register",
        emulator.environment_url()
    );
    let body = json!({
        "client_name": "A machine",
        "grant_types": ["client_credentials"],
        "response_types": [],
        "token_endpoint_auth_method": "client_secret_post",
        "software_id": "ignored",
    });
    let answer = post_json(&url, &body).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("cache-control")),
        (201, "no-store")
    );
    let client = answer.json();
    assert!(client["client_id"].as_str().unwrap().starts_with("m2m_"));
    assert_eq!(client["client_secret_expires_at"], 0);
    assert_eq!(client["client_name"], "A machine");
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", client["client_id"].as_str().unwrap()),
        ("client_secret", client["client_secret"].as_str().unwrap()),
    ];
    assert_eq!(
        post_form(&format!("{}/oauth/token", resource_url(&emulator)), &fields)
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_public_client_gets_no_secret() {
    let emulator = start().await;
    let url = format!(
        "{}/api/v1/resources/res_1/clients:register",
        emulator.environment_url()
    );
    let body =
        json!({ "redirect_uris": ["cursor://app/callback"], "token_endpoint_auth_method": "none" });
    let client = post_json(&url, &body).await.json();
    assert_eq!(client.get("client_secret"), None);
    assert_eq!(client["grant_types"], json!(["authorization_code"]));
}

#[tokio::test]
async fn what_cannot_be_registered_is_refused_with_the_error_of_the_rfc() {
    let emulator = start().await;
    let url = format!(
        "{}/api/v1/resources/res_1/clients:register",
        emulator.environment_url()
    );
    let callback = "http://127.0.0.1/callback";
    for (body, error) in [
        (json!({}), "invalid_redirect_uri"),
        (
            json!({ "redirect_uris": ["http://app.example/callback"] }),
            "invalid_redirect_uri",
        ),
        (
            json!({ "redirect_uris": ["javascript:alert(1)"] }),
            "invalid_redirect_uri",
        ),
        (
            json!({ "redirect_uris": vec![callback; 33] }),
            "invalid_redirect_uri",
        ),
        (
            json!({ "redirect_uris": vec![format!("{callback}/{}", "x".repeat(1000)); 9] }),
            "invalid_redirect_uri",
        ),
        (
            json!({ "redirect_uris": callback }),
            "invalid_client_metadata",
        ),
        (
            json!({ "redirect_uris": [callback], "grant_types": ["password"] }),
            "invalid_client_metadata",
        ),
        (
            json!({ "redirect_uris": [callback], "response_types": ["token"] }),
            "invalid_client_metadata",
        ),
        (
            json!({ "redirect_uris": [callback], "token_endpoint_auth_method": "private_key_jwt" }),
            "invalid_client_metadata",
        ),
        (
            json!({ "redirect_uris": [callback], "client_name": "x".repeat(201) }),
            "invalid_client_metadata",
        ),
        (
            json!({ "grant_types": ["client_credentials"], "token_endpoint_auth_method": "none" }),
            "invalid_client_metadata",
        ),
        (json!([]), "invalid_client_metadata"),
    ] {
        assert_eq!(
            post_json(&url, &body).await.error(),
            (400, error.to_owned()),
            "{body}"
        );
    }
    let other = url.replace("res_1", "res_2");
    assert_eq!(
        post_json(&other, &json!({ "redirect_uris": [callback] }))
            .await
            .status,
        404
    );
}
