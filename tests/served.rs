//! The app over real HTTP, as `cargo run` serves it, to clients of both protocol generations.

mod support {
    pub mod command;
    pub mod served;
}

use std::path::Path;

use serde_json::{Value, json};
use support::{
    command::command,
    served::{Served, token},
};

/// The app with the Scalekit that it starts for itself, and a client to whom ada signed in.
fn start() -> Served {
    Served::start(env!("CARGO_BIN_EXE_xmcp-app")).signed_in_as("ada")
}

/// Whether the tools that the app has from the beginning are in a list, each once. There may be more.
fn has_the_first_tools(list: &Value) -> bool {
    let tools = list["tools"].as_array().unwrap();
    let is_there_once = |name| tools.iter().filter(|tool| tool["name"] == name).count() == 1;
    ["greet", "organization", "whoami"]
        .into_iter()
        .all(is_there_once)
}

#[test]
fn a_2025_11_25_client_initializes_lists_and_calls() {
    let server = start();
    let params = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "test", "version": "1" } });
    let initialized = server.legacy("initialize", params).result();
    assert_eq!(initialized["protocolVersion"], "2025-11-25");
    assert_eq!(initialized["serverInfo"]["name"], "xmcp-app");
    let list = server.legacy("tools/list", json!({})).result();
    assert!(has_the_first_tools(&list), "{list}");
    let greeting = server.legacy(
        "tools/call",
        json!({ "name": "greet", "arguments": { "name": "Ada" } }),
    );
    assert_eq!(
        greeting.result(),
        json!({ "content": [{ "type": "text", "text": "Hello, Ada! Your user ID is usr_1" }] })
    );
    assert_eq!(greeting.header("content-type"), Some("application/json"));
}

#[test]
fn a_2026_07_28_client_discovers_lists_and_calls() {
    let server = start();
    let discovered = server.modern("server/discover", json!({})).result();
    assert_eq!(
        discovered["_meta"]["io.modelcontextprotocol/serverInfo"]["name"],
        "xmcp-app"
    );
    let list = server.modern("tools/list", json!({})).result();
    assert!(has_the_first_tools(&list), "{list}");
    let greeting = server.modern(
        "tools/call",
        json!({ "name": "greet", "arguments": { "name": "Ada" } }),
    );
    let expected = json!({ "resultType": "complete", "content": [{ "type": "text", "text": "Hello, Ada! Your user ID is usr_1" }] });
    assert_eq!(greeting.result(), expected);
}

#[test]
fn a_signed_in_user_is_told_who_they_are() {
    let server = Served::start(env!("CARGO_BIN_EXE_xmcp-app"));
    for (user, id, organization) in [
        ("ada", "usr_1", json!("org_1")),
        ("alan", "usr_3", json!(null)),
    ] {
        let token = token(server.scalekit().unwrap(), user);
        let bearer = format!("Bearer {token}");
        let headers = [
            ("Content-Type", "application/json"),
            ("Authorization", bearer.as_str()),
        ];
        let call = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"whoami","arguments":{}}}"#;
        let whoami = server.ask("POST", "/mcp", &headers, call).result();
        let session = &whoami["structuredContent"];
        assert_eq!(
            (&session["userId"], &session["organizationId"]),
            (&json!(id), &organization),
            "{whoami}"
        );
    }
}

/// Scalekit is asked with credentials that nobody had to set: the local one brings its own.
#[test]
fn a_signed_in_user_is_told_of_their_organization() {
    let server = Served::start(env!("CARGO_BIN_EXE_xmcp-app"));
    for (user, id, name, members) in [
        ("ada", "org_1", "Analytical Engines", 1),
        ("grace", "org_2", "Harbour Works", 2),
    ] {
        let result = organization(&server, user);
        let organization = &result["structuredContent"];
        let created = organization["createdAt"].as_str().unwrap();
        assert!(created.ends_with('Z'), "{result}");
        assert_eq!(
            organization,
            &json!({ "id": id, "name": name, "createdAt": created, "members": members })
        );
    }
    let result = organization(&server, "alan");
    assert_eq!(
        (&result["isError"], &result["content"][0]["text"]),
        (
            &json!(true),
            &json!("you are signed in for no organization")
        )
    );
}

fn organization(server: &Served, user: &str) -> Value {
    let bearer = format!("Bearer {}", token(server.scalekit().unwrap(), user));
    let headers = [
        ("Content-Type", "application/json"),
        ("Authorization", bearer.as_str()),
    ];
    let call = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"organization","arguments":{}}}"#;
    server.ask("POST", "/mcp", &headers, call).result()
}

#[test]
fn without_a_token_there_is_nothing_but_the_way_to_one() {
    let mut server = Served::start(env!("CARGO_BIN_EXE_xmcp-app"));
    let origin = format!("http://{}", server.address);
    for method in ["tools/list", "tools/call"] {
        let refused = server.modern(method, json!({ "name": "whoami" }));
        let metadata = format!("{origin}/.well-known/oauth-protected-resource/mcp");
        assert_eq!(refused.status, 401);
        assert_eq!(
            refused.header("www-authenticate").unwrap(),
            format!("Bearer resource_metadata=\"{metadata}\"")
        );
        assert_eq!(
            refused.json(),
            json!({ "error": "unauthorized", "error_description": "Missing or invalid bearer token" })
        );
    }
    let by_path = server.ask("GET", "/.well-known/oauth-protected-resource/mcp", &[], "");
    let at_root = server.ask("GET", "/.well-known/oauth-protected-resource", &[], "");
    assert_eq!(
        (by_path.status, &by_path.body),
        (at_root.status, &at_root.body)
    );
    let document = by_path.json();
    assert_eq!(document["resource"], format!("{origin}/mcp"));
    let scopes = document["scopes_supported"].as_array().unwrap();
    for scope in ["openid", "profile", "email"] {
        assert!(scopes.contains(&json!(scope)), "{document}");
    }
    let issuer = document["authorization_servers"][0].as_str().unwrap();
    let resources = format!("http://{}/resources/res_", server.scalekit().unwrap());
    assert!(issuer.starts_with(&resources), "{document}");
    server.wait_for("to sign in, connect a client that speaks OAuth: claude mcp add");
}

#[test]
fn a_public_url_with_the_endpoint_in_it_is_said_to_have_it_twice() {
    let folder = tempfile::tempdir().unwrap();
    let binary = Path::new(env!("CARGO_BIN_EXE_xmcp-app"));
    let server = Served::spawn(
        command(binary, folder.path()).env("BASE_URL", "https://mcp.example.com/mcp"),
    );
    let warning = "clients reach the server as https://mcp.example.com/mcp/mcp: unless that is meant, leave `/mcp` out of BASE_URL";
    assert!(server.banner.contains(warning), "{}", server.banner);
}

#[test]
fn what_is_beside_the_endpoint_is_there() {
    let server = start();
    let health = server.ask("GET", "/health", &[], "");
    assert_eq!(
        (health.status, health.body.as_str()),
        (200, r#"{"status":"ok"}"#)
    );
    let page = server.ask("GET", "/", &[("Accept", "text/html")], "");
    assert_eq!(
        (page.status, page.header("content-type")),
        (200, Some("text/html; charset=utf-8"))
    );
    for part in ["xmcp-app", "greet", "whoami", "Greet the user by name"] {
        assert!(
            page.body.contains(part),
            "`{part}` is missing in {}",
            page.body
        );
    }
    let missing = server.ask("GET", "/no/such", &[], "");
    let expected = json!({
        "error": "not_found",
        "error_description": "nothing is served at this path, the MCP endpoint is `/mcp`",
    });
    assert_eq!((missing.status, missing.json()), (404, expected));
    let bearer = format!("Bearer {}", token(server.scalekit().unwrap(), "ada"));
    let headers = [("Accept", "text/event-stream"), ("Authorization", &bearer)];
    let get = server.ask("GET", "/mcp", &headers, "");
    assert_eq!((get.status, get.header("allow")), (405, Some("POST")));
}

#[cfg(unix)]
#[test]
fn sigterm_ends_it_well() {
    let server = start();
    server
        .modern(
            "tools/call",
            json!({ "name": "greet", "arguments": { "name": "Ada" } }),
        )
        .result();
    assert_eq!(server.terminate().code(), Some(0));
}
