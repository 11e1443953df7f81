//! `scalekit-emulator`: the emulator as a process. It says on stderr how to reach it, and runs until it is interrupted.

use std::{
    env,
    ffi::OsString,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use scalekit_emulator::{Emulator, Started, misspelt_variables_from_env};

const HELP: &str = "\
A local Scalekit environment, for development and tests.

Usage: scalekit-emulator [--port PORT] [--state DIR] [--server-url URL]

  --port PORT        port of 127.0.0.1 to listen on; 0 is any (else the last one of DIR, 3002, or any, the first that is free)
  --state DIR        keep keys, clients and the port here, so that tokens survive a restart
  --server-url URL   the MCP server that tokens are for (http://localhost:3001/mcp)
  --help             this text

Variables:
  SCALEKIT_EMULATOR_CONSENT=page|auto|auto:USER    who consents: a person, or a user (ada, grace, alan) without a page
  SCALEKIT_EMULATOR_ISSUER=environment|resource    whom tokens name as their issuer
  SCALEKIT_EMULATOR_TOKEN_LIFETIME=SECONDS         how long access tokens live (3600)
  SCALEKIT_EMULATOR_STATE=DIR                      as --state
";

/// What the command line asks for.
#[derive(Default)]
struct Options {
    port: Option<u16>,
    state: Option<PathBuf>,
    server_url: Option<String>,
    help: bool,
}

fn main() -> ExitCode {
    let options = match Options::parse(env::args_os().skip(1)) {
        Ok(options) => options,
        Err(problem) => {
            say(&format!("error: {problem}\n\n{HELP}"));
            return ExitCode::from(2);
        }
    };
    if options.help {
        say(HELP);
        return ExitCode::SUCCESS;
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            say(&format!("error: cannot start: {error}\n"));
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(options)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error}\n"));
            let mut source = error.source();
            while let Some(cause) = source {
                say(&format!("  {cause}\n"));
                source = cause.source();
            }
            ExitCode::FAILURE
        }
    }
}

async fn run(options: Options) -> Result<(), Box<dyn std::error::Error>> {
    let mut builder = Emulator::builder().variables_from_env()?;
    for line in misspelt_variables_from_env() {
        say(&format!("warning: {line}\n"));
    }
    if let Some(port) = options.port {
        builder = builder.port(port);
    }
    if let Some(folder) = options.state {
        builder = builder.state_dir(folder);
    }
    if let Some(url) = options.server_url {
        builder = builder.server_url(url);
    }
    // Before anything is said: who reads it may send a signal at once.
    let interrupted = interrupted()?;
    match builder.start_or_join().await? {
        Started::Elsewhere(connection) => {
            say("An emulator is running on this folder already.\n\n");
            say(&connection.introduction());
        }
        Started::Here(running) => {
            if let Some(line) = running.warning() {
                say(&format!("warning: {line}\n"));
            }
            say(&running.connection().introduction());
            interrupted.await;
            running.shutdown().await;
        }
    }
    Ok(())
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = OsString>) -> Result<Self, String> {
        let mut options = Self::default();
        while let Some(argument) = arguments.next() {
            let argument = argument.to_string_lossy().into_owned();
            let mut value = || {
                arguments
                    .next()
                    .ok_or(format!("`{argument}` needs a value"))
            };
            match argument.as_str() {
                "--help" | "-h" => options.help = true,
                "--port" => {
                    let value = value()?;
                    let port = value.to_str().and_then(|it| it.parse().ok());
                    options.port = Some(port.ok_or(format!("`{}` is no port", value.display()))?);
                }
                "--state" => options.state = Some(value()?.into()),
                "--server-url" => {
                    let value = value()?;
                    let url = value.into_string();
                    options.server_url = Some(url.map_err(|_| "the URL is not text".to_owned())?);
                }
                _ => return Err(format!("`{argument}` is not understood")),
            }
        }
        Ok(options)
    }
}

/// Ends with Ctrl-C, and with SIGTERM where there is one.
fn interrupted() -> io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};

        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        Ok(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}

/// To the people who read stderr. If nobody does, that is no reason to stop.
fn say(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}
