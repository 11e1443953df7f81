//! `cargo xmcp new`: an app that builds, passes its tests and serves.

use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
};

use clap::Args;

use crate::{
    Failure, Output, Result, files,
    scaffold::{
        self, Auth, Blueprint, Choices, Framework, Options, PackageName, Questions, Transport,
    },
};

/// Make a new app in a folder of its own
///
/// It builds, passes its own tests and serves. What no flag says is asked for on a terminal, and has its default elsewhere. Ctrl-C or Esc
/// at a question ends the command with exit code 1, and nothing is written.
///
/// The framework's crates are not published yet, so the app depends on a checkout of them by its path: the one that this command was
/// built from, or the one that `--path` names.
#[derive(Args, Debug)]
#[group(skip)]
#[command(after_help = "\
Examples:
  cargo xmcp new my-server                                      Asks for the rest
  cargo xmcp new my-server --yes                                HTTP, with Scalekit
  cargo xmcp new ~/servers/notes --auth api-key --with tools,prompts
  cargo xmcp new local-files --transport stdio")]
pub(crate) struct Arguments {
    /// The folder to make; its last part is the name of the package
    #[arg(value_name = "NAME")]
    folder: Option<PathBuf>,

    #[command(flatten)]
    options: Options,

    /// Make no git repository; none is made inside another one either
    #[arg(long)]
    no_git: bool,
}

pub(crate) fn run(arguments: &Arguments, output: &Output) -> Result<ExitCode> {
    let questions = Questions::new(&arguments.options);
    let framework = Framework::find(arguments.options.path.as_deref())?;
    let folder = match &arguments.folder {
        Some(folder) => folder.clone(),
        None => questions.name()?.into(),
    };
    let package = package(&folder)?;
    refuse_if_taken(&folder)?;
    let blueprint = Blueprint {
        library: package.in_code(),
        package: package.as_str().to_owned(),
        choices: questions.choices(&arguments.options)?,
        framework,
    };
    for file in blueprint.files() {
        files::create(&folder.join(file.path), &file.text)?;
    }
    if blueprint.choices.auth == Auth::ApiKey {
        files::create_secret(&folder.join(".env"), &scaffold::variables_with_key()?)?;
    }
    let has_repository = !arguments.no_git && make_repository(&folder, output);
    report(&folder, &blueprint, has_repository, output);
    Ok(ExitCode::SUCCESS)
}

/// The name that the folder gives the package.
fn package(folder: &Path) -> Result<PackageName> {
    let name = folder
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    PackageName::parse(&name).map_err(|illegal| {
        let better = folder.with_file_name(&illegal.nearest);
        Failure::new(illegal.to_string())
            .hint(format!("`cargo xmcp new {}` would do", better.display()))
    })
}

fn refuse_if_taken(folder: &Path) -> Result<()> {
    let is_taken = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) => error.kind() != ErrorKind::NotFound,
    };
    if is_taken {
        return Err(
            Failure::new(format!("`{}` is there already", folder.display())).hint(
                "choose another name; `cargo xmcp init` adds what an app has to an existing crate",
            ),
        );
    }
    Ok(())
}

/// Makes a git repository of the folder, unless it is in one.
fn make_repository(folder: &Path, output: &Output) -> bool {
    let git = |arguments: &[&str]| {
        Command::new("git")
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
    };
    match git(&["rev-parse", "--is-inside-work-tree"]) {
        Ok(status) if status.success() => false,
        Ok(_) => git(&["init", "--quiet"]).is_ok_and(|status| status.success()),
        Err(error) => {
            output.detail(&format!("no git repository was made: git: {error}"));
            false
        }
    }
}

fn report(folder: &Path, blueprint: &Blueprint, has_repository: bool, output: &Output) {
    let Choices {
        transport,
        auth,
        with,
    } = &blueprint.choices;
    let with: Vec<_> = with.iter().map(ToString::to_string).collect();
    let git = if has_repository {
        ", a git repository"
    } else {
        ""
    };
    output.done(
        "Created",
        &format!(
            "`{}` ({transport}, auth: {auth}, {}{git})",
            folder.display(),
            with.join(", ")
        ),
    );
    output.say(&format!(
        "        It depends on the framework in {}, because its crates are not published yet.",
        blueprint.framework.root().display()
    ));
    let runs = match (transport, auth) {
        (Transport::Stdio, _) => "what a client starts: it speaks MCP on stdin and stdout",
        (_, Auth::Scalekit) => {
            "serves http://localhost:3001/mcp, with a local Scalekit to sign in at"
        }
        (_, Auth::Jwt) => {
            "serves http://localhost:3001/mcp; src/middleware.rs says whose tokens it takes"
        }
        (_, Auth::ApiKey) => "serves http://localhost:3001/mcp; a key of yours is in .env",
        (_, Auth::None) => "serves http://localhost:3001/mcp, for everybody on this machine",
    };
    output.say("\nNext:");
    output.say(&format!("  cd {}", folder.display()));
    output.say(&format!("  cargo run                         {runs}"));
    output.say("  cargo xmcp dev                    the same, and every change is served at once");
    output.say("  cargo xmcp create tool dice/roll  a file that is a tool");
    output.say("  cargo test                        the tools, in memory");
}
