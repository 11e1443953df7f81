//! What a command said, as a snapshot keeps it.

use std::{fmt, process::Output};

use regex::Regex;

/// What differs from run to run, and the name that stands for it.
const CHANGING: [(&str, &str); 4] = [
    (r"\b(localhost|127\.0\.0\.1|\[::1\]):\d+", "$1:[PORT]"),
    (r"\b\d+(\.\d+)?\s?(ms|µs|s|seconds)\b", "[TIME]"),
    (
        r"\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})",
        "[DATE]",
    ),
    (r"\beyJ[\w-]+\.[\w-]+\.[\w-]+", "[TOKEN]"),
];

/// A command line, what it printed, and its exit code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transcript {
    /// What was typed after `cargo xmcp`.
    pub arguments: Vec<String>,
    /// What it was asked for.
    pub stdout: String,
    /// What it told the person.
    pub stderr: String,
    /// Its exit code; `None` if a signal ended it.
    pub code: Option<i32>,
}

impl Transcript {
    pub(super) fn of(arguments: &[&str], output: &Output, names: &[(String, String)]) -> Self {
        let text = |bytes: &[u8]| replaced(&String::from_utf8_lossy(bytes), names);
        Self {
            arguments: arguments
                .iter()
                .map(|argument| replaced(argument, names))
                .collect(),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
            code: output.status.code(),
        }
    }

    /// This transcript, once it is sure that the command did well.
    #[track_caller]
    pub fn succeeded(self) -> Self {
        assert_eq!(self.code, Some(0), "{self}");
        self
    }
}

/// The whole of it, with a heading for each part that says something.
impl fmt::Display for Transcript {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "$ cargo xmcp {}", self.arguments.join(" "))?;
        for (heading, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !text.is_empty() {
                writeln!(f, "--- {heading}\n{}", text.trim_end_matches('\n'))?;
            }
        }
        match self.code {
            Some(code) => write!(f, "--- exit code {code}"),
            None => write!(f, "--- ended by a signal"),
        }
    }
}

/// `text` with names for what is another one on the next machine, in the next run or in the next version.
pub(super) fn replaced(text: &str, names: &[(String, String)]) -> String {
    let mut text = text.replace("\r\n", "\n");
    for (what, name) in names {
        text = text.replace(what, name);
    }
    for (pattern, name) in CHANGING {
        let pattern = Regex::new(pattern).expect("the patterns are written above");
        text = pattern.replace_all(&text, name).into_owned();
    }
    let version =
        Regex::new(r"\b(cargo[- ]xmcp(-\w+)?) \d+\.\d+\.\d+").expect("it is written here");
    version.replace_all(&text, "$1 [VERSION]").into_owned()
}
