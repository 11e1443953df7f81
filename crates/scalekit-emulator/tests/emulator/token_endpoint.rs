//! The token endpoint.

use serde_json::json;

use crate::support::{
    Answer, CALLBACK, SERVER, code, form, get, part, post_form, redeem, redemption, refresh,
    register, resource_url, send, sign_in, start, verified,
};

fn invalid_grant(answer: &Answer) {
    assert_eq!(answer.error(), (400, "invalid_grant".to_owned()));
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_code_is_good_once_and_its_second_use_ends_the_session() {
    let emulator = start().await;
    let client = register(&emulator, CALLBACK).await;
    let code = code(&emulator, &client).await;
    let first = redeem(&emulator, &client, &code).await.json();
    invalid_grant(&redeem(&emulator, &client, &code).await);
    invalid_grant(&refresh(&emulator, &client, first["refresh_token"].as_str().unwrap()).await);
}

#[tokio::test]
async fn of_two_clients_that_redeem_a_code_at_a_time_one_gets_a_token() {
    let emulator = start().await;
    let client = register(&emulator, CALLBACK).await;
    let code = code(&emulator, &client).await;
    let (one, other) = tokio::join!(
        redeem(&emulator, &client, &code),
        redeem(&emulator, &client, &code)
    );
    let mut statuses = [one.status.as_u16(), other.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 400]);
}

#[tokio::test]
async fn a_code_is_bound_to_client_redirect_uri_challenge_and_resource() {
    let emulator = start().await;
    let client = register(&emulator, CALLBACK).await;
    let other = register(&emulator, CALLBACK).await;
    let url = format!("{}/oauth/token", resource_url(&emulator));
    for (name, value, error) in [
        ("client_id", other.as_str(), "invalid_grant"),
        (
            "redirect_uri",
            "http://127.0.0.1:7778/callback",
            "invalid_grant",
        ),
        ("redirect_uri", "", "invalid_grant"),
        ("code_verifier", "", "invalid_request"),
        (
            "code_verifier",
            "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXK",
            "invalid_grant",
        ),
        ("code", "unknown", "invalid_grant"),
        ("resource", "https://other.example/mcp", "invalid_target"),
        ("resource", "http://127.0.0.1:3001/mcp", "invalid_target"),
    ] {
        let code = code(&emulator, &client).await;
        let mut fields = redemption(&client, &code);
        for field in &mut fields {
            if field.0 == name {
                field.1 = value;
            }
        }
        let answer = post_form(&url, &fields).await;
        assert_eq!(answer.error(), (400, error.to_owned()), "{name}={value}");
    }
}

#[tokio::test]
async fn a_refresh_token_rotates_and_its_second_use_ends_the_session() {
    let emulator = start().await;
    let client = register(&emulator, CALLBACK).await;
    let first = sign_in(&emulator, &client).await;
    let first_token = first["refresh_token"].as_str().unwrap();
    let second = refresh(&emulator, &client, first_token).await.json();
    let second_token = second["refresh_token"].as_str().unwrap();
    assert_ne!(first_token, second_token);
    let claims = verified(&emulator, second["access_token"].as_str().unwrap()).await;
    assert_eq!(
        (&claims["sub"], &claims["aud"]),
        (&json!("usr_1"), &json!([SERVER, "res_1"]))
    );
    let before = part(first["access_token"].as_str().unwrap(), 1);
    assert_eq!(claims["sid"], before["sid"]);

    invalid_grant(&refresh(&emulator, &client, first_token).await);
    invalid_grant(&refresh(&emulator, &client, second_token).await);
}

#[tokio::test]
async fn a_refresh_token_is_bound_to_its_client_and_its_scopes() {
    let emulator = start().await;
    let client = register(&emulator, CALLBACK).await;
    let other = register(&emulator, CALLBACK).await;
    let token = sign_in(&emulator, &client).await;
    let token = token["refresh_token"].as_str().unwrap();
    invalid_grant(&refresh(&emulator, &other, token).await);
    let url = format!("{}/oauth/token", resource_url(&emulator));
    let fields = |scope| {
        [
            ("grant_type", "refresh_token"),
            ("client_id", client.as_str()),
            ("refresh_token", token),
            ("scope", scope),
        ]
    };
    assert_eq!(
        post_form(&url, &fields("todo:write")).await.error(),
        (400, "invalid_scope".to_owned())
    );
    let narrower = post_form(&url, &fields("todo:read")).await.json();
    assert_eq!(narrower["scope"], "todo:read");
    // RFC 6749, section 6: the new refresh token has the scope of the old one.
    let again = refresh(
        &emulator,
        &client,
        narrower["refresh_token"].as_str().unwrap(),
    )
    .await;
    assert_eq!(again.json()["scope"], "openid todo:read");
}

#[tokio::test]
async fn each_kind_of_machine_gets_its_kind_of_token() {
    let emulator = start().await;
    let url = format!("{}/oauth/token", emulator.environment_url());
    let connection = emulator.connection();
    let mut seen = Vec::new();
    for client in [
        connection.environment_client(),
        connection.mcp_client(),
        connection.organization_client(),
    ] {
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", client.id()),
            ("client_secret", client.secret()),
        ];
        let answer = post_form(&url, &fields).await.json();
        assert_eq!(answer["refresh_token"], json!(null));
        let claims = verified(&emulator, answer["access_token"].as_str().unwrap()).await;
        assert_eq!(
            (&claims["sub"], &claims["client_id"]),
            (&json!(client.id()), &json!(client.id()))
        );
        seen.push((
            answer["expires_in"].as_u64().unwrap(),
            claims["aud"].clone(),
            claims["oid"].clone(),
        ));
    }
    assert_eq!(
        seen,
        [
            (
                86_399,
                json!([connection.environment_client().id()]),
                json!(null)
            ),
            (3600, json!([SERVER, "res_1"]), json!(null)),
            (3600, json!(null), json!("org_1")),
        ]
    );
}

#[tokio::test]
async fn the_resources_endpoint_takes_clients_of_the_resource_only() {
    let emulator = start().await;
    let url = format!("{}/oauth/token", resource_url(&emulator));
    let connection = emulator.connection();
    for (client, status) in [
        (connection.environment_client(), 401),
        (connection.organization_client(), 401),
        (connection.mcp_client(), 200),
    ] {
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", client.id()),
            ("client_secret", client.secret()),
        ];
        assert_eq!(
            post_form(&url, &fields).await.status,
            status,
            "{}",
            client.id()
        );
    }
}

#[tokio::test]
async fn a_client_proves_itself_in_one_way() {
    let emulator = start().await;
    let url = format!("{}/oauth/token", emulator.environment_url());
    let client = emulator.connection().mcp_client();
    let grant = [("grant_type", "client_credentials")];
    let basic = form(&url, &grant).basic_auth(client.id(), Some(client.secret()));
    assert_eq!(send(basic).await.status, 200);
    let wrong = send(form(&url, &grant).basic_auth(client.id(), Some("wrong"))).await;
    assert_eq!(wrong.error(), (401, "invalid_client".to_owned()));
    assert!(wrong.header("www-authenticate").starts_with("Basic "));
    let both = [
        ("grant_type", "client_credentials"),
        ("client_secret", client.secret()),
    ];
    let both = form(&url, &both).basic_auth(client.id(), Some(client.secret()));
    assert_eq!(
        send(both).await.error(),
        (400, "invalid_request".to_owned())
    );
    for fields in [
        vec![("client_id", client.id())],
        vec![("client_id", client.id()), ("client_secret", "")],
        vec![
            ("client_id", "m2m_unknown"),
            ("client_secret", client.secret()),
        ],
        vec![],
    ] {
        let fields: Vec<_> = grant.into_iter().chain(fields).collect();
        assert_eq!(
            post_form(&url, &fields).await.error(),
            (401, "invalid_client".to_owned())
        );
    }
    let public = register(&emulator, CALLBACK).await;
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", public.as_str()),
    ];
    assert_eq!(
        post_form(&url, &fields).await.error(),
        (400, "unauthorized_client".to_owned())
    );
}

#[tokio::test]
async fn requests_that_are_none_are_told_what_is_wrong() {
    let emulator = start().await;
    let url = format!("{}/oauth/token", emulator.environment_url());
    assert_eq!(
        post_form(&url, &[]).await.error(),
        (400, "invalid_request".to_owned())
    );
    let twice = [
        ("grant_type", "client_credentials"),
        ("grant_type", "client_credentials"),
    ];
    assert_eq!(
        post_form(&url, &twice).await.error(),
        (400, "invalid_request".to_owned())
    );
    let unknown = [("grant_type", "password")];
    assert_eq!(
        post_form(&url, &unknown).await.error(),
        (400, "unsupported_grant_type".to_owned())
    );
    let json =
        crate::support::post_json(&url, &json!({ "grant_type": "client_credentials" })).await;
    assert_eq!(json.error(), (400, "invalid_request".to_owned()));
    assert_eq!(get(&url).await.status, 405);
}

#[tokio::test]
async fn a_users_token_comes_in_one_command() {
    let emulator = start().await;
    let url = format!("{}/emulator/token", emulator.environment_url());
    let token = post_form(
        &url,
        &[
            ("user", "grace"),
            ("scope", "todo:write"),
            ("resource", "http://localhost:9/mcp"),
        ],
    )
    .await;
    assert!(token.header("content-type").starts_with("text/plain"));
    let claims = verified(&emulator, &token.text).await;
    assert_eq!(claims["aud"], json!(["http://localhost:9/mcp", "res_1"]));
    assert_eq!(
        (&claims["sub"], &claims["oid"], &claims["scope"]),
        (&json!("usr_2"), &json!("org_2"), &json!("todo:write"))
    );
    let other = post_form(&url, &[("user", "ada"), ("organization", "org_2")]).await;
    assert_eq!(part(&other.text, 1)["roles"], json!(["member"]));
    let none = post_form(&url, &[("user", "alan")]).await;
    assert_eq!(part(&none.text, 1).get("oid"), None);
    for fields in [
        [("user", "nobody")],
        [("organization", "org_9")],
        [("resource", "https://other.example")],
    ] {
        assert_eq!(post_form(&url, &fields).await.status, 400, "{fields:?}");
    }
    let nobody = post_form(&url, &[("user", "nobody")]).await;
    assert_eq!(
        nobody.text,
        "there is no such user in such an organization: ada (org_1, org_2), grace (org_2), alan (none)\n"
    );
    // A token without what was asked for would look like a fault of the server that it is for.
    let misspelt = post_form(&url, &[("user", "ada"), ("scopes", "todo:read")]).await;
    assert_eq!(misspelt.status, 400);
    assert_eq!(
        misspelt.text,
        "there are no other fields than user, organization, scope, resource\n"
    );
}
