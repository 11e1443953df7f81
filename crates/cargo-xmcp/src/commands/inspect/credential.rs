//! Credentials that a person brings: in the command line, where everybody on the machine may see them, or as curl takes them, from a file
//! or from stdin.

use std::{
    fmt,
    fs::File,
    io::{self, Read},
    path::PathBuf,
    str::FromStr,
};

use http::{HeaderMap, HeaderName, HeaderValue, header::AUTHORIZATION};

use super::Arguments;
use crate::{Failure, Result};

/// How large a file of them may be.
const LARGEST: u64 = 64 * 1024;

/// What was written behind `--token` or `--header`. It may be a secret.
#[derive(Clone)]
pub(super) enum Given<T> {
    Here(T),
    /// `@FILE`.
    File(PathBuf),
    /// `-`, or `@-`.
    Stdin,
}

impl<T> Given<T> {
    fn is_stdin(&self) -> bool {
        matches!(self, Self::Stdin)
    }
}

impl<T> fmt::Debug for Given<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Here(_) => f.write_str("****"),
            Self::File(path) => write!(f, "@{}", path.display()),
            Self::Stdin => f.write_str("-"),
        }
    }
}

impl<T: FromStr<Err = &'static str>> FromStr for Given<T> {
    type Err = &'static str;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        match text.strip_prefix('@') {
            _ if text == "-" => Ok(Self::Stdin),
            Some("-") => Ok(Self::Stdin),
            Some("") => Err("a file's name follows the `@`"),
            Some(path) => Ok(Self::File(path.into())),
            None => text.parse().map(Self::Here),
        }
    }
}

/// An access token.
#[derive(Clone)]
pub(super) struct Token(String);

impl FromStr for Token {
    type Err = &'static str;

    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        match text.trim() {
            "" => Err("there is no token"),
            text if text.bytes().all(|byte| byte.is_ascii_graphic()) => Ok(Self(text.to_owned())),
            _ => Err("a token is one word of letters, digits and marks"),
        }
    }
}

/// A header of a request.
#[derive(Clone)]
pub(super) struct Header {
    name: HeaderName,
    value: HeaderValue,
}

impl FromStr for Header {
    type Err = &'static str;

    /// `name: value`. What is wrong is said without the value.
    fn from_str(text: &str) -> std::result::Result<Self, Self::Err> {
        let (name, value) = text
            .split_once(':')
            .ok_or("a header has a name, a colon and a value")?;
        let name = name
            .trim()
            .parse()
            .map_err(|_| "the name is none of a header")?;
        let mut value: HeaderValue = value
            .trim()
            .parse()
            .map_err(|_| "the value cannot be sent in a header")?;
        value.set_sensitive(true);
        Ok(Self { name, value })
    }
}

/// What a request is sent with.
pub(super) struct Credentials {
    token: Option<Token>,
    pub(super) headers: HeaderMap,
}

impl Credentials {
    /// Those of the command line, read from where they are.
    ///
    /// # Errors
    ///
    /// When they cannot be read, or are none. They are not shown.
    pub(super) fn of(arguments: &Arguments) -> Result<Self> {
        let from_stdin = arguments.header.iter().filter(|it| it.is_stdin()).count()
            + usize::from(arguments.token.as_ref().is_some_and(Given::is_stdin));
        if from_stdin > 1 {
            return Err(Failure::new("two things cannot be read from stdin")
                .hint("give one of them as `@FILE`"));
        }
        let token = match &arguments.token {
            None => None,
            Some(Given::Here(token)) => Some(token.clone()),
            Some(from) => {
                let text = text(from)?;
                Some(text.parse().map_err(|what| unfit(from, "", what))?)
            }
        };
        let mut headers = HeaderMap::new();
        let mut add = |Header { name, value }| headers.append(name, value);
        for given in &arguments.header {
            if let Given::Here(header) = given {
                add(header.clone());
                continue;
            }
            for (at, line) in text(given)?.lines().enumerate() {
                if !line.trim().is_empty() {
                    let place = format!(":{}", at + 1);
                    add(line.parse().map_err(|what| unfit(given, &place, what))?);
                }
            }
        }
        Ok(Self { token, headers })
    }

    /// What is sent as `Authorization: Bearer`.
    pub(super) fn token(&self) -> Option<&str> {
        self.token.as_ref().map(|token| token.0.as_str())
    }

    /// Whether somebody is named by them.
    pub(super) fn is_somebody(&self) -> bool {
        self.token.is_some() || self.headers.contains_key(AUTHORIZATION)
    }
}

fn text<T>(from: &Given<T>) -> Result<String> {
    let mut text = String::new();
    let read = match from {
        Given::Here(_) => return Ok(text),
        Given::Stdin => io::stdin()
            .lock()
            .take(LARGEST + 1)
            .read_to_string(&mut text),
        Given::File(path) => {
            File::open(path).and_then(|file| file.take(LARGEST + 1).read_to_string(&mut text))
        }
    };
    match read {
        Ok(length) if length as u64 <= LARGEST => Ok(text),
        Ok(_) => Err(unfit(from, "", "it is longer than 64 KiB")),
        Err(error) => Err(Failure::new(format!("{} cannot be read", named(from)))
            .because(&error)
            .hint("`@FILE` is a file, and `-` what comes on stdin")),
    }
}

fn named<T>(from: &Given<T>) -> String {
    match from {
        Given::File(path) => format!("`{}`", path.display()),
        Given::Stdin | Given::Here(_) => "stdin".to_owned(),
    }
}

fn unfit<T>(from: &Given<T>, place: &str, what: &str) -> Failure {
    Failure::new(format!("{}{place} is no credential: {what}", named(from)))
        .hint("a file for `--token` has a token alone, and one for `--header` lines like `X-Api-Key: secret`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_keeps_its_value_to_itself() {
        let header: Given<Header> = "X-Api-Key: secret".parse().unwrap();
        let token: Given<Token> = "secret".parse().unwrap();
        assert_eq!(format!("{header:?} {token:?}"), "**** ****");
        for text in ["secret", "a b: secret", "a: sec\nret"] {
            let what = text.parse::<Given<Header>>().unwrap_err();
            assert!(!what.contains("sec"), "{text}");
        }
        assert!(
            !"sec ret"
                .parse::<Given<Token>>()
                .unwrap_err()
                .contains("sec")
        );
    }

    #[test]
    fn a_file_and_stdin_are_named_as_curl_names_them() {
        let given = |text: &str| format!("{:?}", text.parse::<Given<Token>>().unwrap());
        assert_eq!(given("@a/token"), "@a/token");
        assert_eq!(given("@-"), "-");
        assert_eq!(given("-"), "-");
        assert!("@".parse::<Given<Token>>().is_err());
    }
}
