//! `cargo xmcp inspect`: what a server has, and what it answers, whoever made it.

mod arguments;
mod asker;
mod client;
mod credential;
mod explain;
mod field;
mod http;
mod kept;
mod listener;
mod overview;
mod program;
mod show;
mod sign_in;
mod target;

use std::{path::PathBuf, process::ExitCode, str::FromStr, time::Duration};

use clap::{Args, Subcommand};
use rmcp::model::{CallToolRequestParams, GetPromptRequestParams, ReadResourceRequestParams};

use crate::{Output, Result, runtime};
use client::Client;
use overview::Overview;

/// Show what a server has, and call it
///
/// Without an action: who the server is, and its tools, prompts and resources. Any MCP server will do, by its URL, as a program that speaks on
/// stdin and stdout, or, without either, the app of this folder, which is built first.
///
/// A server that wants a user opens a browser for the sign-in; `--token` or `--header` bring a credential instead: other users of
/// the machine may see what a command is started with, so a secret is better read from a file or from stdin. On Unix the token is kept
/// while it lives, in a file below `~/.local/state` that nobody else may read; `--forget` removes it and signs in anew. What the server logs, and
/// how far it is, are on stderr; what it asks its user is asked at the terminal, and declined where there is none. The exit code is 1 when the server cannot be reached, and when a tool says that it failed.
#[derive(Args, Debug)]
#[command(
    args_conflicts_with_subcommands = false,
    subcommand_value_name = "ACTION",
    subcommand_help_heading = "Actions",
    disable_help_subcommand = true,
    after_help = "\
Examples:
  cargo xmcp inspect
  cargo xmcp inspect tool greet name=Ada
  cargo xmcp inspect https://mcp.example.com/mcp
  cargo xmcp inspect https://mcp.example.com/mcp --json tool search --arguments '{\"query\":\"rust\"}'
  cargo xmcp token | cargo xmcp inspect http://localhost:3001/mcp --token - tool whoami
  cargo xmcp inspect --bin npx -y @modelcontextprotocol/server-everything -- tool echo message=hi"
)]
#[group(skip)]
pub(crate) struct Arguments {
    /// The server's URL, with the path of its endpoint
    url: Option<String>,

    /// A program that speaks MCP on stdin and stdout, and all of its arguments: `--` ends them
    #[arg(long, value_name = "PROGRAM", num_args = 1.., allow_hyphen_values = true, value_terminator = "--", conflicts_with_all = ["url", "manifest_path", "package"])]
    bin: Vec<PathBuf>,

    #[command(flatten)]
    project: crate::project::Selection,

    /// A header for each request, like `X-Api-Key: secret`; may come again. `@FILE` is a file of them, one a line, and `@-` is stdin
    #[arg(long, value_name = "NAME: VALUE", requires = "url", value_parser = credential::Given::<credential::Header>::from_str)]
    header: Vec<credential::Given<credential::Header>>,

    /// An access token, sent as `Authorization: Bearer`. `@FILE` is a file that has it, and `-` is stdin
    #[arg(long, requires = "url", value_parser = credential::Given::<credential::Token>::from_str)]
    token: Option<credential::Given<credential::Token>>,

    /// Scopes to sign in for, instead of those that the server asks for
    #[arg(
        long,
        value_name = "SCOPE",
        value_delimiter = ' ',
        conflicts_with = "token"
    )]
    scope: Vec<String>,

    /// Print the address of the sign-in, and open no browser
    #[arg(long)]
    no_browser: bool,

    /// Forget the sign-in that is kept for this server, and sign in anew if it asks for that
    #[arg(long, requires = "url", conflicts_with = "token")]
    forget: bool,

    /// The revision of the protocol; else the newest that both sides know
    #[arg(long, value_name = "VERSION", value_parser = ["2025-11-25", "2026-07-28"])]
    protocol: Option<String>,

    /// How many seconds each answer may take; while you are asked something they do not count
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = seconds)]
    timeout: Duration,

    /// What the server answered as JSON, on stdout
    #[arg(long, global = true)]
    json: bool,

    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Call a tool
    #[command(after_help = "\
Values are read as the tool's schema says: `count=3` is a number for a number, and JSON for a list or an object.

Examples:
  cargo xmcp inspect tool greet name=Ada
  cargo xmcp inspect tool search --arguments '{\"tags\":[\"a\",\"b\"]}'
  cargo xmcp inspect tool greet --describe")]
    Tool {
        /// The tool's name
        name: String,
        /// Its arguments
        #[arg(value_name = "KEY=VALUE")]
        values: Vec<String>,
        /// The arguments as one JSON object
        #[arg(long, value_name = "JSON", conflicts_with = "values")]
        arguments: Option<String>,
        /// Show what the tool takes and gives, and do not call it
        #[arg(long, conflicts_with_all = ["values", "arguments"])]
        describe: bool,
    },
    /// Get a prompt
    #[command(after_help = "Examples:\n  cargo xmcp inspect prompt review language=rust")]
    Prompt {
        /// The prompt's name
        name: String,
        /// Its arguments
        #[arg(value_name = "KEY=VALUE")]
        values: Vec<String>,
    },
    /// Read a resource
    #[command(after_help = "Examples:\n  cargo xmcp inspect resource users://42/profile")]
    Resource {
        /// The resource's URI
        uri: String,
    },
}

pub(crate) fn run(arguments: &Arguments, output: &Output) -> Result<ExitCode> {
    // Before any server is asked: what is typed wrong is wrong whatever it answers.
    let request = arguments.action.as_ref().map(Action::request).transpose()?;
    let target = target::Target::of(arguments, output)?;
    runtime::block_on(async {
        let client = Client::connect(target, arguments, output).await?;
        let done = match request {
            None => overview(&client, arguments, output).await,
            Some(request) => act(&client, request, arguments, output).await,
        };
        client.close().await;
        done
    })
}

/// An action whose arguments are understood.
enum Request<'a> {
    Tool(&'a str, arguments::Given),
    Describe(&'a str),
    Prompt(&'a str, arguments::Given),
    Resource(&'a str),
}

impl Action {
    fn request(&self) -> Result<Request<'_>> {
        Ok(match self {
            Self::Tool {
                name,
                describe: true,
                ..
            } => Request::Describe(name),
            Self::Tool {
                name,
                arguments: Some(json),
                ..
            } => Request::Tool(name, arguments::Given::json(json)?),
            Self::Tool { name, values, .. } => {
                Request::Tool(name, arguments::Given::values(values)?)
            }
            Self::Prompt { name, values } => {
                Request::Prompt(name, arguments::Given::values(values)?)
            }
            Self::Resource { uri } => Request::Resource(uri),
        })
    }
}

async fn overview(client: &Client, arguments: &Arguments, output: &Output) -> Result<ExitCode> {
    let overview = Overview::of(client).await?;
    if arguments.json {
        output.json(&overview);
    } else {
        overview.show(output);
    }
    Ok(ExitCode::SUCCESS)
}

async fn act(
    client: &Client,
    request: Request<'_>,
    arguments: &Arguments,
    output: &Output,
) -> Result<ExitCode> {
    match request {
        Request::Describe(name) => {
            let tool = client.tool(name).await?;
            if arguments.json {
                output.json(&tool);
            } else {
                show::tool(&tool, output);
            }
        }
        Request::Tool(name, given) => {
            let tool = client.tool(name).await?;
            let given = given.for_schema(&tool.input_schema)?;
            let call = CallToolRequestParams::new(name.to_owned()).with_arguments(given);
            let result = client.call(call).await?;
            if arguments.json {
                output.json(&result);
            } else {
                show::result(&result, output);
            }
            if result.is_error == Some(true) {
                output.warning(&format!("`{name}` says that it failed"));
                return Ok(ExitCode::FAILURE);
            }
        }
        Request::Prompt(name, given) => {
            let prompt = GetPromptRequestParams::new(name).with_arguments(given.into_text());
            let result = client.prompt(prompt).await?;
            if arguments.json {
                output.json(&result);
            } else {
                show::prompt(&result, output);
            }
        }
        Request::Resource(uri) => {
            let result = client.resource(ReadResourceRequestParams::new(uri)).await?;
            if arguments.json {
                output.json(&result);
            } else {
                show::resource(&result, output);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn seconds(text: &str) -> std::result::Result<Duration, String> {
    match text.parse() {
        Ok(seconds @ 1..=3600) => Ok(Duration::from_secs(seconds)),
        _ => Err("it is a number of seconds, from 1 to 3600".to_owned()),
    }
}
