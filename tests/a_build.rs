//! What a build has of signing in: a local Scalekit for development, none of it for use, and no auth at all if that is wanted.

#[expect(dead_code, reason = "the other tests of the app use the rest")]
mod support {
    pub mod command;
    pub mod copy;
    pub mod served;
}

use std::{fs, path::Path};

use serde_json::json;
use support::{command::command, copy::Copy, served::Served};

/// Builds for use what cargo builds for development: all else that a build for use is would take minutes to compile.
const BUILD_FOR_USE: &str = r#"fn main() {
    if std::env::var("PROFILE").as_deref() == Ok("debug") {
        let script = std::env::current_exe().unwrap();
        let run = std::process::Command::new(script).env("PROFILE", "release").status();
        assert!(run.unwrap().success());
    } else {
        xmcp_build::build();
    }
}
"#;

/// A middleware of somebody whose callers need no Scalekit.
const MIDDLEWARE: &str = r#"use xmcp::Middleware;

pub fn middleware() -> xmcp::Result<Middleware> {
    Ok(Middleware::new())
}
"#;

/// What only the emulator says: on its page of consent, to a stranger's name for it, and at its start.
const OF_THE_EMULATOR: [&str; 4] = [
    "Analytical Engines",
    "the emulator answers to localhost",
    "SCALEKIT_EMULATOR_CONSENT",
    "sign in at a local Scalekit",
];

/// How many of these a file holds.
fn count(file: &Path, texts: &[&str]) -> usize {
    let bytes = fs::read(file).unwrap();
    // In release builds too, a text stands in the binary as it is written.
    let is_in = |text: &&&str| {
        let text = text.as_bytes();
        let starts = bytes
            .iter()
            .enumerate()
            .filter(|(_, byte)| **byte == text[0]);
        starts
            .into_iter()
            .any(|(at, _)| bytes[at..].starts_with(text))
    };
    texts.iter().filter(is_in).count()
}

#[test]
fn for_use_it_has_nothing_of_the_emulator_and_names_the_variables_that_are_missing() {
    let original = Path::new(env!("CARGO_BIN_EXE_xmcp-app"));
    assert_eq!(count(original, &OF_THE_EMULATOR), OF_THE_EMULATOR.len());

    let app = Copy::new("xmcp-app-for-use");
    app.write("build.rs", BUILD_FOR_USE);
    app.build();
    assert_eq!(count(&app.binary(), &OF_THE_EMULATOR), 0);
    let folder = tempfile::tempdir().unwrap();
    let output = command(&app.binary(), folder.path())
        .env("PORT", "0")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "error: middleware() in src/middleware.rs failed: `SCALEKIT_ENVIRONMENT_URL` is not set: copy the environment's URL from \
         Settings in Scalekit's dashboard\n"
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn without_a_provider_everybody_is_let_in_and_no_scalekit_is_started() {
    let app = Copy::new("xmcp-app-without-auth");
    let settings = include_str!("../xmcp.toml");
    let line = "# middleware = \"src/middleware.rs\"";
    assert!(settings.contains(line));
    app.write("xmcp.toml", &settings.replace(line, "middleware = false"));
    app.build();
    greets_everybody(&app);

    app.write("xmcp.toml", settings);
    app.write("src/middleware.rs", MIDDLEWARE);
    app.build();
    greets_everybody(&app);
}

fn greets_everybody(app: &Copy) {
    let folder = tempfile::tempdir().unwrap();
    let server = Served::spawn(&mut command(&app.binary(), folder.path()));
    assert_eq!(server.scalekit(), None, "{}", server.banner);
    let params = json!({ "name": "greet", "arguments": { "name": "Ada" } });
    let greeting = server.modern("tools/call", params).result();
    assert_eq!(greeting["content"][0]["text"], "Hello, Ada!");
}
