//! Who vouches for callers, and when the app starts a Scalekit of its own for that.

#[expect(dead_code, reason = "the tests of the app as a server use the rest")]
mod support {
    pub mod command;
    pub mod served;
}

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

use scalekit_emulator::{Emulator, Running};
use serde_json::json;
use support::{
    command::command,
    served::{Served, ask},
};
use tempfile::TempDir;

const BINARY: &str = env!("CARGO_BIN_EXE_xmcp-app");

fn app(folder: &Path) -> Command {
    command(Path::new(BINARY), folder)
}

/// Exit code and standard error of an app that does not start.
fn refused(command: &mut Command) -> (Option<i32>, String) {
    let Output { status, stderr, .. } = command.env("PORT", "0").output().unwrap();
    (status.code(), String::from_utf8(stderr).unwrap())
}

fn greeting(server: &Served) -> String {
    let params = json!({ "name": "greet", "arguments": { "name": "Ada" } });
    let result = server.modern("tools/call", params).result();
    result["content"][0]["text"].as_str().unwrap().to_owned()
}

const GREETING: &str = "Hello, Ada! Your user ID is usr_1";

/// A Scalekit that somebody configured, in place of the real one.
async fn scalekit() -> Running {
    Emulator::builder()
        .resource_id("res_1")
        .start()
        .await
        .unwrap()
}

/// A folder whose local Scalekit has a port that no other test tries.
async fn folder_with_a_port() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let emulator = Emulator::builder().state_dir(folder.path().join("scalekit"));
    emulator.port(0).start().await.unwrap().shutdown().await;
    folder
}

#[test]
fn with_no_variable_set_it_is_a_local_one_and_the_banner_says_how() {
    let server = Served::start(BINARY);
    let scalekit = server.scalekit().unwrap();
    let (_, port) = server.address.rsplit_once(':').unwrap();
    let address = format!("localhost:{port}");
    for line in [
        format!(
            "no SCALEKIT_* variable is set: callers sign in at a local Scalekit, http://{scalekit}"
        ),
        format!("claude mcp add --transport http xmcp-app http://{address}/mcp"),
        format!(
            "npx @modelcontextprotocol/inspector --transport http --server-url http://{address}/mcp"
        ),
        format!("TOKEN=$(curl -s http://{scalekit}/emulator/token -d user=ada)"),
        format!(
            r#"curl -s http://{address}/mcp -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{{"name":"whoami","arguments":{{}}}}}}'"#
        ),
    ] {
        assert!(
            server
                .banner
                .lines()
                .any(|said| said.trim().ends_with(&line)),
            "`{line}` is missing in {}",
            server.banner
        );
    }
    assert_eq!(greeting(&server.signed_in_as("ada")), GREETING);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_variables_set_it_is_that_one_and_no_other_is_started() {
    let scalekit = scalekit().await;
    let folder = tempfile::tempdir().unwrap();
    let client = scalekit.connection().environment_client();
    let variables = [
        ("SCALEKIT_ENVIRONMENT_URL", scalekit.environment_url()),
        ("SCALEKIT_RESOURCE_ID", scalekit.resource_id()),
        ("SCALEKIT_CLIENT_ID", client.id()),
        ("SCALEKIT_CLIENT_SECRET", client.secret()),
    ];
    let token = scalekit.admin().mint(json!({}), json!({}));
    // The environment's URL is enough, and `.env` is as good as the environment.
    let text = format!(
        "SCALEKIT_ENVIRONMENT_URL={}\nSCALEKIT_RESOURCE_ID=res_1\n",
        scalekit.environment_url()
    );
    for is_file in [false, true] {
        let mut app = app(folder.path());
        if is_file {
            fs::write(folder.path().join(".env"), &text).unwrap();
        } else {
            app.envs(variables);
        }
        let server = Served::spawn(&mut app).with_token(&token);
        assert_eq!(server.scalekit(), None, "{}", server.banner);
        assert_eq!(greeting(&server), GREETING);
    }
    assert!(!folder.path().join("scalekit").exists());
}

/// The environment's URL is enough to start; what takes credentials says so.
#[tokio::test(flavor = "multi_thread")]
async fn the_organization_takes_credentials_and_says_so_without_them() {
    let scalekit = scalekit().await;
    let folder = tempfile::tempdir().unwrap();
    let client = scalekit.connection().environment_client();
    let token = scalekit.admin().mint(json!({}), json!({}));
    let organization = |credentials: &[(&str, &str)]| {
        let mut app = app(folder.path());
        app.env("SCALEKIT_ENVIRONMENT_URL", scalekit.environment_url())
            .env("SCALEKIT_RESOURCE_ID", scalekit.resource_id())
            .envs(credentials.iter().copied());
        let server = Served::spawn(&mut app).with_token(&token);
        server
            .modern(
                "tools/call",
                json!({ "name": "organization", "arguments": {} }),
            )
            .result()
    };
    let with = organization(&[
        ("SCALEKIT_CLIENT_ID", client.id()),
        ("SCALEKIT_CLIENT_SECRET", client.secret()),
    ]);
    assert_eq!(with["structuredContent"]["name"], "Analytical Engines");
    let without = organization(&[]);
    assert_eq!(
        without["content"][0]["text"],
        "Scalekit cannot be asked: that takes SCALEKIT_CLIENT_ID and SCALEKIT_CLIENT_SECRET"
    );
    let wrong = organization(&[
        ("SCALEKIT_CLIENT_ID", client.id()),
        ("SCALEKIT_CLIENT_SECRET", "hunter2"),
    ]);
    assert_eq!(
        wrong["content"][0]["text"],
        "Scalekit does not take the credentials of this server"
    );
}

#[test]
fn a_variable_of_another_name_is_said_to_be_none_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let server = Served::spawn(
        app(folder.path())
            .env("SCALEKIT_ENV_URL", "https://acme.scalekit.dev")
            .env("SCALEKIT_RESOURCE_ID", ""),
    );
    let note = "  SCALEKIT_ENVIRONMENT_URL is not set, only SCALEKIT_ENV_URL: callers sign in at a local Scalekit, http://";
    assert!(server.banner.contains(note), "{}", server.banner);
}

#[test]
fn a_misspelt_variable_of_the_local_one_is_warned_of() {
    let folder = tempfile::tempdir().unwrap();
    let server = Served::spawn(app(folder.path()).env("SCALEKIT_EMULATOR_CONSNT", "auto"));
    let warning =
        "`SCALEKIT_EMULATOR_CONSNT` changes nothing: did you mean `SCALEKIT_EMULATOR_CONSENT`?";
    assert!(server.banner.contains(warning), "{}", server.banner);
}

#[test]
fn listening_for_other_machines_takes_one_setting_that_is_named_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let (code, said) = refused(app(folder.path()).env("HOST", "0.0.0.0"));
    assert_eq!(code, Some(1));
    assert!(
        said.contains(
            "set BASE_URL=https://mcp.example.com, or in xmcp.toml under [http] public_url"
        ) && said.lines().count() == 1,
        "{said}"
    );
    let server = Served::spawn(
        app(folder.path())
            .env("HOST", "0.0.0.0")
            .env("BASE_URL", "https://mcp.example.com"),
    );
    assert!(
        server.banner.contains("https://mcp.example.com/mcp"),
        "{}",
        server.banner
    );
}

#[test]
fn with_some_variables_set_every_mistake_is_named_and_none_is_started() {
    let folder = tempfile::tempdir().unwrap();
    let (code, said) = refused(
        app(folder.path())
            .env("SCALEKIT_ENVIRONMENT_URL", " ")
            .env("SCALEKIT_RESOURCE_ID", "https://localhost/mcp")
            .env("SCALEKIT_CLIENT_SECRET", "hunter2"),
    );
    assert_eq!(code, Some(1));
    let expected = "\
error: middleware() in src/middleware.rs failed: `SCALEKIT_ENVIRONMENT_URL` is not set: copy the environment's URL from Settings in Scalekit's dashboard
error: `SCALEKIT_RESOURCE_ID` is `https://localhost/mcp`: the ids of MCP servers in Scalekit's dashboard begin with `res_`
error: `SCALEKIT_CLIENT_SECRET` is set and `SCALEKIT_CLIENT_ID` is not: set both or neither
";
    assert_eq!(said, expected);
    assert!(!folder.path().join("scalekit").exists());
}

#[test]
fn the_variables_of_the_example_environment_are_all_there_are_and_good() {
    use xmcp::auth::scalekit::{ScalekitConfig, env};

    let example = include_str!("../.env.example").lines();
    let variables: Vec<_> = example
        .filter_map(|line| line.strip_prefix("# ")?.split_once('='))
        .filter(|(name, _)| name.starts_with("SCALEKIT_"))
        .collect();
    let names: Vec<_> = variables.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, env::ALL);
    let value = |name: &str| {
        let variable = variables.iter().find(|(variable, _)| *variable == name);
        variable.map(|(_, value)| (*value).to_owned())
    };
    let config = ScalekitConfig::from_variables(value).unwrap();
    assert_eq!(config.environment_url(), "https://acme.scalekit.dev");
}

#[test]
fn variables_that_are_empty_are_not_set() {
    let folder = tempfile::tempdir().unwrap();
    let text = "SCALEKIT_ENVIRONMENT_URL=\nSCALEKIT_CLIENT_ID=\"\"\n";
    fs::write(folder.path().join(".env"), text).unwrap();
    let server = Served::spawn(&mut app(folder.path()));
    assert!(server.scalekit().is_some(), "{}", server.banner);
}

#[test]
fn over_stdio_none_is_started() {
    let folder = tempfile::tempdir().unwrap();
    let output = app(folder.path()).arg("--stdio").output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!said.contains("Scalekit"), "{said}");
    assert!(!folder.path().join("scalekit").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_of_the_local_one_survive_a_restart() {
    let folder = folder_with_a_port().await;
    let first = Served::spawn(&mut app(folder.path()));
    let scalekit = first.scalekit().unwrap().to_owned();
    let token = support::served::token(&scalekit, "ada");
    assert_eq!(greeting(&first.with_token(&token)), GREETING);

    let second = Served::spawn(&mut app(folder.path()));
    assert_eq!(second.scalekit(), Some(scalekit.as_str()));
    assert_eq!(greeting(&second.with_token(&token)), GREETING);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_runs_already_is_used() {
    let folder = folder_with_a_port().await;
    let first = Served::spawn(&mut app(folder.path()));
    let second = Served::spawn(&mut app(folder.path()));
    assert_eq!(first.scalekit(), second.scalekit());
    let first = first.signed_in_as("ada");
    assert_eq!(greeting(&first), GREETING);
    assert_eq!(greeting(&second.signed_in_as("ada")), GREETING);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn one_that_ran_in_a_process_which_ended_goes_on_in_the_next() {
    let folder = folder_with_a_port().await;
    let first = Served::spawn(&mut app(folder.path()));
    let mut second = Served::spawn(&mut app(folder.path()));
    assert_eq!(first.terminate().code(), Some(0));
    second.wait_for("it goes on in this one");
    assert_eq!(greeting(&second.signed_in_as("ada")), GREETING);
}

#[test]
fn pages_that_may_call_the_server_may_sign_in_at_it_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let mut app = app(folder.path());
    let server = Served::spawn(app.env("XMCP_HTTP_CORS", "https://app.example"));
    let scalekit = server.scalekit().unwrap();
    for (origin, status) in [
        ("http://localhost:6274", 200),
        ("https://app.example", 200),
        ("https://evil.example", 403),
    ] {
        let answer = ask(scalekit, "GET", "/keys", &[("Origin", origin)], "");
        assert_eq!(answer.status, status, "{origin}");
    }
}

#[cfg(unix)]
#[test]
fn its_state_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let _server = Served::spawn(&mut app(folder.path())).signed_in_as("ada");
    let state = folder.path().join("scalekit");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&state), 0o700);
    let mut files = Vec::new();
    for entry in fs::read_dir(&state).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(mode(&entry.path()), 0o600, "{entry:?}");
        files.push(entry.file_name());
    }
    files.sort();
    assert_eq!(files, ["lock", "state.json"]);
}

#[test]
fn its_variables_are_obeyed_and_what_is_wrong_with_them_is_said() {
    let folder = tempfile::tempdir().unwrap();
    for (variable, value, problem) in [
        (
            "SCALEKIT_EMULATOR_CONSENT",
            "yes",
            "`SCALEKIT_EMULATOR_CONSENT` is not understood: consent is `page`, `auto` or `auto:USER`",
        ),
        (
            "SCALEKIT_EMULATOR_CONSENT",
            "auto:bob",
            "`bob` of SCALEKIT_EMULATOR_CONSENT is no user of this environment: these are ada (org_1, org_2), grace (org_2), alan (none)",
        ),
        (
            "SCALEKIT_EMULATOR_STATE",
            "/dev/null",
            "cannot use the state in `/dev/null`: File exists (os error 17)",
        ),
    ] {
        let (code, said) = refused(app(folder.path()).env(variable, value));
        let expected = format!(
            "error: the local Scalekit does not start, set SCALEKIT_ENVIRONMENT_URL to use another one: {problem}\n"
        );
        assert_eq!((code, said), (Some(1), expected));
    }
}
