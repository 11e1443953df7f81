//! `cargo xmcp check`: all that is wrong with an app, before rustc has looked at it, and what could be better.

mod lints;
mod report;

use std::{path::Path, process::ExitCode};

use clap::Args;
use xmcp_build::{App, Severity};

use crate::{Output, Project, Result, drawing::Finding, project::Selection};
use lints::Lint;
use report::Report;

/// Check the app without building it
///
/// Draws every problem that a build would have, all at once, and looks for more than a build does: each of these lints is a warning with
/// its name in brackets. What rustc has to say of the code, it alone says.
///
/// The exit code is 1 when there is an error, and 0 otherwise.
#[derive(Args, Debug)]
#[group(skip)]
#[command(after_help = "\
Lints:
  short-description     a description of one word, or of a few letters
  long-description      a description of more than 500 characters
  similar-descriptions  two files whose descriptions a model cannot tell apart
  no-title              no `.title(\"..\")`, the name for people
  no-hints              a tool that says neither `.read_only(..)` nor `.destructive(..)`
  unscoped-destructive  a destructive tool that needs no scopes
  undocumented-variant  an enum among the arguments whose variants say nothing
  secret-argument       an argument that is named like a secret

Examples:
  cargo xmcp check
  cargo xmcp check --deny warnings                 For a gate: whatever is said fails
  cargo xmcp check --allow no-title,no-hints
  cargo xmcp check --json | jq '.findings[].file'")]
pub(crate) struct Arguments {
    /// Make errors of these lints; `warnings` is all of them, and the warnings of the build
    #[arg(
        long,
        value_enum,
        value_name = "LINT,..",
        value_delimiter = ',',
        hide_possible_values = true
    )]
    deny: Vec<Denied>,

    /// Do not look for these
    #[arg(
        long,
        value_enum,
        value_name = "LINT,..",
        value_delimiter = ',',
        hide_possible_values = true
    )]
    allow: Vec<Lint>,

    /// Print one JSON document on stdout instead of drawings on stderr
    #[arg(long)]
    json: bool,

    #[command(flatten)]
    project: Selection,
}

/// What can be denied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Denied {
    Warnings,
    Lint(Lint),
}

impl clap::ValueEnum for Denied {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [Denied; Lint::ALL.len() + 1] = {
            let mut all = [Denied::Warnings; Lint::ALL.len() + 1];
            let mut at = 0;
            while at < Lint::ALL.len() {
                all[at + 1] = Denied::Lint(Lint::ALL[at]);
                at += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        match self {
            Self::Warnings => Some(clap::builder::PossibleValue::new("warnings")),
            Self::Lint(lint) => lint.to_possible_value(),
        }
    }
}

pub(crate) fn run(arguments: &Arguments, output: &Output) -> Result<ExitCode> {
    let project = Project::find(&arguments.project)?;
    let (app, findings) = findings(project.root(), arguments);
    let report = Report::new(&app, &findings);
    if arguments.json {
        output.json(&report);
    } else {
        for finding in &findings {
            output.say(&(finding.draw(project.root()) + "\n"));
        }
        let word = if report.errors > 0 {
            "Failed"
        } else {
            "Checked"
        };
        match report.errors {
            0 => output.done(word, &report.summary()),
            _ => output.say(&format!("{word}: {}", report.summary())),
        }
    }
    Ok(if report.errors > 0 {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// What there is to say, in the order of the places.
fn findings(root: &Path, arguments: &Arguments) -> (App, Vec<Finding>) {
    let (app, diagnostics) = xmcp_build::plan(root);
    let is_denied = |denied| arguments.deny.contains(&denied);
    let mut findings: Vec<_> = diagnostics.iter().map(Finding::from).collect();
    for (lint, mut diagnostic) in lints::all(&app) {
        if arguments.allow.contains(&lint) {
            continue;
        }
        if is_denied(Denied::Lint(lint)) {
            diagnostic.severity = Severity::Error;
        }
        findings.push(Finding {
            diagnostic,
            lint: Some(lint.name()),
        });
    }
    if is_denied(Denied::Warnings) {
        for finding in &mut findings {
            finding.diagnostic.severity = Severity::Error;
        }
    }
    findings.sort();
    (app, findings)
}
