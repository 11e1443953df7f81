//! The app's binary, built.

use std::{
    env,
    io::BufReader,
    path::PathBuf,
    process::{Command, Stdio},
};

use cargo_metadata::Message;

use crate::{Failure, Output, Project, Result};

/// Builds the app as `cargo run` would, and says where its binary is. What cargo has to say goes to stderr.
pub(crate) fn binary(project: &Project, output: &Output) -> Result<PathBuf> {
    let name = project.binary()?;
    output.detail(&format!("building `{name}` of `{}`", project.name()));
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let failed = |error| {
        Failure::new("cannot run cargo")
            .because(&error)
            .hint("install Rust, or set `CARGO` to where cargo is")
    };
    let mut command = Command::new(cargo);
    command
        .arg("build")
        .arg("--manifest-path")
        .arg(project.package().manifest_path.as_std_path())
        .args(["--package", project.name(), "--bin", name])
        .arg("--message-format=json-render-diagnostics")
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    if !output.is_verbose() {
        command.arg("--quiet");
    }
    let mut build = command.spawn().map_err(failed)?;
    let mut binary = None;
    if let Some(said) = build.stdout.take() {
        for message in Message::parse_stream(BufReader::new(said)).flatten() {
            if let Message::CompilerArtifact(artifact) = message
                && artifact.target.name == name
                && let Some(path) = artifact.executable
            {
                binary = Some(path.into_std_path_buf());
            }
        }
    }
    let status = build.wait().map_err(failed)?;
    match binary {
        Some(binary) if status.success() => Ok(binary),
        _ => Err(Failure::new(format!("`{}` does not build", project.name()))
            .hint("mend what cargo says above; `cargo xmcp check` shows what is wrong with tools")),
    }
}
