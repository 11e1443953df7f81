//! `cargo xmcp connect`: the server in a client's configuration.

mod client;
mod entry;
mod json;
mod places;
mod toml;
mod write;

use std::{path::PathBuf, process::ExitCode};

use clap::Args;
use serde::Serialize;
use serde_json::Value;

use crate::{Failure, Output, Project, Result, api_keys, endpoint, local::Local};
use client::{Client, Format, Scope};
use entry::Server;

/// Write the server into a client's configuration
///
/// What is there stays, comments too. The old file is kept beside the new one, as `.bak`. An entry of the same name that says something else
/// is left alone, unless `--force` replaces it.
///
/// Without `--url` or `--stdio` it is the app of this folder as `xmcp.toml` has it: over HTTP at the URL that its clients use, or started by the
/// client over stdio. Claude Desktop starts programs only. Tokens are never written: a client signs its user in by itself.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  cargo xmcp connect claude-code
  cargo xmcp connect vscode --scope project
  cargo xmcp connect claude-desktop --stdio
  cargo xmcp connect cursor --url https://mcp.example.com/mcp --name tickets
  cargo xmcp connect codex --print")]
#[group(skip)]
pub(crate) struct Arguments {
    /// The client
    #[arg(value_enum)]
    client: Client,

    /// The server's URL, with the path of its endpoint
    #[arg(long, conflicts_with = "stdio")]
    url: Option<String>,

    /// Let the client start the app of this folder
    #[arg(long)]
    stdio: bool,

    /// The name of the entry; else the app's, or the host of the URL
    #[arg(long)]
    name: Option<String>,

    /// Whose configuration: yours for all of your work, or that of this folder, which others may share
    #[arg(long, value_enum, default_value_t = Scope::User)]
    scope: Scope,

    /// Print the entry, and write nothing
    #[arg(long)]
    print: bool,

    /// Replace an entry of the same name
    #[arg(long, conflicts_with = "print")]
    force: bool,

    /// What is printed as JSON, with the file that it belongs to
    #[arg(long, requires = "print")]
    json: bool,

    #[command(flatten)]
    project: crate::project::Selection,
}

/// What is left to do where callers bring keys.
const KEY: &str = "the server takes API keys, and keys are never written: add the header `X-Api-Key` with yours to the entry";

/// What `--print --json` says.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Printed<'a> {
    client: &'a str,
    file: PathBuf,
    key: &'a str,
    name: &'a str,
    entry: Value,
}

pub(crate) fn run(arguments: &Arguments, output: &Output) -> Result<ExitCode> {
    let client = arguments.client;
    let project = match (&arguments.url, arguments.project.is_named()) {
        (Some(_), false) => Project::find(&arguments.project).ok(),
        _ => Some(Project::find(&arguments.project)?),
    };
    let server = server(arguments, project.as_ref())?;
    let name = name(arguments, project.as_ref())?;
    let folder = match &project {
        Some(project) => project.root().to_owned(),
        None => PathBuf::new(),
    };
    let takes_keys = arguments.url.is_none()
        && matches!(server, Server::Url(_))
        && api_keys::are_taken(&xmcp_build::plan(&folder).0);
    let file = client.file(arguments.scope, &folder)?;
    let entry = client.entry(&server)?;
    if arguments.print {
        let printed = Printed {
            client: client.word(),
            file,
            key: client.key(),
            name: &name,
            entry,
        };
        print(&printed, client, arguments.json, output);
        if takes_keys {
            output.warning(KEY);
        }
        return Ok(ExitCode::SUCCESS);
    }
    if arguments.scope == Scope::Project {
        let here = std::path::Path::new(".");
        let is_named = folder.as_os_str().is_empty();
        write::inside(&file, if is_named { here } else { &folder })?;
    }
    let text = write::read(&file)?;
    let asked = write::Asked {
        file: &file,
        key: client.key(),
        name: &name,
        entry: &entry,
        force: arguments.force,
    };
    let changed = match client.format() {
        Format::Json => json::with_entry(&text, &asked)?,
        Format::Toml => toml::with_entry(&text, &asked)?,
    };
    let Some(changed) = changed else {
        output.say(&format!("`{name}` is in {} already", file.display()));
        return Ok(ExitCode::SUCCESS);
    };
    let backup = write::replace(&file, &changed, arguments.scope)?;
    output.done("Added", &format!("`{name}` to {}", file.display()));
    if let Some(backup) = backup {
        output.say(&format!("What it was is in {}", backup.display()));
    }
    if let Server::Program { command, .. } = &server
        && !command.is_file()
    {
        output.warning(&format!(
            "{} is not built yet: `cargo build`",
            command.display()
        ));
    }
    if takes_keys {
        output.warning(KEY);
    }
    output.say(client.next());
    Ok(ExitCode::SUCCESS)
}

fn server(arguments: &Arguments, project: Option<&Project>) -> Result<Server> {
    if let Some(url) = &arguments.url {
        return Ok(Server::Url(endpoint::parse(url)?));
    }
    let project = match project {
        Some(project) => project,
        None => &Project::find(&arguments.project)?,
    };
    let local = Local::of(project.root())?;
    let starts = arguments.stdio
        || !arguments.client.takes_urls()
        || local.settings().server.transport == xmcp_config::Transport::Stdio;
    if !starts {
        return Ok(Server::Url(endpoint::parse(&local.url())?));
    }
    let binary = format!("{}{}", project.binary()?, std::env::consts::EXE_SUFFIX);
    Ok(Server::Program {
        command: project.target_directory().join("debug").join(binary),
        arguments: vec!["--stdio".to_owned()],
    })
}

/// A name that every client takes.
fn name(arguments: &Arguments, project: Option<&Project>) -> Result<String> {
    let host = || {
        let url = endpoint::parse(arguments.url.as_deref()?).ok()?;
        Some(
            url.host_str()?
                .replace(|it: char| !it.is_ascii_alphanumeric(), "-"),
        )
    };
    let name = arguments.name.clone();
    let name = match (&arguments.url, project) {
        (Some(_), _) => name.or_else(host),
        (None, Some(project)) => name.or_else(|| Some(project.name().to_owned())),
        (None, None) => name,
    };
    let name = name.unwrap_or_default();
    let is_good = (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
    if is_good {
        return Ok(name);
    }
    Err(
        Failure::new(format!("`{name}` is no name that clients take"))
            .hint("use up to 64 letters, digits, `-` and `_`: `--name my-server`"),
    )
}

fn print(printed: &Printed<'_>, client: Client, json: bool, output: &Output) {
    output.say(&format!("This belongs in {}:", printed.file.display()));
    if json {
        output.json(printed);
        return;
    }
    match client.format() {
        Format::Json => {
            let mut servers = serde_json::Map::new();
            servers.insert(printed.name.to_owned(), printed.entry.clone());
            let mut document = serde_json::Map::new();
            document.insert(printed.key.to_owned(), servers.into());
            output.json(&document);
        }
        Format::Toml => {
            output.data(toml::alone(printed.key, printed.name, &printed.entry).trim_end())
        }
    }
}
