//! What `cargo xmcp new` makes builds without a warning, passes its own tests, and serves. Two apps are made with every run; all of them
//! with `cargo test -p cargo-xmcp --test combinations -- --ignored`.

#[expect(dead_code, reason = "the tests of other commands use the rest")]
mod support;

use std::{
    env::consts::EXE_SUFFIX,
    fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, Command, Stdio},
};

use support::{Session, target};

const TRANSPORTS: [&str; 2] = ["http", "stdio"];
const AUTHS: [&str; 4] = ["scalekit", "jwt", "api-key", "none"];
const PARTS: [&str; 7] = [
    "tools",
    "prompts",
    "resources",
    "tools,prompts",
    "tools,resources",
    "prompts,resources",
    "tools,prompts,resources",
];

/// The first message of a client.
const INITIALIZE: &str = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}"#;

#[test]
fn an_app_for_everything_over_http_builds_passes_its_tests_and_serves() {
    let session = Session::new();
    proves_itself(&session, "http-app", "http", "api-key", PARTS[6]);
}

#[test]
fn an_app_for_stdio_builds_passes_its_tests_and_serves() {
    let session = Session::new();
    proves_itself(&session, "stdio-app", "stdio", "none", "tools");
}

#[test]
#[ignore = "builds 56 apps"]
fn every_combination_builds_passes_its_tests_and_serves() {
    let session = Session::new();
    for transport in TRANSPORTS {
        for auth in AUTHS {
            for with in PARTS {
                proves_itself(&session, "any-app", transport, auth, with);
            }
        }
    }
}

#[track_caller]
fn proves_itself(session: &Session, name: &str, transport: &str, auth: &str, with: &str) {
    let what = format!("{transport}, {auth}, {with}");
    let flags = ["--transport", transport, "--auth", auth, "--with", with];
    // Always the same place, so that each app takes the place of the one before in the target folder too.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    let place = folder.to_str().unwrap();
    session
        .run(["new", place].into_iter().chain(flags))
        .succeeded();

    for arguments in [&["test", "--offline"][..], &["build", "--offline"]] {
        let output = session
            .cargo(arguments)
            .current_dir(&folder)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{what}: {said}");
        assert!(!said.contains("warning"), "{what}: {said}");
    }

    let binary = target().join(format!("debug/{name}{EXE_SUFFIX}"));
    let mut server = session.program(&binary);
    server.current_dir(&folder).env("PORT", "0");
    match transport {
        "http" => is_listening(&mut server, &what),
        _ => is_answering(&mut server, &what),
    }
}

/// Ends with the test, however that ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[track_caller]
fn is_listening(server: &mut Command, what: &str) {
    let mut running = Running(server.spawn().unwrap());
    let mut said = String::new();
    let is_listening = BufReader::new(running.0.stderr.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .any(|line| {
            said += &format!("{line}\n");
            line.contains("MCP Server running on http://")
        });
    assert!(is_listening, "{what}: {said}");
}

#[track_caller]
fn is_answering(server: &mut Command, what: &str) {
    let mut running = Running(server.stdin(Stdio::piped()).spawn().unwrap());
    writeln!(running.0.stdin.take().unwrap(), "{INITIALIZE}").unwrap();
    let mut answer = String::new();
    BufReader::new(running.0.stdout.take().unwrap())
        .read_line(&mut answer)
        .unwrap();
    assert!(answer.contains("\"serverInfo\""), "{what}: {answer}");
}
