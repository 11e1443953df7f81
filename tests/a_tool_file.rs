//! A file in `tools/` is a tool: what that takes is a build, and nothing else.
//!
//! The tests build copies of this app beside the original, with its lock file and its target folder, so that only the copies
//! themselves and the crates of the workspace are compiled again.

mod support {
    pub mod command;
    pub mod stdio;
}

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};
use support::stdio::Stdio;
use tempfile::TempDir;

const SHOUT: &str = r#"//! Say it loudly
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// What to shout
    pub text: String,
}

pub fn handler(Schema { text }: Schema) -> String {
    text.to_uppercase()
}
"#;

const PRINTING: &str = r#"//! Print to standard output, which is the protocol's
use xmcp::prelude::*;

pub async fn handler() -> &'static str {
    println!("printed by a tool");
    "done"
}
"#;

/// A copy of this app under another name, in a folder of its own.
struct Copy {
    name: &'static str,
    folder: TempDir,
}

impl Copy {
    fn new(name: &'static str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        for entry in ["Cargo.lock", "build.rs", "xmcp.toml", "src", "tools"] {
            copy(&root.join(entry), &folder.path().join(entry));
        }
        // A workspace of its own, with the crates where they are. Under another name, because cargo would take a package of
        // the same name and version for the original, whose files it then would replace.
        let crates = root.join("crates").to_string_lossy().replace('\\', "/");
        let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
        let manifest = manifest
            .replace(
                r#"members = ["crates/*", "examples/everything"]"#,
                "members = []",
            )
            .replace(r#"path = "crates/"#, &format!(r#"path = "{crates}/"#))
            .replace(r#"name = "xmcp-app""#, &format!("name = \"{name}\""));
        let manifest = format!("{manifest}\n[lib]\nname = \"xmcp_app\"\n");
        fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
        Self { name, folder }
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn remove(&self, path: &str) {
        fs::remove_file(self.folder.path().join(path)).unwrap();
    }

    /// Builds as a person would, without network, and returns what cargo said.
    fn build(&self) -> String {
        let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .current_dir(self.folder.path())
            .args([
                "build",
                "--verbose",
                "--offline",
                "--bins",
                "--profile",
                profile(),
                "--target-dir",
            ])
            .arg(target())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        said
    }

    fn start(&self) -> Stdio {
        let name = format!("{}{}", self.name, std::env::consts::EXE_SUFFIX);
        Stdio::start(&binary().with_file_name(name))
    }

    fn tools(&self) -> Vec<String> {
        let mut app = self.start();
        let list = app.ask(&request("tools/list", json!({})));
        let tools = list["result"]["tools"]
            .as_array()
            .unwrap_or_else(|| panic!("{list}"));
        let names = tools
            .iter()
            .map(|tool| tool["name"].as_str().unwrap().to_owned())
            .collect();
        assert!(app.finish().status.success());
        names
    }
}

fn copy(from: &Path, to: &Path) {
    if from.is_file() {
        fs::copy(from, to).unwrap();
        return;
    }
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        copy(&entry.path(), &to.join(entry.file_name()));
    }
}

/// The original's binary, in `<target folder>/<profile>/`.
fn binary() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_xmcp-app"))
}

fn target() -> PathBuf {
    binary().ancestors().nth(2).unwrap().to_owned()
}

fn profile() -> &'static str {
    let folder = Path::new(env!("CARGO_BIN_EXE_xmcp-app"))
        .parent()
        .and_then(Path::file_name);
    match folder.and_then(|folder| folder.to_str()) {
        Some("debug") | None => "dev",
        Some(profile) => profile,
    }
}

/// A request of a 2026-07-28 client, which needs no handshake.
fn request(method: &str, mut params: Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params })
}

fn call(tool: &str, arguments: Value) -> Value {
    request(
        "tools/call",
        json!({ "name": tool, "arguments": arguments }),
    )
}

#[test]
fn is_a_tool_as_long_as_it_is_there() {
    let app = Copy::new("xmcp-app-copy");
    app.build();
    assert_eq!(app.tools(), ["greet", "whoami"]);

    app.write("tools/nested/shout.rs", SHOUT);
    app.build();
    assert_eq!(app.tools(), ["greet", "nested_shout", "whoami"]);
    let mut running = app.start();
    let answer = running.ask(&call("nested_shout", json!({ "text": "hello" })));
    assert_eq!(
        answer["result"]["content"],
        json!([{ "type": "text", "text": "HELLO" }])
    );
    running.finish();

    app.write(
        "tools/nested/shout.rs",
        &SHOUT.replace("to_uppercase", "to_lowercase"),
    );
    app.build();
    let mut running = app.start();
    let answer = running.ask(&call("nested_shout", json!({ "text": "HELLO" })));
    assert_eq!(
        answer["result"]["content"],
        json!([{ "type": "text", "text": "hello" }])
    );
    running.finish();

    let said = app.build();
    assert!(
        said.contains("Fresh xmcp-app-copy "),
        "a build with nothing changed does nothing: {said}"
    );

    app.remove("tools/nested/shout.rs");
    app.build();
    assert_eq!(app.tools(), ["greet", "whoami"]);
}

#[test]
fn may_print_without_harm() {
    let app = Copy::new("xmcp-app-that-prints");
    app.write("tools/printing.rs", PRINTING);
    app.build();
    let mut running = app.start();
    let answer = running.ask(&call("printing", json!({})));
    let result =
        json!({ "resultType": "complete", "content": [{ "type": "text", "text": "done" }] });
    assert_eq!(
        answer,
        json!({ "jsonrpc": "2.0", "id": 1, "result": result })
    );
    let end = running.finish();
    assert_eq!(
        (end.status.code(), end.rest),
        (Some(0), vec![]),
        "nothing but the answer is on standard output"
    );
    assert!(end.stderr.contains("printed by a tool"), "{}", end.stderr);
}
