//! Introspection (RFC 7662): who may ask, and what is told.

use scalekit_emulator::{Credentials, Running};
use serde_json::json;

use crate::support::{environment_token, form, post_form, send, start};

fn url(emulator: &Running) -> String {
    format!("{}/oauth/introspect", emulator.environment_url())
}

fn fields<'a>(client: &'a Credentials, token: &'a str) -> Vec<(&'static str, &'a str)> {
    vec![
        ("token", token),
        ("client_id", client.id()),
        ("client_secret", client.secret()),
    ]
}

#[tokio::test]
async fn a_token_that_is_good_now_is_active_and_says_what_it_stands_for() {
    let emulator = start().await;
    let client = emulator.connection().mcp_client();
    let opaque = emulator
        .admin()
        .mint_opaque(json!({ "scope": "todo:read", "scopes": null }));
    let signed = emulator.admin().mint(json!({}), json!({}));
    for token in [&opaque, &signed] {
        let answer = post_form(&url(&emulator), &fields(client, token)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let said = answer.json();
        assert_eq!(said["active"], true);
        assert_eq!(
            (&said["sub"], &said["username"], &said["token_type"]),
            (&json!("usr_1"), &json!("ada@example.com"), &json!("Bearer"))
        );
    }
    let answer = post_form(&url(&emulator), &fields(client, &opaque)).await;
    assert_eq!(answer.json()["scope"], "todo:read");
}

#[tokio::test]
async fn of_any_other_token_nothing_is_said_but_that_it_is_not_active() {
    let emulator = start().await;
    let client = emulator.connection().mcp_client();
    let admin = emulator.admin();
    let revoked = admin.mint_opaque(json!({}));
    admin.revoke_opaque(&revoked);
    let over = admin.mint_opaque(json!({ "exp": 1 }));
    let early = admin.mint(json!({ "nbf": 4_102_444_800_u64 }), json!({}));
    let strange = admin.mint_signed(json!({}), json!({}), &scalekit_emulator::Signer::Stranger);
    for token in [&revoked, &over, &early, &strange, &"x".to_owned()] {
        let answer = post_form(&url(&emulator), &fields(client, token)).await;
        assert_eq!(
            (answer.status.as_u16(), answer.text.as_str()),
            (200, r#"{"active":false}"#)
        );
    }
}

#[tokio::test]
async fn only_who_proves_who_it_is_may_ask() {
    let emulator = start().await;
    let token = emulator.admin().mint_opaque(json!({}));
    let own = environment_token(&emulator).await;
    let asked = form(&url(&emulator), &[("token", &token)])
        .header("authorization", format!("Bearer {own}"));
    assert_eq!(send(asked).await.json()["active"], true);

    let client = emulator.connection().mcp_client();
    for fields in [
        vec![("token", token.as_str())],
        vec![("token", &token), ("client_id", client.id())],
        vec![
            ("token", &token),
            ("client_id", client.id()),
            ("client_secret", "guess"),
        ],
        vec![
            ("token", &token),
            ("client_id", "https://client.example/metadata.json"),
        ],
    ] {
        let answer = post_form(&url(&emulator), &fields).await;
        assert_eq!(
            answer.error(),
            (401, "invalid_client".to_owned()),
            "{fields:?}"
        );
    }
    let bearer = form(&url(&emulator), &[("token", &token)])
        .header("authorization", format!("Bearer {token}"));
    assert_eq!(send(bearer).await.status, 401);
    let nothing = post_form(&url(&emulator), &fields(client, "")).await;
    assert_eq!(nothing.error(), (400, "invalid_request".to_owned()));
}
