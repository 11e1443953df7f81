//! docs/cli.md is what the help texts say.
//!
//! `UPDATE_EXPECT=1 cargo test -p cargo-xmcp --test documentation` writes it anew.

#[expect(dead_code, reason = "the tests of the commands use the rest")]
mod support;

use std::{env, fs};

use support::{Session, checkout};

const OPENING: &str = "# Command line

`cargo install --locked --path crates/cargo-xmcp` gives `cargo xmcp`. In this repository `cargo x` is the same without installing it.

What a command was asked for goes to stdout, everything else to stderr; colours are on terminals alone (`NO_COLOR`, `CLICOLOR_FORCE`). The
exit code is 0, or 1 when the command could not do what it was asked, which a `hint:` line follows, or 2 when the command line is not
understood.

This page is what `--help` says.
";

/// A page of all help texts.
fn page() -> String {
    let session = Session::new();
    let help = |arguments: &[&str]| {
        let said = session.run(arguments.iter().copied()).succeeded().stdout;
        let lines: Vec<_> = said.lines().map(str::trim_end).collect();
        lines.join("\n").trim_end().to_owned()
    };
    let of_all = help(&["--help"]);
    let mut page = format!("{OPENING}\n```text\n{of_all}\n```\n");
    for command in commands(&of_all) {
        let said = help(&[command, "--help"]);
        page += &format!("\n## `cargo xmcp {command}`\n\n```text\n{said}\n```\n");
    }
    page
}

/// The commands that the help names: `  new     Make a new app`.
fn commands(help: &str) -> Vec<&str> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    lines
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "))
        .filter_map(|line| line.split_whitespace().next())
        .filter(|command| *command != "help")
        .collect()
}

#[test]
fn the_page_of_the_command_line_is_what_the_help_says() {
    let path = checkout().join("docs/cli.md");
    let page = page();
    if env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(&path, &page).unwrap();
    }
    let written = fs::read_to_string(&path)
        .unwrap_or_default()
        .replace("\r\n", "\n");
    assert!(
        written == page,
        "docs/cli.md is not what the help says: run `UPDATE_EXPECT=1 cargo test -p cargo-xmcp --test documentation`"
    );
}

#[test]
fn every_command_shows_an_example() {
    let session = Session::new();
    let of_all = session.run(["--help"]).succeeded().stdout;
    let commands = commands(&of_all);
    assert!(commands.contains(&"new"));
    for command in commands {
        let help = session.run([command, "--help"]).succeeded();
        let (_, examples) = help.stdout.split_once("\nExamples:\n").unwrap();
        assert!(
            examples.contains(&format!("cargo xmcp {command}")),
            "{help}"
        );
    }
}
