//! `cargo xmcp check`: all that is wrong with an app, before rustc has looked at it.

use std::process::ExitCode;

use clap::Args;

use crate::{Output, Project, Result, drawing::Finding};

/// Check the app without building it
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    #[command(flatten)]
    project: crate::project::Selection,
}

pub(crate) fn run(arguments: &Arguments, output: &Output) -> Result<ExitCode> {
    let project = Project::find(&arguments.project)?;
    let (_, diagnostics) = xmcp_build::plan(project.root());
    for diagnostic in diagnostics.iter() {
        output.say(&(Finding::from(diagnostic).draw(project.root()) + "\n"));
    }
    Ok(if diagnostics.has_errors() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}
