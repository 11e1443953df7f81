//! What a skill may hold at most, as the Skills extension says it ("Limits").

use std::fs::{self, File};
use std::io;

use tempfile::TempDir;

/// An app with the skill `large`.
fn root() -> io::Result<TempDir> {
    let root = tempfile::tempdir()?;
    fs::create_dir_all(root.path().join("skills/large"))?;
    let text = "---\nname: large\ndescription: Holds a lot\n---\n";
    fs::write(root.path().join("skills/large/SKILL.md"), text)?;
    Ok(root)
}

#[test]
fn a_skill_has_at_most_512_files() -> io::Result<()> {
    let root = root()?;
    for number in 1..512 {
        File::create(root.path().join(format!("skills/large/{number}.txt")))?;
    }
    let (app, diagnostics) = xmcp_build::plan(root.path());
    assert_eq!(diagnostics.to_string(), "");
    assert_eq!(app.skills.list[0].files.len(), 512);

    File::create(root.path().join("skills/large/512.txt"))?;
    let (app, diagnostics) = xmcp_build::plan(root.path());
    assert_eq!(
        diagnostics.to_string(),
        "error: skills/large/SKILL.md:1:1: skill has 513 files, more than the 512 that every host takes: make it two\n"
    );
    assert!(app.skills.list.is_empty() && app.skills.files.is_empty());
    Ok(())
}

#[test]
fn a_skill_has_at_most_16_mebibytes() -> io::Result<()> {
    let root = root()?;
    let file = File::create(root.path().join("skills/large/data.bin"))?;
    file.set_len(16 * 1024 * 1024)?;

    assert_eq!(
        xmcp_build::plan(root.path()).1.to_string(),
        "error: skills/large/SKILL.md:1:1: skill has 16777261 bytes, more than the 16777216 that every host takes: make it two\n"
    );
    Ok(())
}
