//! The build script's dealings with cargo: what it asks, what it is told, and the one file that is written.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use crate::{Profile, generate, plan, watch};

/// Builds the registry of the app whose build script this is.
///
/// Writes `OUT_DIR/xmcp.rs`, when its text is new, and tells cargo what to watch. Problems are told to cargo, a line each, and
/// an error among them fails the build. Under rust-analyzer they become `compile_error!`s in the generated file instead: a
/// failing build script would take the editor's help away from every file.
pub fn build() {
    let output = match Environment::read() {
        Ok(environment) => run(&environment),
        Err(variable) => format!(
            "cargo::error=`{variable}` is not set: call `xmcp_build::build()` from build.rs only\n"
        ),
    };
    // Cargo reads a build script's standard output, and fails the build when an error is in it. The script itself succeeds, for
    // otherwise cargo would show its whole output below the problems.
    // A cargo that no longer listens has nobody to tell.
    let _ = io::stdout().write_all(output.as_bytes());
}

/// What cargo tells a build script.
struct Environment {
    root: PathBuf,
    output: PathBuf,
    profile: Profile,
    is_editor: bool,
    dylib: Option<PathBuf>,
}

/// Set by rust-analyzer when it runs build scripts for itself.
const EDITOR: &str = "RA_RUSTC_WRAPPER";
/// Set by `cargo xmcp dev` to the folder of a shared library, `xmcp_dylib`, that the framework is in.
const DYLIB: &str = "XMCP_DEV_DYLIB";

impl Environment {
    fn read() -> Result<Self, &'static str> {
        let variable = |name| env::var_os(name).ok_or(name);
        Ok(Self {
            root: variable("CARGO_MANIFEST_DIR")?.into(),
            output: variable("OUT_DIR")?.into(),
            profile: if variable("PROFILE")? == "debug" {
                Profile::Debug
            } else {
                Profile::Release
            },
            is_editor: env::var_os(EDITOR).is_some(),
            dylib: env::var_os(DYLIB).map(PathBuf::from),
        })
    }
}

/// Does the work, and returns what to tell cargo.
fn run(environment: &Environment) -> String {
    let Environment {
        root,
        output,
        profile,
        is_editor,
        dylib,
    } = environment;
    let (app, diagnostics) = plan(root);
    let mut lines =
        format!("cargo::rerun-if-env-changed={EDITOR}\ncargo::rerun-if-env-changed={DYLIB}\n");
    for path in watch::paths(root, output, &app.inputs) {
        let _ = writeln!(lines, "cargo::rerun-if-changed={}", path.display());
    }
    if !is_editor {
        for diagnostic in diagnostics.iter() {
            let _ = writeln!(lines, "cargo::{}={diagnostic}", diagnostic.severity);
        }
        if diagnostics.has_errors() {
            return lines;
        }
    }
    let file = output.join("xmcp.rs");
    let mut text = generate(&app, *profile, &diagnostics);
    if let (Some(folder), Profile::Debug) = (dylib, profile) {
        // There is no static library of that name, so everything that is in this one is linked from it.
        text.push_str("\nextern crate xmcp_dylib as _;\n");
        let _ = writeln!(lines, "cargo::rustc-link-search=all={}", folder.display());
    }
    if let Err(error) = write_if_changed(&file, &text) {
        let _ = writeln!(
            lines,
            "cargo::error=cannot write `{}`: {error}",
            file.display()
        );
    }
    lines
}

/// Leaves a file alone that has the text already: what depends on it stays fresh.
fn write_if_changed(path: &Path, text: &str) -> io::Result<()> {
    if fs::read(path).is_ok_and(|present| present == text.as_bytes()) {
        return Ok(());
    }
    fs::write(path, text)
}
