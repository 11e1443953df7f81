//! The app as a process: what it reads at start, what it says, and how it ends.

mod banner;
mod emulator;
mod environment;
mod flags;
mod health;
mod key_place;
mod log;
mod serving;
mod signal;
mod supervisor;
mod terminal;

use std::{
    io::{self, Write},
    path::Path,
    process::ExitCode,
};

use xmcp_config::Settings;

pub use self::emulator::Emulator;
#[cfg(feature = "emulator")]
pub(crate) use self::emulator::start as start_emulator;
use self::{
    flags::{Command, Flags},
    serving::{HandedOver, serve_with},
};
use crate::{App, StartError, http::listener, panic};

/// The command line made no sense.
const USAGE: u8 = 2;

/// Runs the app as a process: this is all that `main` has to do.
///
/// Reads the command line (`--help` lists the flags), `.env` in the working directory, and the environment; starts the log on
/// standard error; and serves over the transport of the settings until SIGINT or SIGTERM, then finishes the calls in progress
/// within `[http.limits] drain_seconds`. Panics go to the log instead of Rust's panic hook; a program with a hook of its own sets it
/// in `state()`, after this. It is to be called first, before the program starts any thread, because `.env` changes
/// the environment.
///
/// Over HTTP, a development build whose middleware asks for Scalekit's variables while none of them is set starts a local Scalekit
/// (feature `emulator`), and says how to sign in. Any other build names what is missing, and ends.
///
/// The exit code is 0 after an orderly end, 2 for flags that make no sense, and 1 for everything else that keeps the server from
/// starting, each problem on a line of its own on standard error.
///
/// ```no_run
/// # fn app() -> xmcp::App { unimplemented!() }
/// fn main() -> std::process::ExitCode {
///     xmcp::run(app())
/// }
/// ```
pub fn run(app: App) -> ExitCode {
    let command = match flags::parse(std::env::args_os().skip(1)) {
        Ok(command) => command,
        Err(error) => {
            say(&format!("error: {error}"));
            return ExitCode::from(USAGE);
        }
    };
    let settings = app.settings();
    match command {
        Command::Help => {
            say(flags::help(&program()).trim_end());
            ExitCode::SUCCESS
        }
        Command::Version => {
            say(&format!(
                "{} {}",
                settings.server.name, settings.server.version
            ));
            ExitCode::SUCCESS
        }
        Command::Health(flags) => {
            match in_effect(settings, &flags).map(|settings| health::ask(&settings.http)) {
                Ok(Ok(well)) => {
                    say(&well);
                    ExitCode::SUCCESS
                }
                Ok(Err(problem)) => fail(&problem),
                Err(error) => fail(&error.to_string()),
            }
        }
        Command::Serve(flags) => match start(app, settings, &flags) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => fail(&error.to_string()),
        },
    }
}

/// Serves the app until SIGINT or SIGTERM, in a program with a runtime and a log of its own.
///
/// The environment is applied to the settings of `xmcp.toml`; the command line and `.env` are the program's business, and sockets
/// are not taken over from `LISTEN_FDS`. A local Scalekit is started as [`run`] does it.
///
/// # Errors
///
/// Everything that keeps the server from starting.
///
/// ```no_run
/// # fn app() -> xmcp::App { unimplemented!() }
/// #[tokio::main]
/// async fn main() -> Result<(), xmcp::StartError> {
///     xmcp::serve(app()).await
/// }
/// ```
pub async fn serve(app: App) -> Result<(), StartError> {
    let mut settings = app.settings();
    apply_environment(&mut settings, &Flags::default())?;
    serve_with(app, settings, HandedOver::default()).await
}

/// Everything up to the runtime, while the process has one thread.
fn start(app: App, settings: Settings, flags: &Flags) -> Result<(), StartError> {
    let settings = in_effect(settings, flags)?;
    log::start(&settings.log).map_err(|problem| StartError::Settings(vec![problem]))?;
    panic::log_all();
    environment::warn_of_unknown();
    let handed_over = HandedOver::new(listener::handed_over());
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|source| StartError::System {
            what: "the runtime cannot be started",
            source,
        })?;
    let result = runtime.block_on(serve_with(app, settings, handed_over));
    // A handler that still blocks a thread does not hold up the end.
    runtime.shutdown_background();
    result
}

/// The settings with `.env`, environment and command line applied.
fn in_effect(mut settings: Settings, flags: &Flags) -> Result<Settings, StartError> {
    if !flags.ignores_env_file {
        environment::load(Path::new(".env"))
            .map_err(|error| StartError::Settings(vec![error.to_string()]))?;
    }
    apply_environment(&mut settings, flags)?;
    Ok(settings)
}

fn apply_environment(settings: &mut Settings, flags: &Flags) -> Result<(), StartError> {
    environment::apply(settings, flags, |name| std::env::var(name).ok())
        .map_err(StartError::Settings)
}

/// What the program is called on its command line.
fn program() -> String {
    let path = std::env::args_os().next();
    let name = path.as_deref().map(Path::new).and_then(Path::file_name);
    name.map_or_else(
        || String::from("server"),
        |name| name.to_string_lossy().into_owned(),
    )
}

/// Writes for people. Nobody there to read is no reason to fail.
fn say(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

fn fail(problems: &str) -> ExitCode {
    for problem in problems.lines() {
        say(&format!("error: {problem}"));
    }
    ExitCode::FAILURE
}
