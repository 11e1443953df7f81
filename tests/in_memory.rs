//! The tools without a socket, called by whoever a test says.

use std::time::{Duration, SystemTime};

use scalekit_emulator::Emulator;
use serde_json::{Value, json};
use xmcp::{
    Era, Scalekit, Session,
    auth::scalekit::{Credentials, Secret},
};
use xmcp_test::Client;

fn ada() -> Session {
    Session::for_test("usr_ada")
        .scopes(["greet:read", "todo:read"])
        .organization_id("org_1")
        .issued_at(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000))
        .expires_at(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_003_600))
        .build()
}

#[tokio::test]
async fn greets_a_stranger() {
    let client = xmcp_test::client(xmcp_app::app()).await;
    assert_eq!(
        client.call("greet", json!({ "name": "Ada" })).await.text(),
        "Hello, Ada!"
    );
}

#[tokio::test]
async fn greets_a_user_with_their_id() {
    let client = Client::builder(xmcp_app::app())
        .session(ada())
        .build()
        .await
        .unwrap();
    assert_eq!(
        client.call("greet", json!({ "name": "Ada" })).await.text(),
        "Hello, Ada! Your user ID is usr_ada"
    );
}

#[tokio::test]
async fn a_greeting_needs_a_name() {
    let client = xmcp_test::client(xmcp_app::app()).await;
    let refused = client.call("greet", json!({})).await;
    assert!(refused.is_error);
    assert_eq!(
        refused.text(),
        "invalid arguments for this call:\n- `name`: required, but missing"
    );
}

#[tokio::test]
async fn tells_a_user_who_they_are() {
    for era in [Era::Legacy, Era::Modern] {
        let client = Client::builder(xmcp_app::app())
            .session(ada())
            .era(era)
            .build()
            .await
            .unwrap();
        let whoami = client.call("whoami", json!({})).await;
        let expected = json!({
            "userId": "usr_ada",
            "scopes": ["greet:read", "todo:read"],
            "organizationId": "org_1",
            "expiresAt": "2023-11-14T23:13:20Z",
            "issuedAt": "2023-11-14T22:13:20Z",
        });
        assert_eq!(whoami.structured::<Value>(), expected);
        assert_eq!(whoami.text(), expected.to_string());
    }
}

#[tokio::test]
async fn tells_nobody_who_they_are() {
    let client = xmcp_test::client(xmcp_app::app()).await;
    let refused = client.call("whoami", json!({})).await;
    assert!(refused.is_error);
    assert_eq!(
        refused.text(),
        "nobody is signed in: that takes HTTP, and a provider in src/middleware.rs"
    );
}

#[tokio::test]
async fn tells_a_user_of_their_organization_by_a_client_that_the_test_gives() {
    let emulator = Emulator::builder().start().await.unwrap();
    let own = emulator.connection().environment_client();
    let credentials = Credentials {
        id: own.id().to_owned(),
        secret: Secret::new(own.secret()),
    };
    let scalekit = Scalekit::new(emulator.environment_url(), credentials).unwrap();
    let client = Client::builder(xmcp_app::app())
        .session(ada())
        .scalekit(scalekit)
        .build()
        .await
        .unwrap();
    let organization: Value = client.call("organization", json!({})).await.structured();
    assert_eq!(organization["name"], "Analytical Engines");
}

#[tokio::test]
async fn tells_who_has_no_organization_or_cannot_be_told_of_it() {
    let nobody = Client::builder(xmcp_app::app());
    let stray = Session::for_test("usr_3").build();
    for (client, expected) in [
        (
            nobody,
            "nobody is signed in: that takes HTTP, and a provider in src/middleware.rs",
        ),
        (
            Client::builder(xmcp_app::app()).session(stray),
            "you are signed in for no organization",
        ),
        (
            Client::builder(xmcp_app::app()).session(ada()),
            "Scalekit cannot be asked: that takes SCALEKIT_CLIENT_ID and SCALEKIT_CLIENT_SECRET",
        ),
    ] {
        let refused = client
            .build()
            .await
            .unwrap()
            .call("organization", json!({}))
            .await;
        assert!(refused.is_error);
        assert_eq!(refused.text(), expected);
    }
}

#[tokio::test]
async fn the_list_says_what_a_tool_takes_and_gives() {
    let client = xmcp_test::client(xmcp_app::app()).await;
    let string = json!({ "type": "string" });
    let expected = json!([
        {
            "name": "greet",
            "title": "Greet",
            "description": "Greet the user by name, and by their user ID once they are signed in",
            "inputSchema": {
                "type": "object",
                "properties": { "name": { "description": "The name to greet", "type": "string" } },
                "required": ["name"],
                "additionalProperties": false,
            },
            "annotations": { "readOnlyHint": true },
        },
        {
            "name": "organization",
            "title": "My organization",
            "description": "Returns the organization that the user is signed in for",
            "inputSchema": { "type": "object", "properties": {}, "additionalProperties": false },
            "outputSchema": {
                "type": "object",
                "properties": {
                    "id": string,
                    "name": string,
                    "createdAt": { "description": "When it was made", "type": ["string", "null"] },
                    "members": {
                        "description": "How many users belong to it",
                        "type": ["integer", "null"],
                        "minimum": 0,
                    },
                },
                "required": ["id", "name", "createdAt", "members"],
            },
            "annotations": { "readOnlyHint": true },
        },
        {
            "name": "whoami",
            "title": "Who am I",
            "description": "Returns the signed-in user's session information",
            "inputSchema": { "type": "object", "properties": {}, "additionalProperties": false },
            "outputSchema": {
                "type": "object",
                "properties": {
                    "userId": string,
                    "scopes": { "type": "array", "items": string },
                    "organizationId": { "type": ["string", "null"] },
                    "expiresAt": { "description": "When the session ends", "type": "string" },
                    "issuedAt": { "description": "When the token was issued", "type": "string" },
                },
                "required": ["userId", "scopes", "organizationId", "expiresAt", "issuedAt"],
            },
            "annotations": { "readOnlyHint": true },
        },
    ]);
    let mut tools = client.list_tools().await;
    tools.retain(|tool| {
        ["greet", "organization", "whoami"]
            .into_iter()
            .any(|name| tool["name"] == name)
    });
    assert_eq!(Value::from(tools), expected);
}
