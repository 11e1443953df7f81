//! `cargo xmcp build`: a release build, and what came of it.

mod binary;
mod elf;
mod report;
mod target;

use std::{
    env,
    ffi::OsString,
    io::BufReader,
    path::PathBuf,
    process::{Command, ExitCode, Stdio},
};

use cargo_metadata::{Message, TargetKind};
use clap::Args;

use crate::{Failure, Output, Project, Result, drawing::Finding, project::Selection};
use report::Report;
use target::Target;

/// Build the server for use, and say what it is
///
/// Checks the app's files, builds with the profile `release`, runs the result once with `--version`, and prints its path, its size, and
/// what it serves. It is one file: settings and skills are in it, so `xmcp.toml` need not be beside it.
///
/// `--static` makes a binary that needs no shared library: with musl where that target and a C compiler for it are installed, else with
/// glibc (`+crt-static`).
#[derive(Args, Debug)]
#[group(skip)]
#[command(after_help = "\
Examples:
  cargo xmcp build
  cargo xmcp build --static
  cargo xmcp build --target aarch64-unknown-linux-gnu
  cargo xmcp build --json -- --locked --offline     What follows `--` is cargo's")]
pub(crate) struct Arguments {
    /// Which platform it is for, as cargo names them
    #[arg(long, value_name = "TRIPLE")]
    target: Option<String>,

    /// Link everything into the binary
    #[arg(long = "static")]
    is_static: bool,

    /// Print one JSON document on stdout
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    project: Selection,

    /// More flags for `cargo build`
    #[arg(last = true, value_name = "CARGO FLAGS")]
    cargo: Vec<OsString>,
}

pub(crate) fn run(arguments: &Arguments, output: &Output) -> Result<ExitCode> {
    let project = Project::find(&arguments.project)?;
    let name = project.binary()?;
    let (app, diagnostics) = xmcp_build::plan(project.root());
    if diagnostics.has_errors() {
        for error in diagnostics.errors() {
            output.say(&(Finding::from(error).draw(project.root()) + "\n"));
        }
        return Err(
            Failure::new("the app's files have errors, so nothing was built")
                .hint("mend them; `cargo xmcp check` looks again without building"),
        );
    }
    let target = Target::choose(arguments.target.as_deref(), arguments.is_static)?;
    if let Some(note) = target.note() {
        output.step("Static", &note);
    }
    let path = build(&project, name, &target, &arguments.cargo)?;
    let report = Report::of(&project, &app, path, &target)?;
    if arguments.is_static && report.is_static == Some(false) {
        output.warning("the binary still needs shared libraries, which a dependency asks for");
    }
    if arguments.json {
        output.json(&report);
    } else {
        for line in report.lines() {
            output.data(&line);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Lets cargo build, which shows its progress, and returns where the binary is.
fn build(project: &Project, name: &str, target: &Target, flags: &[OsString]) -> Result<PathBuf> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let unusable = |error: &std::io::Error| {
        Failure::new("cargo cannot be run")
            .because(error)
            .hint("install it with rustup, or set `CARGO` to where it is")
    };
    let mut command = Command::new(&cargo);
    command
        .args([
            "build",
            "--release",
            "--bin",
            name,
            "--package",
            project.name(),
        ])
        .args(["--message-format", "json-render-diagnostics"])
        .arg("--manifest-path")
        .arg(project.package().manifest_path.as_std_path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    target.apply(&mut command);
    let mut cargo = command
        .args(flags)
        .spawn()
        .map_err(|error| unusable(&error))?;
    let mut path = None;
    if let Some(stdout) = cargo.stdout.take() {
        let messages = Message::parse_stream(BufReader::new(stdout));
        for message in messages.map_while(std::result::Result::ok) {
            if let Message::CompilerArtifact(artifact) = message
                && artifact.target.name == name
                && artifact.target.kind.contains(&TargetKind::Bin)
            {
                path = artifact.executable.map(PathBuf::from).or(path);
            }
        }
    }
    let status = cargo.wait().map_err(|error| unusable(&error))?;
    if !status.success() {
        let failure = Failure::new("the build failed");
        return Err(match target.remedy() {
            Some(remedy) => failure
                .note(format!("for {}: {remedy}", target.triple))
                .hint("mend that, and build again; cargo says more above"),
            None => failure.hint("cargo says above why; mend that, and build again"),
        });
    }
    path.ok_or_else(|| {
        Failure::new(format!("cargo built no binary `{name}`"))
            .hint("look at the flags behind `--`: one of them may have kept it from that")
    })
}
