//! The REST interface.

use http::Method;
use scalekit_emulator::Running;
use serde_json::{Value, json};

use crate::support::{
    Answer, CALLBACK, client, code, environment_token, part, redeem, refresh, register, send,
    sign_in, start,
};

struct Rest<'a> {
    emulator: &'a Running,
    token: String,
}

impl Rest<'_> {
    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let url = format!("{}/api/v1/{path}", self.emulator.environment_url());
        let request = client().request(method, url).bearer_auth(&self.token);
        send(match body {
            Some(body) => request
                .header("content-type", "application/json")
                .body(body.to_string()),
            None => request,
        })
        .await
    }

    async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None).await
    }
}

async fn rest(emulator: &Running) -> Rest<'_> {
    Rest {
        emulator,
        token: environment_token(emulator).await,
    }
}

#[tokio::test]
async fn only_a_token_of_the_environments_credentials_opens_it() {
    let emulator = start().await;
    let mut rest = rest(&emulator).await;
    assert_eq!(rest.get("users").await.status, 200);
    let admin = emulator.admin();
    let own = emulator.connection().environment_client().id();
    for token in [
        String::new(),
        "x".to_owned(),
        admin.mint(json!({}), json!({})),
        admin.mint(json!({ "aud": [own], "exp": 1 }), json!({})),
        admin.mint_signed(
            json!({ "aud": [own] }),
            json!({}),
            &scalekit_emulator::Signer::Stranger,
        ),
        admin.mint_signed(
            json!({ "aud": [own] }),
            json!({}),
            &scalekit_emulator::Signer::Nobody,
        ),
    ] {
        rest.token = token;
        let answer = rest.get("users").await;
        assert_eq!(
            (answer.status.as_u16(), answer.json()["code"].clone()),
            (401, json!(16))
        );
    }
}

#[tokio::test]
async fn an_organization_is_made_found_changed_and_deleted() {
    let emulator = start().await;
    let rest = rest(&emulator).await;
    let body = json!({ "display_name": "Tide Mill", "external_id": "tide", "metadata": { "plan": "free" } });
    let made = rest
        .call(Method::POST, "organizations", Some(body.clone()))
        .await;
    assert_eq!(made.status, 201);
    let made = made.json()["organization"].clone();
    let id = made["id"].as_str().unwrap();
    assert_eq!(
        (&made["display_name"], &made["metadata"]),
        (&json!("Tide Mill"), &json!({ "plan": "free" }))
    );
    for path in [
        format!("organizations/{id}"),
        "organizations:external/tide".to_owned(),
    ] {
        assert_eq!(rest.get(&path).await.json()["organization"], made, "{path}");
    }
    assert_eq!(
        rest.call(Method::POST, "organizations", Some(body))
            .await
            .status,
        409
    );
    let changed = rest
        .call(
            Method::PATCH,
            &format!("organizations/{id}"),
            Some(json!({ "display_name": "Mill" })),
        )
        .await;
    assert_eq!(changed.json()["organization"]["display_name"], "Mill");
    assert_eq!(changed.json()["organization"]["external_id"], "tide");
    assert_eq!(
        rest.call(Method::DELETE, &format!("organizations/{id}"), None)
            .await
            .status,
        200
    );
    let gone = rest.get(&format!("organizations/{id}")).await;
    assert_eq!(
        (gone.status.as_u16(), gone.json()["code"].clone()),
        (404, json!(5))
    );
    for body in [
        json!({}),
        json!({ "display_name": 5 }),
        json!({ "display_name": "x", "metadata": { "a": 1 } }),
    ] {
        assert_eq!(
            rest.call(Method::POST, "organizations", Some(body))
                .await
                .status,
            400
        );
    }
}

#[tokio::test]
async fn lists_come_in_pages() {
    let emulator = start().await;
    let rest = rest(&emulator).await;
    let mut seen = Vec::new();
    let mut token = String::new();
    loop {
        let page = rest
            .get(&format!("users?page_size=2&page_token={token}"))
            .await
            .json();
        assert_eq!(page["total_size"], 3);
        seen.extend(
            page["users"]
                .as_array()
                .unwrap()
                .iter()
                .map(|user| user["id"].clone()),
        );
        token = page["next_page_token"].as_str().unwrap().to_owned();
        if token.is_empty() {
            assert_ne!(page["prev_page_token"], "");
            break;
        }
    }
    assert_eq!(seen, ["usr_1", "usr_2", "usr_3"]);
    for query in [
        "page_size=0",
        "page_size=101",
        "page_size=x",
        "page_token=x",
        "page_size=1&page_size=1",
    ] {
        assert_eq!(
            rest.get(&format!("users?{query}")).await.status,
            400,
            "{query}"
        );
    }
    let one = rest
        .get("organizations?external_id=harbour-works")
        .await
        .json();
    assert_eq!(
        (&one["total_size"], &one["organizations"][0]["id"]),
        (&json!(1), &json!("org_2"))
    );
}

#[tokio::test]
async fn users_have_memberships_roles_and_permissions() {
    let emulator = start().await;
    let rest = rest(&emulator).await;
    let user = rest.get("users/usr_1").await.json()["user"].clone();
    assert_eq!(user["email"], "ada@example.com");
    assert_eq!(user["user_profile"]["name"], "Ada Lovelace");
    assert_eq!(user["memberships"][0]["organization_id"], "org_1");
    assert_eq!(user["memberships"][0]["membership_status"], "ACTIVE");
    let roles = rest
        .get("organizations/org_1/users/usr_1/roles")
        .await
        .json();
    assert_eq!(roles["roles"][0]["name"], "admin");
    let permissions = rest
        .get("organizations/org_2/users/usr_2/permissions")
        .await
        .json();
    assert_eq!(permissions["permissions"][1]["name"], "ships:write");
    let found = rest
        .get("organizations/org_2/users:search?query=HOPP")
        .await
        .json();
    assert_eq!(
        (&found["total_size"], &found["users"][0]["id"]),
        (&json!(1), &json!("usr_2"))
    );
    assert_eq!(
        rest.get("organizations/org_2/users").await.json()["total_size"],
        2
    );
    for path in [
        "users/usr_9",
        "organizations/org_9/users",
        "organizations/org_1/users/usr_2/roles",
    ] {
        assert_eq!(rest.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn a_code_of_a_session_that_was_revoked_is_worth_nothing() {
    let emulator = start().await;
    let rest = rest(&emulator).await;
    let client = register(&emulator, CALLBACK).await;
    let code = code(&emulator, &client).await;
    let path = "users/usr_1/sessions/revoke";
    let revoked = rest.call(Method::POST, path, None).await.json();
    assert_eq!(revoked["total_revoked"], 1);
    let answer = redeem(&emulator, &client, &code).await;
    assert_eq!(answer.error(), (400, "invalid_grant".to_owned()));
}

#[tokio::test]
async fn a_revoked_session_refreshes_nothing() {
    let emulator = start().await;
    let rest = rest(&emulator).await;
    let client = register(&emulator, CALLBACK).await;
    let token = sign_in(&emulator, &client).await;
    let session = part(token["access_token"].as_str().unwrap(), 1)["sid"].clone();
    let path = format!("sessions/{}", session.as_str().unwrap());
    let before = rest.get(&path).await.json();
    assert_eq!(
        (&before["status"], &before["user_id"], &before["session_id"]),
        (&json!("active"), &json!("usr_1"), &session)
    );
    assert_eq!(
        rest.call(Method::POST, &format!("{path}/revoke"), None)
            .await
            .status,
        200
    );
    assert_eq!(rest.get(&path).await.json()["status"], "revoked");
    assert_eq!(
        refresh(&emulator, &client, token["refresh_token"].as_str().unwrap())
            .await
            .status,
        400
    );

    let token = sign_in(&emulator, &client).await;
    assert_eq!(
        rest.get("users/usr_1/sessions").await.json()["total_size"],
        2
    );
    let all = rest
        .call(Method::POST, "users/usr_1/sessions/revoke", None)
        .await
        .json();
    assert_eq!(all["total_revoked"], 1);
    assert_eq!(
        refresh(&emulator, &client, token["refresh_token"].as_str().unwrap())
            .await
            .status,
        400
    );
    assert_eq!(rest.get("sessions/ses_9").await.status, 404);
}

#[tokio::test]
async fn while_rate_limited_every_request_is_told_when_to_come_back() {
    let emulator = start().await;
    let rest = rest(&emulator).await;
    emulator.admin().rate_limit(Some(7));
    let answer = rest.get("organizations").await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("retry-after")),
        (429, "7")
    );
    assert_eq!(answer.json()["details"][0]["error_code"], "RATE_LIMITED");
    emulator.admin().rate_limit(None);
    assert_eq!(rest.get("organizations").await.status, 200);
}
