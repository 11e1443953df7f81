//! The build script as cargo runs it: when it runs again, what it says, and what an editor gets.

use crate::package::{Package, Run};

const TOOL: &str = "//! Does it\npub fn handler() {}\n";

/// Whether cargo had nothing to do for the package.
fn is_fresh(run: &Run) -> bool {
    assert!(run.succeeded, "{}", run.text);
    let states = [run.lines("Fresh again v"), run.lines("Compiling again v")];
    assert_eq!(
        states.iter().filter(|lines| !lines.is_empty()).count(),
        1,
        "{}",
        run.text
    );
    !states[0].is_empty()
}

fn build(package: &Package) -> Run {
    package.cargo(&["build", "--verbose"], &[])
}

/// A package that takes the generated text in as text, so that it needs no runtime.
fn package(name: &str) -> Package {
    let package = Package::new(name, "");
    package.write(
        "src/lib.rs",
        "pub const REGISTRY: &str = include_str!(concat!(env!(\"OUT_DIR\"), \"/xmcp.rs\"));\n",
    );
    package
}

#[test]
fn runs_again_when_a_file_comes_changes_or_goes_and_only_then() {
    let package = package("again");
    assert!(!is_fresh(&build(&package)));
    assert!(
        is_fresh(&build(&package)),
        "without any of the files that may come"
    );

    let steps: [(&str, &dyn Fn()); 11] = [
        ("the folder", &|| package.write("tools/greet.rs", TOOL)),
        ("a nested file", &|| {
            package.write("tools/users/admin/list.rs", TOOL)
        }),
        ("a change to it", &|| {
            package.write("tools/users/admin/list.rs", &format!("{TOOL}\n"))
        }),
        ("its end", &|| package.remove("tools/users/admin/list.rs")),
        ("a skill", &|| {
            package.write(
                "skills/git/SKILL.md",
                "---\nname: git\ndescription: Branches\n---\n",
            )
        }),
        ("a file of it", &|| {
            package.write("skills/git/notes.txt", "a\n")
        }),
        ("settings", &|| {
            package.write("icon.svg", "<svg></svg>");
            package.write("xmcp.toml", "[server]\nicons = [{ src = \"icon.svg\" }]\n");
        }),
        ("an icon", &|| package.write("icon.svg", "<svg/>")),
        ("a state", &|| {
            package.write("src/state.rs", "pub async fn state() {}\n")
        }),
        ("its end", &|| package.remove("src/state.rs")),
        ("no settings", &|| package.remove("xmcp.toml")),
    ];
    for (what, step) in steps {
        step();
        assert!(!is_fresh(&build(&package)), "{what}");
        assert!(is_fresh(&build(&package)), "after {what}");
    }
}

#[test]
fn tells_every_problem_in_a_line_of_its_own_until_it_is_mended() {
    let package = package("problems");
    package.write("tools/greet.rs", "//! Greets\nfn handler() {}\n");
    package.write("tools/long.rs", "pub fn handler() {\n");
    package.write("prompts/review.rs", "");
    package.write("resources/readme.rs", TOOL);

    let expected = [
        "problems@0.1.0: prompts/review.rs:1:1: file is empty: add `pub async fn handler() -> String`, or remove the file",
        "problems@0.1.0: resources/readme.rs:1:1: resource has no scheme: put it into a folder in parentheses, as \
         `(docs)/readme.rs` for `docs://readme`",
        "problems@0.1.0: tools/greet.rs:2:1: handler is private: write `pub fn handler`",
        "problems@0.1.0: tools/long.rs:1:18: syntax error: a bracket, a text or a comment is not closed",
        "build script logged errors",
    ];
    // A second time too: cargo must not take the first for done.
    for _ in 0..2 {
        let run = package.cargo(&["build"], &[]);
        assert!(!run.succeeded, "{}", run.text);
        assert_eq!(run.lines("error: "), expected, "{}", run.text);
        assert_eq!(run.text.matches("cargo::").count(), 0, "{}", run.text);
    }

    package.write("tools/greet.rs", TOOL);
    package.remove("tools/long.rs");
    package.remove("prompts/review.rs");
    package.remove("resources/readme.rs");
    assert!(package.cargo(&["build"], &[]).succeeded);
}

#[test]
fn warnings_do_not_stop_a_build() {
    let package = package("warnings");
    let name = "a".repeat(65);
    package.write(&format!("tools/{name}.rs"), TOOL);

    let run = package.cargo(&["build"], &[]);

    assert!(run.succeeded, "{}", run.text);
    let warning = format!(
        "warnings@0.1.0: tools/{name}.rs:1:1: tool name `{name}` has 65 characters, and some clients refuse more than 64: shorten it"
    );
    assert_eq!(run.lines("warning: "), [warning]);
}

#[test]
fn an_editor_gets_what_was_understood_and_the_problems_inside() {
    let package = package("editor");
    package.write(
        "src/lib.rs",
        "include!(concat!(env!(\"OUT_DIR\"), \"/xmcp.rs\"));\n",
    );
    package.write("tools/broken.rs", "//! Breaks\nfn handler() {}\n");

    let run = package.cargo(&["check", "--keep-going"], &[("RA_RUSTC_WRAPPER", "1")]);

    let problems = run.lines("error: ");
    assert_eq!(
        problems[0], "tools/broken.rs:2:1: handler is private: write `pub fn handler`",
        "{}",
        run.text
    );
    assert!(
        run.lines("error: failed to run").is_empty() && !run.text.contains("build script"),
        "{}",
        run.text
    );
}

#[test]
fn panics_have_to_unwind() {
    let package = package("panics");
    package.write(
        "src/lib.rs",
        "include!(concat!(env!(\"OUT_DIR\"), \"/xmcp.rs\"));\n",
    );

    let run = package.cargo(&["check"], &[("CARGO_PROFILE_DEV_PANIC", "abort")]);

    let expected = "a panic in a handler has to end one call and not the server: remove `panic = \"abort\"` from the profiles in \
                    Cargo.toml";
    assert!(run.lines("error: ").contains(&expected), "{}", run.text);
}
