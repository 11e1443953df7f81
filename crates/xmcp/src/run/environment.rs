//! Settings from outside: `.env`, then the environment, then the command line.
//!
//! `.env` is applied while the process has one thread, because changing the environment beside other threads is not safe; and
//! completely or not at all. What is wrong with it is said by line number: its lines hold secrets.

use std::{
    cell::Cell,
    fs, io,
    path::{Path, PathBuf},
};

use xmcp_config::{Settings, env};

use super::flags::Flags;

/// A `.env` that cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EnvFileError {
    #[error("{}: cannot be read ({source})", path.display())]
    Unreadable { path: PathBuf, source: io::Error },
    #[error("{}:{line}: not an assignment: write NAME=value, with quotes around a value that has spaces", path.display())]
    Malformed { path: PathBuf, line: usize },
}

/// Sets the variables of the file at `path` that the environment does not have. No file is no error.
pub(crate) fn load(path: &Path) -> Result<(), EnvFileError> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(source) => {
            return Err(EnvFileError::Unreadable {
                path: path.to_owned(),
                source,
            });
        }
    };
    if let Some(line) = malformed_line(&text) {
        return Err(EnvFileError::Malformed {
            path: path.to_owned(),
            line,
        });
    }
    dotenvy::from_read(&*text).map_err(|_| EnvFileError::Malformed {
        path: path.to_owned(),
        line: 1,
    })
}

/// The number of the first line that is no assignment; of a value over several lines, the first of them.
fn malformed_line(text: &[u8]) -> Option<usize> {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let line_at = |offset: usize| text[..offset].split(|byte| *byte == b'\n').count();
    if let Err(error) = std::str::from_utf8(text) {
        return Some(line_at(error.valid_up_to()));
    }
    // The system takes no such value, and setting one panics.
    if let Some(offset) = text.iter().position(|byte| *byte == b'\0') {
        return Some(line_at(offset));
    }
    let read = Cell::new(0);
    let lines = Lines {
        rest: text,
        read: &read,
    };
    dotenvy::from_read_iter(lines).find_map(|assignment| match assignment {
        Err(dotenvy::Error::LineParse(content, _)) => {
            Some(read.get() - content.trim_end().matches('\n').count())
        }
        _ => None,
    })
}

/// A reader that gives one line at a time and counts them: the parser does not say where it is.
struct Lines<'a> {
    rest: &'a [u8],
    read: &'a Cell<usize>,
}

impl io::Read for Lines<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let line = self
            .rest
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(self.rest.len(), |end| end + 1);
        let length = line.min(buffer.len());
        buffer[..length].copy_from_slice(&self.rest[..length]);
        self.rest = &self.rest[length..];
        if length > 0 && length == line {
            self.read.set(self.read.get() + 1);
        }
        Ok(length)
    }
}

/// `settings` with the environment and, above it, the command line applied.
///
/// # Errors
///
/// Every value that is refused, one text each, by the name under which it was given.
pub(crate) fn apply(
    settings: &mut Settings,
    flags: &Flags,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<(), Vec<String>> {
    let flag = |name: &str| match name {
        env::PORT => flags.port.as_ref().map(|value| ("--port", value)),
        env::HOST => flags.host.as_ref().map(|value| ("--host", value)),
        _ => None,
    };
    let lookup = |name: &str| {
        flag(name)
            .map(|(_, value)| value.clone())
            .or_else(|| variable(name))
    };
    settings.apply_environment(lookup).map_err(|errors| {
        let say = |error: xmcp_config::EnvironmentError| match flag(error.variable) {
            Some((flag, _)) => format!("flag `{flag}`: {}", error.reason),
            None => error.to_string(),
        };
        errors.into_iter().map(say).collect::<Vec<_>>()
    })?;
    if let Some(transport) = flags.transport {
        settings.server.transport = transport;
    }
    Ok(())
}

/// Says which variables look like the framework's and are not.
pub(crate) fn warn_of_unknown() {
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    for unknown in env::unknown_variables(names) {
        tracing::warn!("{unknown}");
    }
}

#[cfg(test)]
mod tests {
    use xmcp_config::Transport;

    use super::*;

    #[test]
    fn the_variable_of_keys_has_one_name() {
        assert_eq!(env::API_KEY, xmcp_auth::api_key::VARIABLE);
    }

    #[test]
    fn a_malformed_file_is_named_by_line_and_not_by_content() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        for (text, line) in [
            (&b"XMCP_TEST_A=1\n\n# a comment\nsecret words here\n"[..], 4),
            (b"XMCP_TEST_A='open\nnever closed\n", 1),
            (b"# two words\nXMCP_TEST_A=ok\nXMCP_TEST_B=two words\n", 3),
            (b"XMCP_TEST_A=OK\nOK\n", 2),
            (b"XMCP_TEST_A='one\ntwo'\n\nXMCP_TEST_B=\"three\nfour", 4),
            (b"XMCP_TEST_A=ok\r\nXMCP_TEST_B=\0\r\n", 2),
            (b"XMCP_TEST_A=ok\nXMCP_TEST_B=\xff\n", 2),
            (b"\xef\xbb\xbfXMCP_TEST_A=ok\n=secret\n", 2),
        ] {
            fs::write(&path, text).unwrap();
            let said = load(&path).unwrap_err().to_string();
            let expected = format!(
                "{}:{line}: not an assignment: write NAME=value, with quotes around a value that has spaces",
                path.display()
            );
            assert_eq!(said, expected, "{}", String::from_utf8_lossy(text));
        }
        assert!(
            std::env::var_os("XMCP_TEST_A").is_none(),
            "a file that is refused changes nothing"
        );
    }

    #[test]
    fn no_file_is_fine() {
        load(Path::new("/nowhere/.env")).unwrap();
    }

    #[test]
    fn flags_win_over_the_environment() {
        let flags = Flags {
            transport: Some(Transport::Stdio),
            port: Some("4000".into()),
            ..Flags::default()
        };
        let mut settings = Settings::default();
        let variable = |name: &str| match name {
            "PORT" | "XMCP_HTTP_PORT" => Some("5000".to_owned()),
            "HOST" => Some("127.0.0.2".to_owned()),
            _ => None,
        };
        apply(&mut settings, &flags, variable).unwrap();
        assert_eq!(
            (
                settings.http.port,
                settings.http.host.as_str(),
                settings.server.transport
            ),
            (Some(4000), "127.0.0.2", Transport::Stdio)
        );
    }

    #[test]
    fn refused_values_are_named_as_they_were_given() {
        let flags = Flags {
            port: Some("eighty".into()),
            ..Flags::default()
        };
        let variable = |name: &str| (name == "XMCP_LOG_FORMAT").then(|| "xml".to_owned());
        let errors = apply(&mut Settings::default(), &flags, variable).unwrap_err();
        assert_eq!(errors.len(), 2, "{errors:?}");
        assert!(
            errors[0].starts_with("environment variable `XMCP_LOG_FORMAT`: `xml`"),
            "{errors:?}"
        );
        assert!(
            errors[1].starts_with("flag `--port`: found `eighty`"),
            "{errors:?}"
        );
    }
}
