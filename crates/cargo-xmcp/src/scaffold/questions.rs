//! What the person at the terminal is asked. Without a terminal nobody is.

use std::{
    fmt,
    io::{IsTerminal, stderr, stdin},
};

use inquire::{InquireError, MultiSelect, Select, Text};

use super::{Auth, Choices, Options, PackageName, Part, Transport};
use crate::{Failure, Result};

/// Whether somebody is there to answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Questions {
    may_ask: bool,
}

/// An answer, with what it means.
struct Answer<T> {
    value: T,
    text: &'static str,
}

impl<T> fmt::Display for Answer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

impl Questions {
    /// Asks on a terminal alone, and not those who said that they know.
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            may_ask: !options.yes && stdin().is_terminal() && stderr().is_terminal(),
        }
    }

    /// How the app is called, from whoever did not say it.
    pub(crate) fn name(self) -> Result<String> {
        if !self.may_ask {
            return Err(Failure::new("the app has no name")
                .hint("say it behind the command: `cargo xmcp new my-server`"));
        }
        Text::new("What is the server called?")
            .with_default("my-server")
            .with_validator(|name: &str| {
                let last = name.rsplit(['/', '\\']).next().unwrap_or(name);
                Ok(match PackageName::parse(last) {
                    Ok(_) => inquire::validator::Validation::Valid,
                    Err(illegal) => {
                        inquire::validator::Validation::Invalid(illegal.to_string().into())
                    }
                })
            })
            .prompt()
            .map_err(stopped)
    }

    /// What is chosen: what the flags say, what is answered, and the rest as usual.
    pub(crate) fn choices(self, options: &Options) -> Result<Choices> {
        let transport = match options.transport {
            Some(transport) => transport,
            None if self.may_ask => transport()?,
            None => Transport::Http,
        };
        let auth = match options.auth {
            Some(auth) => auth,
            None if self.may_ask && transport == Transport::Http => auth()?,
            None => Auth::usual(transport),
        };
        let mut with = match &options.with {
            Some(with) => with.clone(),
            None if self.may_ask => parts()?,
            None => vec![Part::Tools],
        };
        with.sort_by_key(|part| *part as u8);
        with.dedup();
        Ok(Choices {
            transport,
            auth,
            with,
        })
    }
}

fn transport() -> Result<Transport> {
    let answers = vec![
        Answer {
            value: Transport::Http,
            text: "over HTTP, for many clients",
        },
        Answer {
            value: Transport::Stdio,
            text: "over stdio: the client starts it",
        },
    ];
    Select::new("How do clients reach it?", answers)
        .prompt()
        .map(|answer| answer.value)
        .map_err(stopped)
}

fn auth() -> Result<Auth> {
    let answers = vec![
        Answer {
            value: Auth::Scalekit,
            text: "Scalekit: people sign in (no account is needed to try it)",
        },
        Answer {
            value: Auth::Jwt,
            text: "a backend of yours that signs JWTs",
        },
        Answer {
            value: Auth::ApiKey,
            text: "you, with API keys for scripts",
        },
        Answer {
            value: Auth::None,
            text: "nobody: everybody may call",
        },
    ];
    Select::new("Who vouches for callers?", answers)
        .prompt()
        .map(|answer| answer.value)
        .map_err(stopped)
}

fn parts() -> Result<Vec<Part>> {
    let answers = vec![Part::Tools, Part::Prompts, Part::Resources];
    MultiSelect::new("What does it begin with an example of?", answers)
        .with_default(&[0])
        .prompt()
        .map_err(stopped)
}

fn stopped(error: InquireError) -> Failure {
    let failure = match error {
        InquireError::OperationCanceled | InquireError::OperationInterrupted => {
            Failure::new("stopped before anything was written")
        }
        error => Failure::new("the terminal cannot be asked").because(&error),
    };
    failure.hint("flags answer the questions: `cargo xmcp new --help` names them")
}
