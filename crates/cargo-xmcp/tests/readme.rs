//! The README's session, from nothing to a server, as somebody types it.
#![cfg(unix)]

#[expect(dead_code, reason = "the tests of the commands use the rest")]
mod support;

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use support::{Session, checkout};

/// What the section of the README says to type.
fn lines() -> Vec<String> {
    let readme = fs::read_to_string(checkout().join("README.md")).unwrap();
    let (_, section) = readme.split_once("\n## Make your own\n").unwrap();
    let (_, block) = section.split_once("```sh\n").unwrap();
    let (block, _) = block.split_once("\n```").unwrap();
    block.lines().map(str::to_owned).collect()
}

#[test]
fn the_session_of_the_readme_works_as_it_is_written() {
    type_all("readme", false);
}

#[test]
#[ignore = "makes a release build, which takes minutes"]
fn the_session_of_the_readme_works_with_its_release_build() {
    type_all("readme-release", true);
}

fn type_all(name: &str, with_release: bool) {
    let lines = lines();
    assert!(lines.len() <= 20, "{lines:?}");
    // Always the same place, so that the target folder does not grow with every run.
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&place);
    let mut folder = place.join("checkout");
    fs::create_dir_all(&folder).unwrap();
    let mut session = Session::new();
    session.variable("PORT", "0");
    for line in lines {
        let words: Vec<_> = line.split(' ').collect();
        match &words[..] {
            // What it installs is what runs below.
            ["cargo", "install", "--locked", "--path", path] => {
                assert!(checkout().join(path).join("Cargo.toml").is_file(), "{line}");
            }
            ["cd", path] => folder = folder.join(path).canonicalize().unwrap(),
            ["cargo", "xmcp", "dev"] => serves(&session, &folder),
            ["cargo", "xmcp", "build"] if !with_release => {}
            ["cargo", "xmcp", "build"] => {
                let said = ends_well(session.command(&["build"]), &folder, &line);
                assert!(said.contains("runs        yes, it is "), "{said}");
            }
            ["cargo", "xmcp", arguments @ ..] => {
                ends_well(session.command(arguments), &folder, &line);
            }
            ["cargo", arguments @ ..] => {
                ends_well(session.cargo(arguments), &folder, &line);
            }
            _ => panic!("nobody knows how to type `{line}`"),
        }
    }
    assert!(folder.join("tools/dice/roll.rs").is_file());
}

/// What it says on stdout.
#[track_caller]
fn ends_well(mut command: Command, folder: &PathBuf, line: &str) -> String {
    let output = command.current_dir(folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{line}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// `dev` says that the server runs, and ends when it is asked to.
fn serves(session: &Session, folder: &Path) {
    let mut dev = session
        .command(&["dev"])
        .current_dir(folder)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut lines = BufReader::new(dev.stderr.take().unwrap()).lines();
    let is_serving = lines.by_ref().map_while(Result::ok).any(|line| {
        said += &format!("{line}\n");
        line.contains("http://") && line.contains("/mcp")
    });
    let asked = Command::new("kill").arg(dev.id().to_string()).status();
    assert!(asked.unwrap().success());
    // What it says until its end is read, or it would wait for that.
    let rest: Vec<_> = lines.map_while(Result::ok).collect();
    let status = dev.wait().unwrap();
    assert!(is_serving, "{said}");
    assert!(status.success(), "{status}: {said}{}", rest.join("\n"));
}
