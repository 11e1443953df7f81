//! How long builds take: said, and judged by nobody.

use std::{env, fs, io, path::Path, process::Stdio, time::Instant};

use crate::{
    machine::Cores,
    row::{Budget, Row, Table, Unit},
};

/// A tool of the app, which is edited.
const EDITED: &str = "tools/greet.rs";

pub fn builds(cores: &Cores, table: &mut Table) {
    let folder = env::temp_dir().join(format!("builds.{}", std::process::id()));
    let mut add = |what, figure| {
        table.add(Row::new(
            what,
            Unit::Seconds,
            Budget::Stated,
            figure,
            "on both cores",
        ));
    };
    add("cold `cargo build` of the app", build(cores, &folder));
    add(
        "`cargo build` after an edit of a tool",
        after_an_edit(cores, &folder),
    );
    // Some hundred megabytes, of which nobody has any use.
    let _ = fs::remove_dir_all(&folder);
}

/// Builds with everything downloaded already, into that folder.
fn build(cores: &Cores, folder: &Path) -> io::Result<f64> {
    let began = Instant::now();
    let status = cores
        .on_both("cargo")
        .args(["build", "--offline", "--bin", "xmcp-app"])
        .env("CARGO_TARGET_DIR", folder)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .status()?;
    if !status.success() {
        return Err(io::Error::other("`cargo build --bin xmcp-app` fails"));
    }
    Ok(began.elapsed().as_secs_f64())
}

/// The file is as it was afterwards.
fn after_an_edit(cores: &Cores, folder: &Path) -> io::Result<f64> {
    let file = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join(EDITED);
    let text = fs::read_to_string(&file)?;
    fs::write(&file, text.replace("Hello", "Welcome"))?;
    let time = build(cores, folder);
    fs::write(&file, text)?;
    time
}
