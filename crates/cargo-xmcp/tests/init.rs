//! `cargo xmcp init`: a crate becomes an app, and keeps what it has.

#[expect(dead_code, reason = "the tests of other commands use the rest")]
mod support;

use insta::assert_snapshot;
use support::Session;

const HELLO: &str = "fn main() {\n    println!(\"Hello, world!\");\n}\n";

const MANIFEST: &str = "\
[package]
name = \"notes\"
version = \"0.3.0\"
edition = \"2024\"

[dependencies]
# What notes are kept in.
serde = { version = \"1\", features = [ \"derive\" ] } # derives

[workspace]
";

#[test]
fn what_cargo_new_makes_becomes_an_app() {
    let session = Session::new();
    session
        .write("Cargo.toml", MANIFEST)
        .write("src/main.rs", HELLO)
        .write(".gitignore", "/target");

    assert_snapshot!(session.run(["init"]).succeeded());
    let manifest = session.read("Cargo.toml");
    let (manifest, _) = manifest.split_once("\n[profile.").unwrap();
    assert_snapshot!("manifest_of_a_crate", manifest);
    assert_snapshot!("files_of_a_crate", session.files());
    assert_eq!(session.read(".gitignore"), "/target\n.env\n");
    assert!(
        session
            .read("src/main.rs")
            .contains("xmcp::run(notes::app())")
    );
}

#[test]
fn a_second_time_there_is_nothing_to_do() {
    let session = Session::new();
    session
        .write("Cargo.toml", MANIFEST)
        .write("src/main.rs", HELLO);
    let all = "init --auth api-key --with tools,prompts,resources";
    session.run(all.split(' ')).succeeded();
    let files: Vec<_> = session
        .files()
        .lines()
        .map(|file| session.read(file))
        .collect();

    assert_snapshot!(session.run(all.split(' ')).succeeded());
    let after: Vec<_> = session
        .files()
        .lines()
        .map(|file| session.read(file))
        .collect();
    assert_eq!(after, files);
}

#[test]
fn code_that_is_there_is_left_to_the_person_who_wrote_it() {
    let session = Session::new();
    let manifest = MANIFEST.replace("{ version = \"1\", features = [ \"derive\" ] }", "\"1\"");
    session
        .write("Cargo.toml", &manifest)
        .write("build.rs", "fn main() {}\n")
        .write("src/lib.rs", "//! Notes.\n\npub mod notes {}")
        .write("src/main.rs", "fn main() {\n    run();\n}\n")
        .write("tools/README.md", "Tools of a carpenter.\n");

    assert_snapshot!(session.run(["init", "--auth", "none"]).succeeded());
    assert_eq!(
        session.read("src/lib.rs"),
        "//! Notes.\n\npub mod notes {}\n\nxmcp::include_app!();\n"
    );
    assert_eq!(session.read("src/main.rs"), "fn main() {\n    run();\n}\n");
    assert_eq!(session.read("build.rs"), "fn main() {}\n");
}

#[test]
fn an_open_app_stays_open_where_nobody_says_otherwise() {
    let session = Session::new();
    session.write("Cargo.toml", MANIFEST).write(
        "src/main.rs",
        "fn main() {\n    println!(\"Hello, world!\");\n}\n",
    );
    session.run(["init", "--auth", "none"]).succeeded();
    let files = session.files();

    session.run(["init"]).succeeded();

    assert_eq!(session.files(), files);
}

#[test]
fn outside_of_a_crate_there_is_nothing_to_add_to() {
    let session = Session::new();

    assert_snapshot!(session.run(["init"]));
    assert_eq!(session.files(), "");
}
