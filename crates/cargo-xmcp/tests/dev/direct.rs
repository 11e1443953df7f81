//! Edits that rustc builds alone, and those that it must not.

use std::fs;

use serde_json::json;

use crate::{
    app::{App, Dev},
    client::Client,
    support::target,
};

impl Dev {
    /// Waits until a change is served, which rustc has built alone. Answers the steps to it.
    #[track_caller]
    fn is_alone(&mut self) -> String {
        self.says("Served in");
        let steps = self.says("notice");
        assert!(steps.contains("rustc alone"), "{}", self.transcript());
        steps
    }

    /// The same, by cargo.
    #[track_caller]
    fn is_by_cargo(&mut self) {
        self.says("Served in");
        let steps = self.says("notice");
        assert!(
            steps.contains("cargo and build script"),
            "{}",
            self.transcript()
        );
    }
}

const ALONE: &str = "edits are built by rustc alone from now on";

#[test]
#[cfg(target_os = "linux")]
fn an_edit_of_a_body_is_built_by_rustc_alone_and_more_than_that_by_cargo() {
    let app = App::new("dev-direct", "none");
    let mut dev = app.dev(&["--port", "0", "--verbose"]);
    let mut client = Client::new(dev.serves(), None).of_one_call();
    dev.says(ALONE);

    // Rustc is at work while the files are checked, for the generated code is as it was.
    app.says("second");
    assert!(!dev.is_alone().contains("check"), "{}", dev.transcript());
    assert_eq!(client.call("word").unwrap(), "second");

    // Its description and the line of its handler are in the generated code, so rustc begins again.
    let text = fs::read_to_string(app.root.join("tools/word.rs")).unwrap();
    let text = text.replace(
        "//! Says a word\n",
        "//! Says the same word each time\n//!\n//! And nothing else.\n",
    );
    app.write("tools/word.rs", &text.replace("second", "third"));
    assert!(dev.is_alone().contains("check"), "{}", dev.transcript());
    assert_eq!(client.call("word").unwrap(), "third");
    let list = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
    let list = client.post(&list, "").unwrap();
    assert!(list.contains("Says the same word each time"), "{list}");

    // A module that a tool shares is part of the app like any other file.
    let root = fs::read_to_string(app.root.join("src/lib.rs")).unwrap();
    app.write("src/lib.rs", &format!("{root}\npub mod shared;\n"));
    app.write("src/shared.rs", "pub const WORD: &str = \"shared\";\n");
    app.answers("crate::shared::WORD.to_owned()");
    while client.call("word").unwrap() != "shared" {
        dev.says("Served in");
    }

    let before = dev.transcript().len();
    app.answers("1 + \"word\"");
    dev.says("The build failed: what was served before goes on");
    let said = dev.transcript().split_off(before);
    assert_eq!(said.matches("cannot add `&str` to").count(), 1, "{said}");
    assert!(said.contains("tools/word.rs:7:7"), "{said}");
    assert!(!said.contains("by cargo"), "{said}");

    let second = "//! Says two\npub fn handler() -> i64 {\n    2\n}\n";
    app.write("tools/second.rs", second);
    app.says("fourth");
    dev.says("by cargo: ");
    dev.says("tools: +second ~word");
    app.write("tools/second.rs", &second.replace("    2\n", "    3\n"));
    dev.is_alone();
    assert_eq!(client.call("second").unwrap(), "3");

    let settings = fs::read_to_string(app.root.join("xmcp.toml")).unwrap();
    let settings = settings.replace("[http.limits]\n", "[http.limits]\ndrain_seconds = 7\n");
    app.write("xmcp.toml", &settings);
    dev.says("by cargo: xmcp.toml changed");
    dev.is_by_cargo();

    app.says("fifth");
    dev.is_alone();

    // Cargo knows nothing of it, and builds what the files say.
    let build = || {
        let output = app
            .session
            .cargo(&["build", "-v"])
            .current_dir(&app.root)
            .output()
            .unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(build().contains("src/lib.rs"));
    assert!(!build().contains("src/lib.rs"), "it is fresh then");
    let program = fs::read(target().join("debug/dev-direct")).unwrap();
    let mut places = program.windows(5);
    assert!(places.any(|bytes| bytes == b"fifth"));

    let main = fs::read_to_string(app.root.join("src/main.rs")).unwrap();
    let main = main.replace("{\n    xmcp::run", "{\n    let _ = 1;\n    xmcp::run");
    app.write("src/main.rs", &main);
    dev.says("by cargo: src/main.rs changed");
    dev.says("edits are built by cargo: the program does other things than");
    dev.is_by_cargo();
    app.says("sixth");
    dev.is_by_cargo();
    assert_eq!(client.call("word").unwrap(), "sixth");
}

#[test]
#[cfg(target_os = "linux")]
fn a_file_that_another_package_takes_in_is_an_edit_of_that_package() {
    let app = App::new("dev-package", "none");
    let manifest = fs::read_to_string(app.root.join("Cargo.toml")).unwrap();
    let manifest = manifest.replace(
        "[dependencies]\n",
        "[dependencies]\nwords = { path = \"words\" }\n",
    );
    app.write("Cargo.toml", &manifest);
    fs::create_dir_all(app.root.join("words/src")).unwrap();
    app.write(
        "words/Cargo.toml",
        "[package]\nname = \"words\"\nversion = \"0.1.0\"\nedition = \"2024\"\n",
    );
    app.write(
        "words/src/lib.rs",
        "pub const WORD: &str = include_str!(\"../word.txt\");\n",
    );
    app.write("words/word.txt", "first");
    app.answers("words::WORD.to_owned()");
    let mut dev = app.dev(&["--port", "0", "--verbose"]);
    let mut client = Client::new(dev.serves(), None).of_one_call();
    dev.says(ALONE);
    assert_eq!(client.call("word").unwrap(), "first");

    app.write("words/word.txt", "second");
    dev.is_by_cargo();
    assert_eq!(client.call("word").unwrap(), "second");
}

#[test]
#[cfg(target_os = "linux")]
fn a_second_one_at_the_same_app_does_not_disturb_the_first() {
    let app = App::new("dev-two", "none");
    let mut first = app.dev(&["--port", "0", "--verbose"]);
    let mut client = Client::new(first.serves(), None).of_one_call();
    first.says(ALONE);
    let mut second = app.dev(&["--port", "0", "--verbose"]);
    let mut other = Client::new(second.serves(), None).of_one_call();
    app.says("other");
    // By rustc alone, unless the other one's cargo was there first.
    first.says("Served in");
    second.is_by_cargo();
    assert_eq!(client.call("word").unwrap(), "other");
    assert_eq!(other.call("word").unwrap(), "other");
    // The second one's library may still have been made while it built: the way without cargo is tried with the next edit then.
    let made = "edits are linked with a shared library from now on";
    if !second.transcript().contains(made) {
        second.says(made);
    }
    app.says("again");
    first.says("Served in");
    second.is_by_cargo();
    assert_eq!(client.call("word").unwrap(), "again");
    assert_eq!(other.call("word").unwrap(), "again");
    let why = "edits are built by cargo: another `cargo xmcp dev` uses the folder";
    if !second.transcript().contains(why) {
        second.says(why);
    }
}
