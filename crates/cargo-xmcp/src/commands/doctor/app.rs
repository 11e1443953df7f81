//! What is known to go wrong in an app's folder: how it is compiled.

use std::{
    env, fs,
    path::Path,
    process::{Command, Stdio},
};

use toml_edit::{DocumentMut, Item};
use xmcp_build::Diagnostics;

use super::{examples, finding::Report};
use crate::{Project, local::Local};

/// Looks at the files of the app, and at the toolchain.
pub(super) fn examine(project: &Project, report: &mut Report) {
    report.area("app");
    let (app, diagnostics) = xmcp_build::plan(project.root());
    tools(&diagnostics, report);
    examples::examine(&app, report);
    panic_strategy(project, report);
    dependencies(project, report);
    schemars(project, report);
    rust_src(report);
    if let Err(failure) = Local::of(project.root()) {
        report.problem(
            "settings",
            failure.in_a_line(),
            failure
                .remedy()
                .unwrap_or("mend it: nothing starts with it"),
        );
    }
}

fn tools(diagnostics: &Diagnostics, report: &mut Report) {
    let count = diagnostics.iter().count();
    if diagnostics.has_errors() {
        report.problem(
            "tools",
            "something in them does not build",
            "`cargo xmcp check` shows what",
        );
    } else if count > 0 {
        report.warning(
            "tools",
            format!("{count} warnings"),
            "`cargo xmcp check` shows them",
        );
    } else {
        report.ok("tools", "nothing is wrong with them");
    }
}

/// A panic in a handler becomes an answer only where it unwinds.
fn panic_strategy(project: &Project, report: &mut Report) {
    let root = project.workspace_root();
    let files = [
        root.join("Cargo.toml"),
        root.join(".cargo/config.toml"),
        project.root().join(".cargo/config.toml"),
    ];
    for file in &files {
        let Some(document) = toml(file) else { continue };
        let profiles = document.get("profile").and_then(Item::as_table_like);
        for (name, profile) in profiles.into_iter().flat_map(|it| it.iter()) {
            if profile.get("panic").and_then(Item::as_str) == Some("abort") {
                report.problem(
                    "panic",
                    format!("`[profile.{name}]` in {} has `panic = \"abort\"`: a panic in one tool would end the server", file.display()),
                    "remove the line",
                );
                return;
            }
        }
    }
    let flags = env::var("RUSTFLAGS").unwrap_or_default();
    if flags.contains("panic=abort") {
        report.problem("panic", "`RUSTFLAGS` has `panic=abort`", "take it out");
        return;
    }
    report.ok(
        "panic",
        "unwinds, so that a tool that panics is an answer and no end",
    );
}

/// The derives of a tool file name both.
fn dependencies(project: &Project, report: &mut Report) {
    for name in ["serde", "schemars"] {
        let dependencies = &project.package().dependencies;
        if dependencies
            .iter()
            .any(|it| it.name == name && it.rename.is_none())
        {
            report.ok("dependencies", format!("`{name}` is there"));
        } else {
            report.problem(
                "dependencies",
                format!("`{name}` is none of them, and the derives of tools name it"),
                match name {
                    "serde" => "`cargo add serde --features derive`",
                    _ => "`cargo add schemars`",
                },
            );
        }
    }
}

/// Of two versions, the derive of one makes nothing of the other's trait.
fn schemars(project: &Project, report: &mut Report) {
    let Some(lock) = toml(&project.workspace_root().join("Cargo.lock")) else {
        report.ok("schemars", "nothing is locked yet");
        return;
    };
    let uses = |package: &str| {
        let packages = lock.get("package")?.as_array_of_tables()?;
        let package = packages
            .iter()
            .find(|it| it.get("name").and_then(Item::as_str) == Some(package))?;
        let used = package.get("dependencies")?.as_array()?.iter();
        let mut used = used.filter_map(|it| it.as_str());
        used.find(|it| it.split(' ').next() == Some("schemars"))
            .map(str::to_owned)
    };
    match (uses(project.name()), uses("xmcp-rs")) {
        (Some(ours), Some(theirs)) if ours != theirs => report.problem(
            "schemars",
            format!("the app uses `{ours}` and xmcp `{theirs}`: what tools derive does not fit"),
            "write the version that xmcp uses into Cargo.toml",
        ),
        _ => report.ok("schemars", "there is one for the app and xmcp"),
    }
}

/// Without it, rust-analyzer knows nothing of the standard library.
fn rust_src(report: &mut Report) {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc)
        .args(["--print", "sysroot"])
        .stdin(Stdio::null())
        .output();
    let Ok(output) = output else {
        report.problem(
            "rust-src",
            "rustc does not run",
            "install Rust, or see to `PATH`",
        );
        return;
    };
    let sysroot = String::from_utf8_lossy(&output.stdout);
    let library = Path::new(sysroot.trim()).join("lib/rustlib/src/rust/library");
    if library.is_dir() {
        report.ok(
            "rust-src",
            "the editor has the sources of the standard library",
        );
    } else {
        report.warning(
            "rust-src",
            "the sources of the standard library are missing: rust-analyzer completes little in tools",
            "`rustup component add rust-src`",
        );
    }
}

fn toml(file: &Path) -> Option<DocumentMut> {
    fs::read_to_string(file).ok()?.parse().ok()
}
