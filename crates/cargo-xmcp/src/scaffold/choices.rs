//! What there is to choose of an app.

use std::{fmt, path::PathBuf};

use clap::{Args, ValueEnum};

/// The choices as flags. What they leave open is asked for, or has a default.
#[derive(Args, Clone, Debug)]
#[group(skip)]
pub(crate) struct Options {
    /// How clients reach the server unless its flags `--http` and `--stdio` say otherwise [default: http]
    #[arg(
        long,
        value_enum,
        value_name = "http|stdio",
        hide_possible_values = true
    )]
    pub(crate) transport: Option<Transport>,

    /// Who vouches for callers over HTTP [default: scalekit with http, none with stdio]
    #[arg(
        long,
        value_enum,
        value_name = "scalekit|jwt|api-key|none",
        hide_possible_values = true
    )]
    pub(crate) auth: Option<Auth>,

    /// Which kinds of files it begins with an example of [default: tools]
    #[arg(
        long,
        value_enum,
        value_name = "tools,prompts,resources",
        value_delimiter = ',',
        hide_possible_values = true
    )]
    pub(crate) with: Option<Vec<Part>>,

    /// The checkout of the framework that it depends on [default: the one that this command was built from]
    #[arg(long, value_name = "DIR")]
    pub(crate) path: Option<PathBuf>,

    /// Ask nothing: what no flag says has its default
    #[arg(short, long)]
    pub(crate) yes: bool,
}

/// How clients reach the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Transport {
    Http,
    Stdio,
}

/// Who vouches for callers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Auth {
    Scalekit,
    Jwt,
    ApiKey,
    None,
}

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    Tools,
    Prompts,
    Resources,
}

/// All that is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Choices {
    pub(crate) transport: Transport,
    pub(crate) auth: Auth,
    pub(crate) with: Vec<Part>,
}

impl Auth {
    /// What it is where nobody says anything. On stdio there is no auth.
    pub(crate) fn usual(transport: Transport) -> Self {
        match transport {
            Transport::Http => Self::Scalekit,
            Transport::Stdio => Self::None,
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http => "http",
            Self::Stdio => "stdio",
        })
    }
}

impl fmt::Display for Auth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Scalekit => "scalekit",
            Self::Jwt => "jwt",
            Self::ApiKey => "api-key",
            Self::None => "none",
        })
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tools => "tools",
            Self::Prompts => "prompts",
            Self::Resources => "resources",
        })
    }
}
