//! The release binary of this repository's app, which has auth in it, without names.

use std::{fs, io, process::Command};

use xmcp_benches::program::beside;

use crate::row::{Budget, Row, Table, Unit};

const MOST: Budget = Budget::AtMost(12.0);

pub fn size(table: &mut Table) {
    let what = "stripped release binary of the app, with auth";
    table.add(Row::new(what, Unit::Mebibytes, MOST, stripped(), ""));
}

fn stripped() -> io::Result<f64> {
    let binary = beside("xmcp-app");
    let copy = std::env::temp_dir().join(format!("xmcp-app.{}", std::process::id()));
    let status = Command::new("strip")
        .arg("-o")
        .arg(&copy)
        .arg(&binary)
        .status();
    // The profile leaves no names in it as it is; `strip` makes sure of that where there is one.
    let file = if status.is_ok_and(|status| status.success()) {
        &copy
    } else {
        &binary
    };
    let bytes = fs::metadata(file)?.len();
    let _ = fs::remove_file(&copy);
    Ok(bytes as f64 / f64::from(1024 * 1024))
}
