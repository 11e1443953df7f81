//! What rustc says about a tool file that parses and does not compile: its message has to lead into that file.

use std::path::Path;

use crate::package::{Package, Run};

fn package(name: &str) -> Package {
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("../xmcp");
    let dependencies = format!(
        "schemars = \"1\"\nserde = \"1\"\nserde_json = \"1\"\nxmcp = {{ package = \"xmcp-rs\", path = '{}' }}\n",
        runtime.display()
    );
    let package = Package::new(name, &dependencies);
    package.write(
        "src/lib.rs",
        "#![deny(warnings)]\n\nxmcp::include_app!();\n",
    );
    package
}

fn check(package: &Package) -> Run {
    package.cargo(&["check"], &[])
}

/// The errors of a run, each with the first place in `file` that rustc shows, as a note or in the text of the code.
fn errors<'a>(run: &'a Run, file: &str) -> Vec<(&'a str, Option<&'a str>)> {
    let mut errors: Vec<(&str, Option<&str>)> = Vec::new();
    for line in run.text.lines() {
        let place = line
            .split_once(file)
            .map(|(_, place)| place.trim_end_matches("\";"));
        if line.starts_with("error") {
            errors.push((line, None));
        } else if let (Some((_, known @ None)), Some(place)) = (errors.last_mut(), place) {
            *known = Some(place);
        }
    }
    errors.retain(|(error, _)| !error.contains("could not compile"));
    errors
}

#[test]
fn whatever_the_conventions_allow_compiles_without_a_warning() {
    let package = package("allowed");
    for (path, text) in ALLOWED {
        package.write(path, text);
    }

    let run = check(&package);

    assert!(run.succeeded, "{}", run.text);
}

#[test]
fn a_return_type_that_is_no_result_leads_into_the_tool_file() {
    let package = package("returns");
    package.write(
        "src/lib.rs",
        "pub struct Ticket;\n\nxmcp::include_app!();\n",
    );
    package.write(
        "tools/find.rs",
        "//! Finds\npub fn handler() -> crate::Ticket {\n    crate::Ticket\n}\n",
    );
    package.write(
        "tools/wait.rs",
        "//! Waits\nuse std::time::Duration;\n\npub async fn handler() -> Duration {\n    Duration::ZERO\n}\n",
    );

    let run = check(&package);

    let (of_the_app, of_another_crate) = (
        "error[E0277]: `Ticket` cannot be returned from a tool handler",
        "error[E0277]: `Duration` cannot be returned from a tool handler",
    );
    assert!(
        errors(&run, "tools/find.rs:").contains(&(of_the_app, Some("2:1"))),
        "{}",
        run.text
    );
    assert!(
        errors(&run, "tools/wait.rs:").contains(&(of_another_crate, Some("4:1"))),
        "{}",
        run.text
    );
}

#[test]
fn what_a_prompt_a_resource_or_complete_cannot_return_leads_into_its_file() {
    let package = package("others");
    package.write(
        "src/lib.rs",
        "pub struct Ticket;\n\nxmcp::include_app!();\n",
    );
    package.write(
        "prompts/find.rs",
        "//! Finds\npub fn handler() -> crate::Ticket {\n    crate::Ticket\n}\n",
    );
    package.write(
        "resources/(tickets)/all.rs",
        "//! Holds\npub async fn handler() -> crate::Ticket {\n    crate::Ticket\n}\n",
    );
    package.write(
        "prompts/choose.rs",
        "//! Chooses\nuse xmcp::prelude::*;\n\n#[derive(Deserialize, JsonSchema)]\npub struct Schema {\n    /// Which\n    \
         pub ticket: String,\n}\n\npub fn handler(input: Schema) -> String {\n    input.ticket\n}\n\n\
         pub fn complete(_: &str, _: &str) -> crate::Ticket {\n    crate::Ticket\n}\n",
    );

    let run = check(&package);

    for (file, error, place) in [
        (
            "prompts/find.rs:",
            "error[E0277]: `Ticket` cannot be returned from a prompt handler",
            "2:1",
        ),
        (
            "resources/(tickets)/all.rs:",
            "error[E0277]: `Ticket` cannot be returned from a resource handler",
            "2:1",
        ),
        (
            "prompts/choose.rs:",
            "error[E0277]: `Ticket` cannot be returned from `complete`",
            "14:1",
        ),
    ] {
        assert!(
            errors(&run, file).contains(&(error, Some(place))),
            "{}",
            run.text
        );
    }
}

#[test]
fn a_future_that_is_not_send_leads_to_the_await_in_the_tool_file() {
    let package = package("send");
    package.write(
        "tools/find.rs",
        "//! Finds\npub async fn handler() -> String {\n    let text = std::rc::Rc::new(String::new());\n    \
         std::future::ready(()).await;\n    text.to_string()\n}\n",
    );

    let run = check(&package);

    let error = "error: future cannot be sent between threads safely";
    assert_eq!(
        errors(&run, "tools/find.rs:"),
        [(error, Some("4:28"))],
        "{}",
        run.text
    );
}

#[test]
fn an_argument_that_cannot_come_from_the_request_leads_into_the_tool_file() {
    let package = package("argument");
    package.write(
        "src/lib.rs",
        "pub struct Database;\n\nxmcp::include_app!();\n",
    );
    package.write(
        "tools/find.rs",
        "//! Finds\npub async fn handler(_: crate::Database) -> String {\n    String::new()\n}\n",
    );
    package.write(
        "tools/wait.rs",
        "//! Waits\npub fn handler(_: std::time::Duration) {}\n",
    );

    let run = check(&package);

    let (of_the_app, of_another_crate) = (
        "error[E0277]: `Database` cannot be an argument of a handler",
        "error[E0277]: `Duration` cannot be an argument of a handler",
    );
    assert!(
        errors(&run, "tools/find.rs:").contains(&(of_the_app, Some("2:1"))),
        "{}",
        run.text
    );
    assert!(
        errors(&run, "tools/wait.rs:").contains(&(of_another_crate, Some("2:1"))),
        "{}",
        run.text
    );
}

#[test]
fn a_schema_that_cannot_be_read_leads_into_the_tool_file() {
    let package = package("schema");
    package.write(
        "tools/find.rs",
        "//! Finds\npub struct Filter;\n\npub type Schema = Filter;\n\npub fn handler(_: Schema) {}\n",
    );

    let run = check(&package);

    assert!(!run.succeeded);
    assert!(
        errors(&run, "tools/find.rs:")
            .iter()
            .any(|(_, place)| *place == Some("2:1")),
        "{}",
        run.text
    );
}

const ALLOWED: &[(&str, &str)] = &[
    (
        "src/lib.rs",
        "#![deny(warnings, missing_docs, unreachable_pub)]\n//! An app\n\npub mod db;\n\nxmcp::include_app!();\n",
    ),
    (
        "src/db.rs",
        r#"//! What tools share
use schemars::JsonSchema;
use serde::Deserialize;

/// A query
#[derive(Deserialize, JsonSchema)]
pub struct Query {
    /// What to look for
    pub text: String,
}

/// What is shared
pub struct Pool;
"#,
    ),
    (
        "src/state.rs",
        r#"use xmcp::prelude::*;

pub async fn state() -> xmcp::Result<AppState> {
    Ok(AppState::new().with(crate::db::Pool))
}
"#,
    ),
    (
        "src/middleware.rs",
        r#"pub fn middleware() -> xmcp::Result<xmcp::Middleware> {
    Ok(xmcp::Middleware::new())
}
"#,
    ),
    (
        "xmcp.toml",
        r#"[server]
title = "All of it"
icons = [{ src = "https://example.com/icon.svg" }]

[http]
port = 4000
cors = ["*"]

[http.limits]
idle_timeout_seconds = 5

[log]
format = "json"
"#,
    ),
    (
        "tools/input-last.rs",
        r#"//! Takes its input last
use xmcp::prelude::*;

pub const METADATA: ToolMetadata = ToolMetadata::new().name("last").title("Last").read_only(true).scopes(&["a:read"]);

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// The name
    pub name: String,
}

pub async fn handler(context: Context, _: Headers, pool: State<crate::db::Pool>, Schema { name }: Schema) -> Result<String> {
    let _ = (context, pool);
    Ok(name)
}
"#,
    ),
    (
        "tools/input_last.rs",
        r#"//! Takes its input first, and has another's module name
use xmcp::prelude::*;

pub use crate::db::Query as Schema;

pub fn handler(input: Schema, mut context: Context) {
    let _ = (input, &mut context);
}
"#,
    ),
    (
        "tools/users/blocking.rs",
        r#"/// Runs on the blocking pool
pub fn handler(Schema { text }: Schema) -> String {
    text
}

pub type Schema = crate::db::Query;

pub const METADATA: xmcp::ToolMetadata = xmcp::ToolMetadata::new().blocking();
"#,
    ),
    (
        "tools/users/raw.rs",
        r#"//! Brings a schema
use serde_json::{Value, json};

#[derive(serde::Deserialize)]
pub struct Schema {
    #[serde(flatten)]
    pub all: serde_json::Map<String, Value>,
}

pub fn schema() -> Value {
    json!({ "type": "object" })
}

pub fn meta() -> Value {
    json!({ "color": "red" })
}

pub async fn handler(input: Schema, session: Option<xmcp::Session>) -> xmcp::Json<Value> {
    let _ = session;
    xmcp::Json(Value::Object(input.all))
}
"#,
    ),
    (
        "prompts/review.rs",
        r#"//! Takes texts, and completes them
use xmcp::prelude::*;

pub const METADATA: PromptMetadata = PromptMetadata::new().title("Review").scopes(&["a:read"]);

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// What was changed
    diff: String,
    /// In which language
    language: Option<Language>,
}

#[derive(Deserialize, JsonSchema)]
enum Language {
    German,
    English,
}

pub async fn handler(Schema { diff, language }: Schema, session: Option<Session>) -> Result<Vec<PromptMessage>> {
    let _ = (language, session);
    Ok(vec![PromptMessage::user(diff)])
}

pub async fn complete(argument: &str, value: &str, pool: State<crate::db::Pool>) -> Result<Vec<String>> {
    let _ = pool;
    std::future::ready(()).await;
    Ok(vec![format!("{argument}{value}")])
}
"#,
    ),
    (
        "prompts/hello.rs",
        r#"//! Takes nothing
pub fn handler() -> &'static str {
    "Say hello."
}
"#,
    ),
    (
        "prompts/shared.rs",
        r#"//! Has its Schema from elsewhere
pub use crate::db::Query as Schema;

pub const METADATA: xmcp::PromptMetadata = xmcp::PromptMetadata::new().blocking();

pub fn handler(input: Schema) -> xmcp::PromptMessage {
    xmcp::PromptMessage::assistant(input.text)
}

pub fn complete(_: &str, _: &str) -> Vec<&'static str> {
    vec!["one"]
}
"#,
    ),
    (
        "resources/(docs)/readme.rs",
        r#"//! Has no parameters
pub const METADATA: xmcp::ResourceMetadata = xmcp::ResourceMetadata::new().name("Read me").mime_type("text/plain");

pub fn handler() -> &'static str {
    "Read me."
}
"#,
    ),
    (
        "resources/(files)/[drive]/[...path].rs",
        r#"//! Has two
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// The drive
    drive: String,
    /// The file
    path: String,
}

pub async fn handler(context: Context, Schema { drive, path }: Schema) -> Result<Vec<u8>> {
    let _ = (context, drive);
    Ok(path.into_bytes())
}

pub fn complete(_: &str, value: &str, _: Context) -> Vec<String> {
    vec![value.to_owned()]
}
"#,
    ),
    (
        "skills/team/git-workflow/SKILL.md",
        "---\nname: git-workflow\ndescription: How we branch\n---\n",
    ),
    (
        "skills/team/git-workflow/rebase/SKILL.md",
        "---\nname: rebase\ndescription: How we rebase\n---\n",
    ),
    (
        "tools/headers.rs",
        r#"//! Has a header
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// Where
    #[schemars(extend("x-mcp-header" = "Region"), length(min = 1))]
    region: String,
}

pub fn handler(Schema { region }: Schema) -> String {
    region
}
"#,
    ),
    (
        "tools/future.rs",
        r#"//! Says that it gives a future
pub fn handler() -> impl Future<Output = u8> {
    std::future::ready(1)
}
"#,
    ),
    (
        "tools/nowhere.rs",
        r#"//! Is not for this platform
#![cfg(target_os = "none")]
pub fn handler(what: DoesNotExist) {}
"#,
    ),
];
