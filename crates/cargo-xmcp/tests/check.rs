//! `cargo xmcp check`: problems as rustc draws them, and lints of its own.

#[expect(dead_code, reason = "the tests of other commands use the rest")]
mod support;

use insta::assert_snapshot;
use support::{Session, checkout};

const MANIFEST: &str = r#"[package]
name = "app"
edition = "2024"

[workspace]

[dependencies]
schemars = "1"
serde = "1"

[build-dependencies]
xmcp-build = "0.1"
"#;

/// A session in the folder of an app with this file, of which `check` needs no more.
fn app(path: &str, text: &str) -> Session {
    let session = Session::new();
    session
        .write("Cargo.toml", MANIFEST)
        .write("src/lib.rs", "xmcp::include_app!();\n")
        .write(path, text);
    session
}

const CLEAN: &str = r#"//! Add two numbers
use xmcp::prelude::*;

pub const METADATA: ToolMetadata = ToolMetadata::new().title("Add").read_only(true);

pub fn handler() -> u8 {
    3
}
"#;

#[test]
fn there_is_nothing_to_say_of_a_file_that_says_all() {
    let session = app("tools/add.rs", CLEAN);

    assert_snapshot!(session.run(["check", "--deny", "warnings"]));
}

#[test]
fn problems_of_the_build_are_drawn() {
    let session = app(
        "tools/add.rs",
        "//! Add two numbers\nuse xmcp::prelude::*;\n\n#[derive(Deserialize, JsonSchema)]\npub struct Schema {\n    \
         /// The first\n    a: u8,\n    b: u8,\n}\n\nasync fn handler(Schema { a, b }: Schema) -> u8 {\n    a + b\n}\n",
    );
    session
        .write("tools/empty.rs", "")
        .write("tools/cut.rs", "pub fn handler( {\n")
        .write("xmcp.toml", "[http]\nprot = 1\n");

    assert_snapshot!(session.run(["check"]));
}

const POOR: &str = r#"//! Deletes
use xmcp::prelude::*;

pub const METADATA: ToolMetadata = ToolMetadata::new().destructive(true);

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// Your password, to be sure
    password: String,
    /// What to delete
    mode: Mode,
}

#[derive(Deserialize, JsonSchema)]
pub enum Mode {
    Some,
    Most,
    /// Whatever there is
    All,
}

pub fn handler(_input: Schema) -> u8 {
    3
}
"#;

#[test]
fn lints_are_warnings_with_their_names() {
    let session = app("tools/delete.rs", POOR);
    session
        .write("tools/one.rs", &CLEAN.replace("Add two", "Multiply two"))
        .write("tools/two.rs", &CLEAN.replace("Add two", "Multiply ten"))
        .write(
            "prompts/long.rs",
            &format!(
                "//! {}\npub fn handler() -> &'static str {{ \"\" }}\n",
                "A long story. ".repeat(40)
            ),
        )
        .write(
            "tools/silent.rs",
            "//! Say nothing at all\npub fn handler() -> u8 { 3 }\n",
        );

    assert_snapshot!(session.run(["check"]));
}

#[test]
fn lints_can_be_allowed_and_denied() {
    let session = app("tools/delete.rs", POOR);

    assert_snapshot!(session.run([
        "check",
        "--allow",
        "no-title,short-description,undocumented-variant,secret-argument",
        "--deny",
        "unscoped-destructive",
    ]));
    assert_snapshot!(session.run(["check", "--deny", "short-descriptions"]));
}

#[test]
fn machines_get_a_document() {
    let session = app("tools/delete.rs", POOR);

    assert_snapshot!(session.run(["check", "--json", "--deny", "secret-argument"]));
}

#[test]
fn the_frameworks_own_app_has_nothing_to_be_said_of() {
    let checkout = checkout();
    let folder = checkout.to_str().unwrap();

    Session::new()
        .run(["check", "--deny", "warnings", "--manifest-path", folder])
        .succeeded();
}
