//! From an authorization request back to the client.

use scalekit_emulator::Consent;

use crate::support::{
    CALLBACK, SERVER, authorization_url, automatic, get, part, redeem, register, returned, sign_in,
    start, verified,
};

#[tokio::test]
async fn automatic_consent_answers_with_code_state_and_issuer_at_once() {
    let emulator = start().await;
    let client = register(&emulator, CALLBACK).await;
    let answer = get(&authorization_url(&emulator, &client, &[])).await;
    assert_eq!(answer.status, 302);
    assert!(
        answer
            .header("location")
            .starts_with(&format!("{CALLBACK}?code="))
    );
    let parameters = returned(&answer);
    assert_eq!(
        parameters[1..],
        [
            ("state".to_owned(), "a state".to_owned()),
            // RFC 9207, section 2: the issuer of the metadata.
            (
                "iss".to_owned(),
                format!("{}/resources/res_1", emulator.environment_url())
            ),
        ]
    );
}

#[tokio::test]
async fn the_environments_endpoint_names_the_environment_as_issuer() {
    let emulator = start().await;
    let client = register(&emulator, CALLBACK).await;
    let url = authorization_url(&emulator, &client, &[]).replace("/resources/res_1", "");
    let parameters = returned(&get(&url).await);
    assert_eq!(parameters[2].1, emulator.environment_url());
}

#[tokio::test]
async fn a_user_may_be_named_for_the_automatic_consent() {
    for (name, user) in [
        ("grace", "usr_2"),
        ("alan@example.com", "usr_3"),
        ("usr_1", "usr_1"),
    ] {
        let emulator = automatic()
            .consent(Consent::Auto(Some(name.to_owned())))
            .start()
            .await
            .unwrap();
        let client = register(&emulator, CALLBACK).await;
        let token = sign_in(&emulator, &client).await;
        assert_eq!(
            part(token["access_token"].as_str().unwrap(), 1)["sub"],
            user
        );
    }
}

#[tokio::test]
async fn a_user_for_the_automatic_consent_who_does_not_live_here_is_said_at_start() {
    let folder = tempfile::tempdir().unwrap();
    let bob = || automatic().consent(Consent::Auto(Some("bob".to_owned())));
    for builder in [bob(), bob().port(0).state_dir(folder.path())] {
        assert_eq!(
            builder.start().await.err().unwrap().to_string(),
            "`bob` of SCALEKIT_EMULATOR_CONSENT is no user of this environment: these are ada (org_1, org_2), grace (org_2), alan (none)"
        );
    }
}

#[tokio::test]
async fn without_a_person_no_code_leaves_this_machine() {
    let emulator = start().await;
    for elsewhere in ["https://app.example/callback", "cursor://app/callback"] {
        let client = register(&emulator, elsewhere).await;
        let answer = get(&authorization_url(
            &emulator,
            &client,
            &[("redirect_uri", elsewhere)],
        ))
        .await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("location")),
            (200, "")
        );
        assert!(answer.text.contains("Approve"));
    }
}

#[tokio::test]
async fn nobody_is_redirected_before_client_and_redirect_uri_are_known_to_belong_together() {
    let emulator = start().await;
    let client = register(&emulator, CALLBACK).await;
    for changes in [
        [("client_id", "")],
        [("client_id", "m2m_unknown")],
        [("client_id", emulator.connection().mcp_client().id())],
        [("redirect_uri", "")],
        [("redirect_uri", "http://127.0.0.1:7777/other")],
        [("redirect_uri", "http://127.0.0.1:7777/callback/")],
        [("redirect_uri", "http://localhost:7777/callback")],
        [("redirect_uri", "https://evil.example/callback")],
    ] {
        let answer = get(&authorization_url(&emulator, &client, &changes)).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("location")),
            (400, ""),
            "{changes:?}"
        );
        assert!(answer.header("content-type").starts_with("text/html"));
    }
    // RFC 6749, section 3.1: no parameter twice.
    let twice = authorization_url(&emulator, &client, &[]) + "&client_id=other";
    assert_eq!(get(&twice).await.status, 400);
}

#[tokio::test]
async fn other_mistakes_are_told_to_the_client_with_state_and_issuer() {
    let emulator = automatic().scopes(["todo:read"]).start().await.unwrap();
    let client = register(&emulator, CALLBACK).await;
    for (changes, error) in [
        ([("response_type", "")], "invalid_request"),
        ([("response_type", "token")], "unsupported_response_type"),
        ([("code_challenge", "")], "invalid_request"),
        ([("code_challenge", "short")], "invalid_request"),
        ([("code_challenge_method", "")], "invalid_request"),
        ([("code_challenge_method", "plain")], "invalid_request"),
        ([("scope", "todo:write")], "invalid_scope"),
        (
            [("resource", "https://other.example/mcp")],
            "invalid_target",
        ),
        (
            [("resource", "http://localhost:3001/other")],
            "invalid_target",
        ),
    ] {
        let parameters = returned(&get(&authorization_url(&emulator, &client, &changes)).await);
        let names: Vec<&str> = parameters.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(
            names,
            ["error", "error_description", "state", "iss"],
            "{changes:?}"
        );
        assert_eq!(parameters[0].1, error, "{changes:?}");
    }
}

#[tokio::test]
async fn a_native_app_takes_the_port_that_is_free() {
    let emulator = start().await;
    let client = register(&emulator, CALLBACK).await;
    let elsewhere = [("redirect_uri", "http://127.0.0.1:50123/callback")];
    let answer = get(&authorization_url(&emulator, &client, &elsewhere)).await;
    assert!(
        answer
            .header("location")
            .starts_with("http://127.0.0.1:50123/callback?code=")
    );
}

#[tokio::test]
async fn a_token_has_the_claims_of_a_real_one() {
    let emulator = start().await;
    let client = register(&emulator, CALLBACK).await;
    let answer = sign_in(&emulator, &client).await;
    let token = answer["access_token"].as_str().unwrap();
    let header = part(token, 0);
    assert_eq!(
        (&header["alg"], &header["typ"]),
        (&"RS256".into(), &"JWT".into())
    );
    let mut claims = verified(&emulator, token).await;
    let names: Vec<String> = claims.as_object().unwrap().keys().cloned().collect();
    assert_eq!(
        names,
        [
            "aud",
            "client_id",
            "iss",
            "sub",
            "oid",
            "resid",
            "roles",
            "scope",
            "scopes",
            "sid",
            "exp",
            "iat",
            "nbf",
            "jti"
        ]
    );
    assert_eq!(
        claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap(),
        3600
    );
    for (name, prefix) in [("sid", "ses_"), ("jti", "tkn_")] {
        assert!(claims[name].as_str().unwrap().starts_with(prefix), "{name}");
    }
    for name in ["sid", "exp", "iat", "nbf", "jti"] {
        claims.as_object_mut().unwrap().remove(name);
    }
    assert_eq!(
        claims,
        serde_json::json!({
            "aud": [SERVER, "res_1"],
            "client_id": client,
            "iss": emulator.environment_url(),
            "sub": "usr_1",
            "oid": "org_1",
            "resid": "res_1",
            "roles": ["admin"],
            "scope": "openid todo:read",
            "scopes": ["openid", "todo:read"],
        })
    );
    let id_token = verified(&emulator, answer["id_token"].as_str().unwrap()).await;
    assert_eq!(
        (&id_token["sub"], &id_token["aud"]),
        (&"usr_1".into(), &serde_json::json!([client]))
    );
}

#[tokio::test]
async fn the_audience_is_the_resource_in_the_words_of_the_client() {
    let emulator = start().await;
    let client = register(&emulator, CALLBACK).await;
    let resource = "http://127.0.0.1:4567/mcp";
    let answer = get(&authorization_url(
        &emulator,
        &client,
        &[("resource", resource)],
    ))
    .await;
    let code = returned(&answer).swap_remove(0).1;
    let url = format!("{}/resources/res_1/oauth/token", emulator.environment_url());
    let mut fields = crate::support::redemption(&client, &code);
    fields.retain(|(name, _)| *name != "resource");
    let token = crate::support::post_form(&url, &fields).await.json();
    let claims = part(token["access_token"].as_str().unwrap(), 1);
    assert_eq!(claims["aud"], serde_json::json!([resource, "res_1"]));
}

#[tokio::test]
async fn tokens_name_the_resource_as_issuer_when_told_to() {
    let emulator = start().await;
    emulator
        .admin()
        .issuer_mode(scalekit_emulator::IssuerMode::Resource);
    let client = register(&emulator, CALLBACK).await;
    let token = sign_in(&emulator, &client).await;
    let claims = part(token["access_token"].as_str().unwrap(), 1);
    assert_eq!(
        claims["iss"],
        format!("{}/resources/res_1", emulator.environment_url())
    );
}

#[tokio::test]
async fn a_code_does_not_outlive_its_time() {
    let emulator = automatic()
        .code_lifetime(std::time::Duration::ZERO)
        .start()
        .await
        .unwrap();
    let client = register(&emulator, CALLBACK).await;
    let code = crate::support::code(&emulator, &client).await;
    assert_eq!(
        redeem(&emulator, &client, &code).await.error(),
        (400, "invalid_grant".to_owned())
    );
}
