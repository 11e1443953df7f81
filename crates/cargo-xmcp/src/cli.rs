//! The command line as a whole: what all commands share, and which there are.

use std::{env, ffi::OsString, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::{Output, commands};

/// Makes, runs, checks and ships MCP servers in which a file is a tool.
#[derive(Debug, Parser)]
#[command(
    name = "cargo xmcp",
    bin_name = "cargo xmcp",
    version,
    propagate_version = true
)]
struct Cli {
    #[command(subcommand)]
    command: Command,

    /// Say more about what is done, and how long it takes
    #[arg(short, long, global = true)]
    verbose: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    New(commands::new::Arguments),
    Init(commands::init::Arguments),
    Create(commands::create::Arguments),
    Dev(commands::dev::Arguments),
    Build(commands::build::Arguments),
    Check(commands::check::Arguments),
    Inspect(Box<commands::inspect::Arguments>),
    Token(commands::token::Arguments),
    Connect(commands::connect::Arguments),
    Doctor(commands::doctor::Arguments),
    Emulator(commands::emulator::Arguments),
    // A command stands here in the order in which people meet it: new, init, create, dev, build, check, inspect, token,
    // connect, doctor, emulator.
}

/// Runs the command that the process was started with; the exit code is 0, 1 when the command failed, and 2 when the command line
/// is not understood.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse_from(without_cargo(env::args_os())) {
        Ok(cli) => cli,
        Err(error) => return not_understood(&error),
    };
    let output = Output::new(cli.verbose);
    let done = match cli.command {
        Command::New(arguments) => commands::new::run(&arguments, &output),
        Command::Init(arguments) => commands::init::run(&arguments, &output),
        Command::Create(arguments) => commands::create::run(&arguments, &output),
        Command::Dev(arguments) => commands::dev::run(&arguments, &output),
        Command::Build(arguments) => commands::build::run(&arguments, &output),
        Command::Check(arguments) => commands::check::run(&arguments, &output),
        Command::Inspect(arguments) => commands::inspect::run(&arguments, &output),
        Command::Token(arguments) => commands::token::run(&arguments, &output),
        Command::Connect(arguments) => commands::connect::run(&arguments, &output),
        Command::Doctor(arguments) => commands::doctor::run(&arguments, &output),
        Command::Emulator(arguments) => commands::emulator::run(&arguments, &output),
    };
    match done {
        Ok(code) => code,
        Err(failure) => {
            output.failure(&failure);
            ExitCode::FAILURE
        }
    }
}

/// Help and version go to stdout. What is wrong with the command line is said in clap's words, with a hint as every mistake has one.
fn not_understood(error: &clap::Error) -> ExitCode {
    if !error.use_stderr() {
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    let said = error.render().ansi().to_string();
    let said = said.trim_end();
    let said = match said.rsplit_once("\n\nFor more information, try ") {
        Some((said, _)) if said.contains("tip:") => said.replace("tip:", "hint:"),
        Some((said, _)) => {
            format!("{said}\n\nhint: `--help` behind the command says what it takes")
        }
        None => said.to_owned(),
    };
    Output::new(false).say(&said);
    ExitCode::from(2)
}

/// Cargo starts `cargo-xmcp xmcp new`; a person may type `cargo-xmcp new`.
fn without_cargo(arguments: impl Iterator<Item = OsString>) -> impl Iterator<Item = OsString> {
    arguments
        .enumerate()
        .filter(|(at, argument)| *at != 1 || argument != "xmcp")
        .map(|(_, argument)| argument)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::{Cli, without_cargo};

    #[test]
    fn the_command_line_contradicts_itself_nowhere() {
        Cli::command().debug_assert();
    }

    #[test]
    fn what_cargo_puts_first_is_left_out_once() {
        let typed = |text: &str| -> Vec<String> {
            without_cargo(text.split(' ').map(Into::into))
                .map(|argument| argument.into_string().unwrap())
                .collect()
        };

        assert_eq!(
            typed("cargo-xmcp xmcp new xmcp"),
            ["cargo-xmcp", "new", "xmcp"]
        );
        assert_eq!(typed("cargo-xmcp new xmcp"), ["cargo-xmcp", "new", "xmcp"]);
    }
}
