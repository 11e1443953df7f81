//! `cargo xmcp emulator`: the Scalekit emulator by itself.

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use scalekit_emulator::{
    Emulator, ISSUER_VARIABLE, LIFETIME_VARIABLE, StartError, Started, misspelt_variables_from_env,
};

use crate::{Failure, Output, Result, local::Local, runtime, scalekit, signals::Signals};

/// Run a Scalekit of this machine, without an account
///
/// An authorization server with a page of consent and made-up users (ada, grace, alan), as `cargo run` and `cargo xmcp dev` bring one up beside
/// the app; here it stays while the app comes and goes. In an app's folder it is that app's: tokens and clients survive. Elsewhere it forgets
/// everything at its end, unless `--state` names a folder.
///
/// It listens on 127.0.0.1 only, and ends with Ctrl-C or SIGTERM.
#[derive(Args, Debug)]
#[command(after_help = "\
Variables:
  SCALEKIT_EMULATOR_CONSENT=page|auto|auto:USER    who consents: a person, or a user without a page
  SCALEKIT_EMULATOR_ISSUER=environment|resource    whom tokens name as their issuer
  SCALEKIT_EMULATOR_TOKEN_LIFETIME=SECONDS         how long access tokens live (3600)
  SCALEKIT_EMULATOR_STATE=DIR                      as --state

Examples:
  cargo xmcp emulator
  cargo xmcp emulator --port 3002 --state target/scalekit-emulator
  SCALEKIT_EMULATOR_CONSENT=auto:grace cargo xmcp emulator")]
#[group(skip)]
pub(crate) struct Arguments {
    /// The port of 127.0.0.1 to listen on; 0 is any. Else the folder's last one, 3002, or any, the first that is free
    #[arg(long)]
    port: Option<u16>,

    /// Where keys, clients and the port are kept
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,

    /// The URL of the MCP server that tokens are for; else that of the app
    #[arg(long, value_name = "URL")]
    server_url: Option<String>,

    #[command(flatten)]
    project: crate::project::Selection,
}

pub(crate) fn run(arguments: &Arguments, output: &Output) -> Result<ExitCode> {
    let (project, local) = Local::around(&arguments.project)?;
    for line in misspelt_variables_from_env() {
        output.warning(&line);
    }
    let mut builder = Emulator::builder()
        .server_url(local.url())
        .variables(|name| local.variable(name))
        .map_err(failed)?;
    if project.is_some() {
        let named = local.variable(scalekit_emulator::STATE_VARIABLE);
        builder = builder.state_dir(scalekit::state(named, project.as_ref()));
    }
    if let Some(folder) = &arguments.state {
        builder = builder.state_dir(folder);
    }
    if let Some(port) = arguments.port {
        builder = builder.port(port);
    }
    if let Some(url) = &arguments.server_url {
        builder = builder.server_url(url);
    }
    runtime::block_on(async {
        // Before anything is said: who reads it may send a signal at once.
        let mut signals = Signals::new()?;
        match builder.start_or_join().await.map_err(failed)? {
            Started::Elsewhere(connection) => {
                output.say("An emulator is running on this folder already.\n");
                output.say(connection.introduction().trim_end());
            }
            Started::Here(running) => {
                if let Some(line) = running.warning() {
                    output.warning(&line);
                }
                output.say(running.connection().introduction().trim_end());
                signals.next().await;
                running.shutdown().await;
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}

fn failed(error: StartError) -> Failure {
    let hint = match &error {
        StartError::Variable { variable, .. } if *variable == LIFETIME_VARIABLE => {
            "3600 is an hour".to_owned()
        }
        StartError::Variable { variable, .. } if *variable == ISSUER_VARIABLE => {
            "without it, it is the environment".to_owned()
        }
        StartError::Variable { .. } => "`cargo xmcp emulator --help` has them all".to_owned(),
        StartError::Listen { port, .. } => {
            format!("see who listens on port {port}, or take another one with `--port`")
        }
        StartError::ServerUrl(_) => "write it like `http://localhost:3001/mcp`".to_owned(),
        StartError::User { .. } => "name one of them, as in `auto:ada`".to_owned(),
        StartError::State { .. } => {
            "look at who may write there, or name another folder with `--state`".to_owned()
        }
        _ => "or take another folder with `--state`".to_owned(),
    };
    Failure::new("the emulator does not start")
        .because(&error)
        .hint(hint)
}
