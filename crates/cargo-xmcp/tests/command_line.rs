//! The command line as a whole: its help, its version, and what it does not understand.

#[expect(dead_code, reason = "the tests of the commands use the rest")]
mod support;

use insta::assert_snapshot;
use support::Session;

#[test]
fn with_and_without_cargo_it_is_the_same_command() {
    let session = Session::new();
    let typed = session.run(["--version"]).succeeded();
    let alone = session
        .program(std::path::Path::new(env!("CARGO_BIN_EXE_cargo-xmcp")))
        .arg("--version")
        .output()
        .unwrap();

    assert_eq!(typed, session.transcript(&["--version"], &alone));
    assert_eq!(typed.stdout, "cargo xmcp [VERSION]\n");
}

#[test]
fn a_command_that_does_not_exist_is_named_with_the_nearest_one() {
    assert_snapshot!(Session::new().run(["chekc"]));
}

#[test]
fn outside_of_an_app_it_says_how_to_get_one() {
    assert_snapshot!(Session::new().run(["check"]));
}
