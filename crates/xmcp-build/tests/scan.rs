//! What a folder may hold that a repository cannot: links that lead back, links to nowhere, names that are no text.
#![cfg(unix)]

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

use tempfile::TempDir;

const TOOL: &str = "//! Does it\npub fn handler() {}\n";

fn root() -> TempDir {
    let root = tempfile::tempdir().expect("a temporary folder can be made");
    fs::create_dir(root.path().join("tools")).expect("it is empty");
    root
}

fn problems(root: &TempDir) -> String {
    xmcp_build::plan(root.path()).1.to_string()
}

fn tools(root: &TempDir) -> Vec<String> {
    xmcp_build::plan(root.path())
        .0
        .tools
        .iter()
        .map(|tool| tool.name.to_string())
        .collect()
}

#[test]
fn refuses_links_that_lead_back_to_a_folder_around_them() -> std::io::Result<()> {
    let root = root();
    fs::create_dir(root.path().join("tools/users"))?;
    symlink(
        root.path().join("tools/users"),
        root.path().join("tools/users/again"),
    )?;
    symlink("..", root.path().join("tools/users/up"))?;

    assert_eq!(
        problems(&root),
        "error: tools/users/again:1:1: link leads back to `tools/users`, which holds it: remove the link\n\
         error: tools/users/up:1:1: link leads back to `tools`, which holds it: remove the link\n"
    );
    Ok(())
}

#[test]
fn refuses_links_to_what_is_above_the_folder() -> std::io::Result<()> {
    let root = root();
    fs::write(root.path().join("tools/greet.rs"), TOOL)?;
    symlink("..", root.path().join("tools/root"))?;
    symlink("/", root.path().join("tools/system"))?;

    assert_eq!(
        problems(&root),
        "error: tools/root:1:1: link leads to a folder that holds it: remove the link\n\
         error: tools/system:1:1: link leads to a folder that holds it: remove the link\n"
    );
    assert_eq!(tools(&root), ["greet"]);
    Ok(())
}

#[test]
fn a_folder_without_an_end_is_one_problem() -> std::io::Result<()> {
    let (root, elsewhere) = (root(), root());
    for number in 0..200 {
        fs::write(elsewhere.path().join(format!("tools/{number}.txt")), "")?;
    }
    // Each link is one more way to the same files.
    for number in 0..110 {
        let link = root.path().join(format!("tools/{number}"));
        symlink(elsewhere.path().join("tools"), link)?;
    }

    assert_eq!(
        problems(&root),
        "error: tools:1:1: holds more than 20000 files and folders: remove what is no part of the app, or the link that leads to it\n"
    );
    Ok(())
}

#[test]
fn follows_links_to_files_and_folders_elsewhere() -> std::io::Result<()> {
    let (root, elsewhere) = (root(), root());
    fs::write(elsewhere.path().join("tools/get.rs"), TOOL)?;
    symlink(
        elsewhere.path().join("tools"),
        root.path().join("tools/users"),
    )?;
    symlink(
        elsewhere.path().join("tools/get.rs"),
        root.path().join("tools/find.rs"),
    )?;

    assert_eq!(problems(&root), "");
    assert_eq!(tools(&root), ["find", "users_get"]);
    Ok(())
}

#[test]
fn says_which_link_leads_nowhere() -> std::io::Result<()> {
    let root = root();
    symlink("nowhere.rs", root.path().join("tools/greet.rs"))?;

    assert_eq!(
        problems(&root),
        "error: tools/greet.rs:1:1: cannot be read (No such file or directory (os error 2)): mend it or remove it\n"
    );
    Ok(())
}

#[test]
fn says_which_name_is_not_text() -> std::io::Result<()> {
    let root = root();
    let name = OsStr::from_bytes(b"gr\xFFet.rs");
    // Some file systems refuse such names, and then there is nothing to say.
    if fs::write(root.path().join("tools").join(name), TOOL).is_ok() {
        assert_eq!(
            problems(&root),
            "error: tools/gr\u{FFFD}et.rs:1:1: file's path is not UTF-8: give it another name\n"
        );
    }
    Ok(())
}

#[test]
fn says_which_file_is_not_text() -> std::io::Result<()> {
    let root = root();
    fs::write(root.path().join("tools/greet.rs"), b"//! \xFF\n")?;

    assert_eq!(
        problems(&root),
        "error: tools/greet.rs:1:1: file is not UTF-8: save it as UTF-8\n"
    );
    Ok(())
}

#[test]
fn a_problem_is_one_line_whatever_the_file_is_called() -> std::io::Result<()> {
    let root = root();
    fs::write(root.path().join("tools/gr\neet.rs"), TOOL)?;

    let problems = problems(&root);

    assert_eq!(problems.lines().count(), 1);
    assert!(problems.starts_with(
        "error: tools/gr\\neet.rs:1:1: tool name `gr\\neet` has the character `\\n`: "
    ));
    Ok(())
}

#[test]
fn tools_as_a_file_is_an_error() -> std::io::Result<()> {
    let root = tempfile::tempdir()?;
    fs::write(root.path().join("tools"), "")?;

    assert_eq!(
        problems(&root),
        "error: tools:1:1: is a file: make it a folder with a file for each tool\n"
    );
    Ok(())
}

#[test]
fn a_project_has_to_be_where_generated_code_can_name_it() -> std::io::Result<()> {
    let around = tempfile::tempdir()?;
    let root = around.path().join(OsStr::from_bytes(b"pro\xFFject"));
    // Some file systems refuse such names, and then there is nothing to say.
    if fs::create_dir(&root).is_ok() {
        assert_eq!(
            xmcp_build::plan(&root).1.to_string(),
            "error: Cargo.toml:1:1: the folder's path is not UTF-8, as generated code needs it to be: move the project \
             elsewhere\n"
        );
    }
    Ok(())
}
