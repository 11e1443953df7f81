//! Documents, keys, and what stands before every route.

use serde_json::json;

use crate::support::{client, get, post_json, send, start};

#[tokio::test]
async fn both_addresses_of_the_metadata_show_the_same_document() {
    let emulator = start().await;
    let url = emulator.environment_url();
    let inserted = get(&format!(
        "{url}/.well-known/oauth-authorization-server/resources/res_1"
    ))
    .await;
    let appended = get(&format!(
        "{url}/resources/res_1/.well-known/oauth-authorization-server"
    ))
    .await;
    assert_eq!(
        (inserted.status.as_u16(), inserted.header("content-type")),
        (200, "application/json")
    );
    assert_eq!(inserted.text, appended.text);
    assert_eq!(
        inserted.json(),
        json!({
            "issuer": format!("{url}/resources/res_1"),
            "authorization_endpoint": format!("{url}/resources/res_1/oauth/authorize"),
            "token_endpoint": format!("{url}/resources/res_1/oauth/token"),
            "jwks_uri": format!("{url}/keys"),
            "code_challenge_methods_supported": ["S256"],
            "grant_types_supported": [
                "authorization_code", "client_credentials", "refresh_token",
                "urn:ietf:params:oauth:grant-type:token-exchange",
            ],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "token_endpoint_auth_methods_supported": ["none", "client_secret_post", "client_secret_basic"],
            "authorization_response_iss_parameter_supported": true,
            "dpop_signing_alg_values_supported": ["ES256", "EdDSA", "RS256"],
            "registration_endpoint": format!("{url}/api/v1/resources/res_1/clients:register"),
            "client_id_metadata_document_supported": true,
        })
    );
}

#[tokio::test]
async fn the_environment_is_an_authorization_server_and_an_openid_provider_without_registration() {
    let emulator = start().await;
    let url = emulator.environment_url();
    for path in ["oauth-authorization-server", "openid-configuration"] {
        let document = get(&format!("{url}/.well-known/{path}")).await.json();
        assert_eq!(document["issuer"], url);
        assert_eq!(document["token_endpoint"], format!("{url}/oauth/token"));
        assert_eq!(document["registration_endpoint"], json!(null));
    }
}

#[tokio::test]
async fn what_the_real_one_answers_404_is_404() {
    let emulator = start().await;
    for path in [
        "/resources/res_1/keys",
        "/resources/res_1/.well-known/openid-configuration",
        "/resources/res_2/.well-known/oauth-authorization-server",
        "/.well-known/oauth-authorization-server/resources/res_2",
        "/resources/res_2/oauth/authorize",
        "/KEYS",
        "/",
    ] {
        assert_eq!(
            get(&format!("{}{path}", emulator.environment_url()))
                .await
                .status,
            404,
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_key_set_has_one_rsa_key_for_signatures() {
    let emulator = start().await;
    let keys = get(&format!("{}/keys", emulator.environment_url()))
        .await
        .json();
    let keys = keys["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 1);
    let names: Vec<&String> = keys[0].as_object().unwrap().keys().collect();
    assert_eq!(names, ["use", "kty", "kid", "alg", "n", "e"]);
    assert_eq!(
        (&keys[0]["use"], &keys[0]["alg"], &keys[0]["e"]),
        (&json!("sig"), &json!("RS256"), &json!("AQAB"))
    );
    assert!(keys[0]["kid"].as_str().unwrap().starts_with("snk_"));
}

#[tokio::test]
async fn a_page_of_another_origin_may_use_what_a_client_needs_and_nothing_else() {
    let emulator = start().await;
    let url = emulator.environment_url();
    let preflight = |path: &str| {
        client()
            .request(http::Method::OPTIONS, format!("{url}{path}"))
            .header("origin", "http://localhost:6274")
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type")
    };
    for path in [
        "/resources/res_1/oauth/token",
        "/api/v1/resources/res_1/clients:register",
    ] {
        let answer = send(preflight(path)).await;
        assert_eq!(
            (
                answer.status.as_u16(),
                answer.header("access-control-allow-origin")
            ),
            (204, "*"),
            "{path}"
        );
        assert!(
            answer
                .header("access-control-allow-headers")
                .contains("content-type")
        );
    }
    let answer = post_json(
        &format!("{url}/api/v1/resources/res_1/clients:register"),
        &json!({}),
    )
    .await;
    assert_eq!(
        (
            answer.status.as_u16(),
            answer.header("access-control-allow-origin")
        ),
        (400, "*")
    );
    for path in [
        "/emulator/token",
        "/consent",
        "/oauth/authorize",
        "/api/v1/users",
    ] {
        assert_eq!(
            send(preflight(path))
                .await
                .header("access-control-allow-origin"),
            "",
            "{path}"
        );
    }
}

#[tokio::test]
async fn only_names_of_this_machine_are_answered() {
    let emulator = start().await;
    let url = format!("{}/keys", emulator.environment_url());
    for (host, status) in [
        ("localhost:1", 200),
        ("127.0.0.1", 200),
        ("[::1]:1", 200),
        ("evil.example", 403),
        ("localhost.evil.example", 403),
        ("127.0.0.1.nip.io", 403),
    ] {
        assert_eq!(
            send(client().get(&url).header("host", host)).await.status,
            status,
            "{host}"
        );
    }
}

#[tokio::test]
async fn bodies_and_heads_have_a_limit() {
    let emulator = start().await;
    let url = format!("{}/oauth/token", emulator.environment_url());
    let body = client()
        .post(&url)
        .header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(send(body.body("x".repeat(65 * 1024))).await.status, 413);
    let head = client().get(&url).header("x-long", "x".repeat(100 * 1024));
    let status = send(head).await.status.as_u16();
    assert_eq!(status, 431);
}
