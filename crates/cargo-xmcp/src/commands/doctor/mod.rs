//! `cargo xmcp doctor`: a walk to a server as a client takes it, and a look at the app of this folder.

mod app;
mod auth;
mod clock;
mod examples;
mod finding;
mod identity;
mod machine;
mod server;

use std::{process::ExitCode, time::Duration};

use clap::Args;
use serde::Serialize;
use xmcp_config::Transport;

use crate::{Output, Project, Result, endpoint, local::Local, runtime};
use finding::{Finding, Level, Report};

/// Find out why a server and its clients do not come together
///
/// With a URL: whether it is reached, refuses strangers' `Host` and `Origin`, speaks both revisions of the protocol, and, if it asks for a
/// credential, whether a client can find out where to get one: challenge, metadata, authorization server, registration. Any MCP server will do.
///
/// In an app's folder also what is known to go wrong there. Each finding says what to do. The exit code is 1 when there is a problem.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo xmcp doctor
  cargo xmcp doctor http://localhost:3001/mcp
  cargo xmcp doctor https://mcp.example.com/mcp --json")]
#[group(skip)]
pub(crate) struct Arguments {
    /// The server's URL, to the letter as clients are given it; else that of the app of this folder, if it runs
    url: Option<String>,

    #[command(flatten)]
    project: crate::project::Selection,

    /// How many seconds each answer may take
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=600))]
    timeout: u64,

    /// The findings as JSON, on stdout
    #[arg(long)]
    json: bool,
}

/// What `--json` says.
#[derive(Serialize)]
struct Document<'a> {
    problems: usize,
    warnings: usize,
    findings: &'a [Finding],
}

pub(crate) fn run(arguments: &Arguments, output: &Output) -> Result<ExitCode> {
    let url = arguments.url.as_deref().map(endpoint::parse).transpose()?;
    let timeout = Duration::from_secs(arguments.timeout);
    let project = match (&url, arguments.project.is_named()) {
        // Elsewhere it is about the server alone.
        (Some(_), false) => None,
        _ => Some(Project::find(&arguments.project)?),
    };
    let report = runtime::block_on(async {
        let mut report = Report::default();
        if let Some(project) = &project {
            app::examine(project, &mut report);
            if let Ok(local) = Local::of(project.root()) {
                machine::examine(project, &local, timeout, &mut report).await;
                match local.settings().server.transport {
                    _ if url.is_some() => {}
                    Transport::Stdio => server::started_by_clients(&mut report),
                    Transport::Http => {
                        let url = endpoint::parse(&local.url())?;
                        let name = &local.settings().server.name;
                        let name = if name.is_empty() {
                            project.name()
                        } else {
                            name
                        };
                        server::examine_if_running(name, &url, timeout, &mut report).await?;
                    }
                }
            }
        }
        if let Some(url) = &url {
            server::examine(url, timeout, &mut report).await?;
        }
        Ok(report)
    })?;
    let problems = report.count(Level::Problem);
    if arguments.json {
        output.json(&Document {
            problems,
            warnings: report.count(Level::Warning),
            findings: report.findings(),
        });
    } else {
        report.show(output);
    }
    Ok(match problems {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}
