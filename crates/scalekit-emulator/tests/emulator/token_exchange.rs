//! Tokens for other services (RFC 8693).

use scalekit_emulator::Running;
use serde_json::{Value, json};

use crate::support::{Answer, CALLBACK, post_form, register, sign_in, start, verified};

const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// Exchanges with the environment's own credentials, with changes: a value replaces, an empty one removes.
async fn exchange(emulator: &Running, subject: &str, changes: &[(&str, &str)]) -> Answer {
    let client = emulator.connection().environment_client();
    let mut fields = vec![
        (
            "grant_type",
            "urn:ietf:params:oauth:grant-type:token-exchange",
        ),
        ("client_id", client.id()),
        ("client_secret", client.secret()),
        ("subject_token", subject),
        ("subject_token_type", ACCESS_TOKEN),
        ("audience", "https://api.example.com"),
    ];
    fields.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    fields.extend(changes);
    let url = format!("{}/oauth/token", emulator.environment_url());
    post_form(&url, &fields).await
}

async fn user_token(emulator: &Running) -> Value {
    let client = register(emulator, CALLBACK).await;
    sign_in(emulator, &client).await["access_token"].take()
}

#[tokio::test]
async fn a_users_token_becomes_one_for_another_service_and_says_who_acts() {
    let emulator = start().await;
    let token = user_token(&emulator).await;
    let answer = exchange(
        &emulator,
        token.as_str().unwrap(),
        &[("scope", "calendar:read")],
    )
    .await;
    let answer = answer.json();
    assert_eq!(
        (
            &answer["token_type"],
            &answer["issued_token_type"],
            &answer["scope"]
        ),
        (
            &json!("Bearer"),
            &json!(ACCESS_TOKEN),
            &json!("calendar:read")
        )
    );
    let claims = answer["access_token"].as_str().unwrap();
    let claims = verified(&emulator, claims).await;
    assert_eq!(claims["aud"], json!(["https://api.example.com"]));
    assert_eq!(claims["sub"], "usr_1");
    let client = emulator.connection().environment_client().id();
    assert_eq!(claims["act"], json!({ "sub": client }));
}

#[tokio::test]
async fn what_is_no_good_exchange_gives_no_token() {
    let emulator = start().await;
    let token = user_token(&emulator).await;
    let token = token.as_str().unwrap();
    let minted = |claims| emulator.admin().mint(claims, json!({}));
    for (changes, error) in [
        (vec![("audience", "")], "invalid_target"),
        (vec![("resource", "no URL")], "invalid_target"),
        (vec![("subject_token_type", "")], "invalid_request"),
        (vec![("requested_token_type", "urn:x")], "invalid_request"),
        (vec![("actor_token", token)], "invalid_request"),
        (vec![("scope", "no\"scope")], "invalid_scope"),
        (vec![("client_secret", "wrong")], "invalid_client"),
    ] {
        let answer = exchange(&emulator, token, &changes).await;
        assert_eq!(answer.error().1, error, "{changes:?}");
    }
    for subject in [
        minted(json!({ "exp": 1 })),
        minted(json!({ "aud": ["https://other.example"] })),
        minted(json!({ "cnf": { "jkt": "key" } })),
        format!("{token}A"),
    ] {
        let answer = exchange(&emulator, &subject, &[]).await;
        assert_eq!(
            answer.error(),
            (400, "invalid_request".to_owned()),
            "{subject}"
        );
    }
}
