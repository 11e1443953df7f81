//! The command line that every server has. Few flags, so they are read here by hand; everything else is a setting.

use std::ffi::OsString;

use xmcp_config::{Transport, env};

/// What the process was asked to do.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Command {
    /// Serve, which is what no flag means.
    Serve(Flags),
    /// Ask a running server how it is.
    Health(Flags),
    /// Print the help.
    Help,
    /// Print name and version.
    Version,
}

/// What the command line sets, above the environment.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Flags {
    pub(crate) transport: Option<Transport>,
    pub(crate) host: Option<String>,
    pub(crate) port: Option<String>,
    pub(crate) ignores_env_file: bool,
}

/// A command line that makes no sense, and what was probably meant.
#[derive(Debug, thiserror::Error, PartialEq)]
pub(crate) enum FlagError {
    #[error("unknown flag `{found}`{}", suggestion(*.nearest))]
    Unknown {
        found: String,
        nearest: Option<&'static str>,
    },
    #[error("`{found}` is no flag, and this program takes nothing else: see --help")]
    NoFlag { found: String },
    #[error("`{flag}` needs a value: {example}")]
    MissingValue {
        flag: &'static str,
        example: &'static str,
    },
    #[error("`{flag}` takes no value")]
    UnwantedValue { flag: &'static str },
    #[error("`--http` and `--stdio` exclude each other")]
    TwoTransports,
}

const HTTP: &str = "--http";
const STDIO: &str = "--stdio";
const PORT: &str = "--port";
const HOST: &str = "--host";
const NO_ENV_FILE: &str = "--no-env-file";
const HEALTH: &str = "--health";
const HELP: &str = "--help";
const VERSION: &str = "--version";
const FLAGS: [&str; 8] = [HTTP, STDIO, PORT, HOST, NO_ENV_FILE, HEALTH, HELP, VERSION];
/// Below this, a suggestion is noise.
const ALIKE: f64 = 0.8;

/// Reads the arguments, without the program's name. Help wins over everything, then the version.
///
/// # Errors
///
/// The first thing that cannot be understood.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, FlagError> {
    let mut arguments = arguments
        .into_iter()
        .map(|argument| argument.to_string_lossy().into_owned())
        .peekable();
    let mut flags = Flags::default();
    let (mut help, mut version, mut health) = (false, false, false);
    while let Some(argument) = arguments.next() {
        let (name, attached) = match argument.split_once('=') {
            Some((name, value)) if name.starts_with('-') => (name, Some(value.to_owned())),
            _ => (argument.as_str(), None),
        };
        let flag = match name {
            "-h" => HELP,
            "-V" => VERSION,
            name => FLAGS
                .into_iter()
                .find(|flag| *flag == name)
                .ok_or_else(|| unknown(name))?,
        };
        let takes_value = matches!(flag, PORT | HOST);
        if attached.is_some() && !takes_value {
            return Err(FlagError::UnwantedValue { flag });
        }
        let mut value = |example| {
            let next = || arguments.next_if(|next| !next.starts_with("--"));
            let value = attached
                .clone()
                .or_else(next)
                .filter(|value| !value.trim().is_empty());
            value.ok_or(FlagError::MissingValue { flag, example })
        };
        match flag {
            HTTP | STDIO => {
                let transport = if flag == HTTP {
                    Transport::Http
                } else {
                    Transport::Stdio
                };
                if flags
                    .transport
                    .as_ref()
                    .is_some_and(|other| *other != transport)
                {
                    return Err(FlagError::TwoTransports);
                }
                flags.transport = Some(transport);
            }
            PORT => flags.port = Some(value("--port 3001")?),
            HOST => flags.host = Some(value("--host 127.0.0.1")?),
            NO_ENV_FILE => flags.ignores_env_file = true,
            HEALTH => health = true,
            HELP => help = true,
            _ => version = true,
        }
    }
    Ok(match (help, version, health) {
        (true, ..) => Command::Help,
        (_, true, _) => Command::Version,
        (.., true) => Command::Health(flags),
        _ => Command::Serve(flags),
    })
}

fn unknown(found: &str) -> FlagError {
    let found: String = found
        .chars()
        .filter(|character| !character.is_control())
        .take(80)
        .collect();
    if !found.starts_with('-') {
        return FlagError::NoFlag { found };
    }
    let nearest = FLAGS
        .into_iter()
        .map(|flag| {
            (
                strsim::jaro_winkler(found.trim_start_matches('-'), &flag[2..]),
                flag,
            )
        })
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, flag)| flag);
    FlagError::Unknown { found, nearest }
}

fn suggestion(nearest: Option<&str>) -> String {
    match nearest {
        Some(nearest) => format!(": did you mean `{nearest}`?"),
        None => String::from(": see --help"),
    }
}

/// What `--help` says, for a server called `program`.
pub(crate) fn help(program: &str) -> String {
    let mut text = format!(
        "An MCP server.\n\nUsage: {program} [FLAGS]\n\nFlags:\n\
         \x20 --http           serve over Streamable HTTP\n\
         \x20 --stdio          serve over standard input and output\n\
         \x20 --port <PORT>    the port to listen on; 0 takes any free one\n\
         \x20 --host <HOST>    the address to listen on\n\
         \x20 --no-env-file    do not read .env from the working directory\n\
         \x20 --health         ask the server that runs at this host and port; exit code 0 when it answers\n\
         \x20 -h, --help       print this\n\
         \x20 -V, --version    print name and version\n\n\
         Without --http and --stdio, [server] transport in xmcp.toml decides.\n\n\
         Environment (flags win over it, it wins over xmcp.toml; .env fills in what is not set):\n"
    );
    let width = VARIABLES
        .iter()
        .map(|(name, _)| name.len())
        .max()
        .unwrap_or_default();
    for (name, meaning) in VARIABLES {
        text.push_str(&format!("  {name:width$}  {meaning}\n"));
    }
    text
}

/// Every variable that a server reads by itself, each in fewer words than the docs have for it.
const VARIABLES: &[(&str, &str)] = &[
    (env::PORT, "the port, as hosting platforms set it"),
    (env::HOST, "the address to listen on"),
    (
        env::BASE_URL,
        "the URL that clients use, without the endpoint",
    ),
    ("NO_COLOR", "when set, no colours on the terminal"),
    (
        "LISTEN_FDS",
        "a listening socket that is handed over, instead of host and port",
    ),
    (env::SERVER_NAME, "the name that clients know the server by"),
    (env::SERVER_VERSION, "the version that clients are told"),
    (env::SERVER_TITLE, "the name that people see"),
    (env::SERVER_DESCRIPTION, "what the server is for"),
    (
        env::SERVER_INSTRUCTIONS,
        "what a model should know before it uses the tools",
    ),
    (
        env::SERVER_WEBSITE,
        "the page for people who want to know more",
    ),
    (env::SERVER_TRANSPORT, "http or stdio"),
    (
        env::SERVER_STRICT,
        "true: arguments must have the schema's types as sent",
    ),
    (
        env::SERVER_HIDE_UNAUTHORIZED,
        "true: lists leave out what the caller lacks scopes for",
    ),
    (
        env::SERVER_PAGE_SIZE,
        "how many entries a page of a list has",
    ),
    (
        env::SERVER_LIST_TTL_SECONDS,
        "how long clients may keep a list",
    ),
    (
        env::SERVER_VERSIONS,
        "versions of the protocol, with commas between; empty: all",
    ),
    (
        env::SERVER_STATE_TTL_SECONDS,
        "how long a client may take between the rounds of a call",
    ),
    (
        env::STATE_KEY,
        "secrets that seal what clients carry between rounds, separated by commas",
    ),
    (
        env::API_KEY,
        "a caller's key and scopes; with _ and a name behind it, that caller's",
    ),
    (env::HTTP_PORT, "the port; PORT wins"),
    (env::HTTP_HOST, "the address to listen on; HOST wins"),
    (env::HTTP_ENDPOINT, "the path of the MCP endpoint"),
    (
        env::HTTP_PUBLIC_URL,
        "the URL that clients use; BASE_URL wins",
    ),
    (env::HTTP_BODY_LIMIT, "the largest request body, in bytes"),
    (
        env::HTTP_CORS,
        "origins whose pages may call the server, separated by commas",
    ),
    (
        env::HTTP_ALLOWED_HOSTS,
        "further Host headers that are accepted, separated by commas",
    ),
    (
        env::HTTP_ALLOWED_ORIGINS,
        "further Origin headers that are accepted, separated by commas",
    ),
    (
        env::HTTP_TRUSTED_PROXIES,
        "addresses and networks of the proxies before the server, separated by commas",
    ),
    (
        env::HTTP_SESSIONS,
        "true: transport sessions for clients before 2026-07-28",
    ),
    (env::HTTP_LIMITS_SESSIONS, "transport sessions at a time"),
    (
        env::HTTP_LIMITS_SESSION_IDLE_SECONDS,
        "how long a transport session stays when nobody uses it",
    ),
    (
        env::HTTP_LIMITS_SUBSCRIPTIONS,
        "streams of changes at a time",
    ),
    (env::HTTP_LIMITS_CONNECTIONS, "connections at a time"),
    (env::HTTP_LIMITS_IN_FLIGHT, "requests at a time"),
    (
        env::HTTP_LIMITS_AUTH_FAILURES_PER_MINUTE,
        "invalid credentials of one address in a minute; 0: no limit",
    ),
    (
        env::HTTP_LIMITS_CALLER_REQUESTS_PER_MINUTE,
        "requests of one caller in a minute; 0: no limit",
    ),
    (env::HTTP_LIMITS_CALLER_BURST, "how many of them at once"),
    (
        env::HTTP_LIMITS_HEADER_BYTES,
        "the largest head of a request, in bytes",
    ),
    (env::HTTP_LIMITS_HEADERS, "the most headers of a request"),
    (
        env::HTTP_LIMITS_HEADER_TIMEOUT_SECONDS,
        "how long a head may take to arrive",
    ),
    (
        env::HTTP_LIMITS_BODY_TIMEOUT_SECONDS,
        "how long a body may stand still",
    ),
    (
        env::HTTP_LIMITS_IDLE_TIMEOUT_SECONDS,
        "how long a connection may stay open between requests",
    ),
    (
        env::HTTP_LIMITS_CALL_TIMEOUT_SECONDS,
        "how long a call may take",
    ),
    (
        env::HTTP_LIMITS_QUESTION_TIMEOUT_SECONDS,
        "how long a client may take to answer a question",
    ),
    (
        env::HTTP_LIMITS_OUTPUT,
        "the largest result of a call, in bytes",
    ),
    (
        env::HTTP_LIMITS_DRAIN_SECONDS,
        "how long calls may go on at shutdown",
    ),
    (env::TASKS_TTL_SECONDS, "how long a task is kept"),
    (env::TASKS_LIMIT, "tasks at a time"),
    (
        env::TASKS_LIMIT_PER_CALLER,
        "tasks at a time of one verified caller",
    ),
    (env::LOG_FORMAT, "text or json"),
    (
        env::LOG_FILTER,
        "which lines are logged, like info,rmcp=warn",
    ),
    (
        env::LOG_AUDIT,
        "whether each request has a line of who and what",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(arguments: &[&str]) -> Result<Command, FlagError> {
        parse(arguments.iter().map(OsString::from))
    }

    #[test]
    fn no_flags_mean_serving() {
        assert_eq!(parsed(&[]), Ok(Command::Serve(Flags::default())));
    }

    #[test]
    fn values_stand_behind_a_space_or_an_equals_sign() {
        let flags = Flags {
            transport: Some(Transport::Http),
            host: Some("::1".into()),
            port: Some("8080".into()),
            ignores_env_file: true,
        };
        let arguments = ["--http", "--port", "8080", "--host=::1", "--no-env-file"];
        assert_eq!(parsed(&arguments), Ok(Command::Serve(flags)));
    }

    #[test]
    fn help_wins_over_version_and_version_over_health() {
        assert_eq!(parsed(&["--health", "-V", "-h"]), Ok(Command::Help));
        assert_eq!(parsed(&["--health", "--version"]), Ok(Command::Version));
        assert_eq!(parsed(&["--health"]), Ok(Command::Health(Flags::default())));
    }

    #[test]
    fn what_was_meant_is_suggested() {
        let said = |arguments: &[&str]| parsed(arguments).unwrap_err().to_string();
        assert_eq!(
            said(&["--prot", "1"]),
            "unknown flag `--prot`: did you mean `--port`?"
        );
        assert_eq!(
            said(&["-port=1"]),
            "unknown flag `-port`: did you mean `--port`?"
        );
        assert_eq!(
            said(&["--no-env"]),
            "unknown flag `--no-env`: did you mean `--no-env-file`?"
        );
        assert_eq!(said(&["--zebra"]), "unknown flag `--zebra`: see --help");
        assert_eq!(
            said(&["serve"]),
            "`serve` is no flag, and this program takes nothing else: see --help"
        );
        assert_eq!(said(&["--port"]), "`--port` needs a value: --port 3001");
        assert_eq!(
            said(&["--port", "--http"]),
            "`--port` needs a value: --port 3001"
        );
        assert_eq!(
            said(&["--host="]),
            "`--host` needs a value: --host 127.0.0.1"
        );
        assert_eq!(said(&["--stdio=yes"]), "`--stdio` takes no value");
        assert_eq!(
            said(&["--stdio", "--http"]),
            "`--http` and `--stdio` exclude each other"
        );
    }

    #[test]
    fn help_names_every_flag_and_each_variable_once() {
        let help = help("greeter");
        for flag in FLAGS {
            assert!(help.contains(flag), "{flag} is missing in:\n{help}");
        }
        for name in env::names() {
            assert_eq!(
                help.matches(&format!("\n  {name} ")).count(),
                1,
                "{name} in:\n{help}"
            );
        }
    }
}
