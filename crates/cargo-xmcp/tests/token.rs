//! `cargo xmcp token`: from the emulator, and from an environment that behaves like the real one.

#[expect(dead_code, reason = "the tests of other commands use the rest")]
mod support;

use insta::assert_snapshot;
use serde_json::Value;
use support::{
    Session,
    server::{Emulator, answering, dead},
};

#[test]
fn it_says_what_it_does() {
    assert_snapshot!(Session::new().run(["token", "--help"]).succeeded());
}

#[test]
fn a_token_is_alone_on_stdout_and_opens_the_server() {
    let session = Session::new();
    let emulator = Emulator::start(&session, &["--server-url", "http://localhost:3001/mcp"]);

    assert_snapshot!(session.run(["token"]).succeeded());
    assert_snapshot!(
        session
            .run(["token", "--user", "grace", "--header"])
            .succeeded()
    );
    assert_snapshot!(
        session
            .run(["token", "--scope", "todo:read todo:write", "--json"])
            .succeeded()
    );
    let output = session
        .command(&["token", "--user", "alan"])
        .output()
        .unwrap();
    let token = String::from_utf8(output.stdout).unwrap();
    assert_eq!(token.trim_end(), token.trim_end_matches('\n'));
    assert_eq!(token.lines().count(), 1);
    assert_eq!(token.split('.').count(), 3, "{token}");

    assert_snapshot!(session.run(["token", "--user", "bob"]));
    assert_snapshot!(session.run(["token", "--server-url", "https://other.example.com/mcp"]));
    drop(emulator);
    assert_snapshot!(session.run(["token"]));
}

#[test]
fn an_app_without_scalekit_is_told_what_to_send_instead() {
    let session = Session::new();
    session.run(["new", "notes", "--auth", "none", "--yes", "--no-git"]);
    let token = ["token", "--manifest-path", "notes"];

    assert_snapshot!(session.run(token));
    session.write("notes/src/middleware.rs", "use xmcp::auth::api_key;\n");
    assert_snapshot!(session.run(token));
    session.write("notes/src/middleware.rs", "use xmcp::auth::jwt;\n");
    assert_snapshot!(session.run(token));
}

#[test]
fn a_machine_has_its_token_from_the_environment_by_its_own_credentials() {
    let mut session = Session::new();
    let emulator = Emulator::start(&session, &[]);
    let machine = emulator.line("client_credentials");
    let field = |name: &str| {
        let value = machine.split_once(&format!("{name}=")).unwrap().1;
        value.split(' ').next().unwrap().to_owned()
    };
    let (id, secret) = (field("client_id"), field("client_secret"));
    session.name(id.clone(), "[CLIENT]");
    session.variable("SCALEKIT_ENVIRONMENT_URL", emulator.url.clone());

    assert_snapshot!(session.run(["token"]));
    session.variable("SCALEKIT_MCP_CLIENT_ID", id);
    session.variable("SCALEKIT_MCP_CLIENT_SECRET", secret.clone());
    let said = session.run(["token"]).succeeded();
    assert_snapshot!(said);
    let json = session.run(["token", "--json"]).succeeded();
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json["expiresIn"], 3600);
    assert_eq!(json["tokenType"], "Bearer");
    assert_snapshot!(session.run(["token", "--user", "ada"]));

    session.variable("SCALEKIT_MCP_CLIENT_SECRET", "a-secret-of-another");
    let refused = session.run(["token"]);
    assert!(!refused.stderr.contains("a-secret-of-another"));
    assert_snapshot!(refused);
}

#[test]
fn a_secret_goes_nowhere_but_to_the_environment() {
    let mut session = Session::new();
    session.variable("SCALEKIT_MCP_CLIENT_ID", "m2m_1");
    session.variable("SCALEKIT_MCP_CLIENT_SECRET", "secret");
    let metadata = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 51\r\nConnection: close\r\n\r\n\
                    {\"token_endpoint\":\"https://evil.example.com/token\"}";
    for url in [
        answering(metadata).trim_end_matches("/mcp"),
        dead().trim_end_matches("/mcp"),
        "http://acme.scalekit.dev",
    ] {
        session.variable("SCALEKIT_ENVIRONMENT_URL", url);
        let refused = session.run(["token"]);
        assert!(!refused.to_string().contains("secret\n"));
        assert_snapshot!(refused);
    }
}
