//! `cargo xmcp build`, of an app that stands in for a real one: it has the files, and its binary answers `--version` alone. So it builds
//! in no time.

#[expect(dead_code, reason = "the tests of other commands use the rest")]
mod support;

use std::fs;

use insta::assert_snapshot;
use serde_json::Value;
use support::Session;

/// It says so where an app does: its stdout is for messages.
const MAIN: &str = r#"fn main() {
    eprintln!("app 1.2.3");
}
"#;

const TOOL: &str = "//! Add two numbers\npub fn handler() -> u8 {\n    3\n}\n";

fn app() -> Session {
    let mut session = Session::new();
    session
        .write(
            "Cargo.toml",
            "[package]\nname = \"app\"\nversion = \"1.2.3\"\nedition = \"2024\"\n\n[workspace]\n",
        )
        .write("src/main.rs", MAIN)
        .write("tools/add.rs", TOOL)
        .write("tools/users/get.rs", TOOL)
        .write("resources/(docs)/[id].rs", "//! A page\nuse xmcp::prelude::*;\n\n#[derive(Deserialize, JsonSchema)]\npub struct Schema {\n    /// Which\n    id: String,\n}\n\npub fn handler(input: Schema) -> String {\n    input.id\n}\n")
        .write("xmcp.toml", "[server]\ntransport = \"stdio\"\n");
    let target = session.path("target");
    session.variable("CARGO_TARGET_DIR", target.to_string_lossy());
    // Rustc's name for this machine.
    session.name(host(), "[HOST]");
    session
}

fn host() -> String {
    let output = std::process::Command::new("rustc")
        .arg("-vV")
        .output()
        .unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.unwrap().to_owned()
}

/// The manifest of the stand-in has no dependencies, which the derive above wants to be there.
fn with_dependencies(session: &Session) {
    for name in ["serde", "schemars"] {
        session
            .write(
                &format!("{name}/Cargo.toml"),
                &format!("[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2024\"\n"),
            )
            .write(&format!("{name}/src/lib.rs"), "");
    }
    let manifest = fs::read_to_string(session.path("Cargo.toml")).unwrap();
    session.write(
        "Cargo.toml",
        &(manifest
            + "\n[dependencies]\nserde = { path = \"serde\" }\nschemars = { path = \"schemars\" }\n"),
    );
}

#[test]
fn a_build_says_what_it_made() {
    let session = app();
    with_dependencies(&session);

    let built = session.run(["build"]).succeeded();

    // The size is the compiler's affair.
    let size = regex::Regex::new(r"\(\d+(\.\d)? [kM]B\)").unwrap();
    assert_snapshot!(size.replace(&built.stdout, "([SIZE])"));
    assert!(
        built.stderr.contains("Finished `release` profile"),
        "{built}"
    );
}

#[test]
#[cfg(target_os = "linux")]
fn a_static_build_needs_no_shared_library() {
    let session = app();
    with_dependencies(&session);

    let built = session.run(["build", "--static", "--json"]).succeeded();

    let report: Value = serde_json::from_str(&built.stdout).unwrap();
    assert_eq!(report["static"], true, "{built}");
    assert_eq!(report["runs"], "app 1.2.3");
    assert_eq!(report["tools"], serde_json::json!(["add", "users_get"]));
    assert_eq!(report["resources"], serde_json::json!(["docs://{id}"]));
    assert!(built.stderr.contains("Static for "), "{built}");
}

#[test]
#[cfg(unix)]
fn a_binary_that_fails_does_not_run() {
    let session = app();
    with_dependencies(&session);
    session.write(
        "src/main.rs",
        "fn main() {\n    eprintln!(\"app 1.2.3\");\n    std::process::exit(1);\n}\n",
    );

    let built = session.run(["build"]).succeeded();

    assert!(
        built.stdout.contains("runs        not on this machine"),
        "{built}"
    );
}

#[test]
fn files_with_errors_are_drawn_and_not_built() {
    let session = app();

    assert_snapshot!(session.run(["build"]));
    assert!(!session.path("target").exists());
}

#[test]
fn what_cargo_says_of_a_failed_build_is_shown() {
    let session = app();
    with_dependencies(&session);
    session.write("src/main.rs", "fn main() { nobody() }\n");

    let failed = session.run(["build"]);

    assert_eq!(failed.code, Some(1));
    assert!(
        failed.stderr.contains("cannot find function `nobody`"),
        "{failed}"
    );
    assert!(
        failed.stderr.ends_with(
            "error: the build failed\nhint: cargo says above why; mend that, and build again\n"
        ),
        "{failed}"
    );
    assert_eq!(failed.stdout, "");
}

#[test]
fn what_a_build_for_another_platform_takes_is_said_when_it_fails() {
    let session = app();
    with_dependencies(&session);
    // Nobody has it by chance, and nothing is built for it without the sources of the standard library.
    let target = "s390x-unknown-linux-gnu";

    let failed = session.run(["build", "--target", target]);

    assert_eq!(failed.code, Some(1), "{failed}");
    let takes = format!(
        "for {target}: that takes `rustup target add {target}`, and a C compiler and a linker for it"
    );
    assert!(failed.stderr.contains(&takes), "{failed}");
}

#[test]
fn a_static_binary_for_macos_is_refused() {
    let session = app();
    with_dependencies(&session);

    assert_snapshot!(session.run(["build", "--static", "--target", "aarch64-apple-darwin"]));
}
