//! What is wrong with `xmcp.toml`, and where.

use std::{fmt, ops::Range, path::PathBuf};

/// A mistake in a file, with what to write instead.
///
/// Shown as `xmcp.toml:3:1: unknown key ...`, which editors and terminals make a link of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, relative to the project's root.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong, and what to write instead; one line.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            column,
            message,
        } = self;
        write!(formatter, "{}:{line}:{column}: {message}", file.display())
    }
}

impl std::error::Error for Problem {}

/// The problems of one file, collected while it is read.
#[derive(Debug)]
pub(crate) struct Problems<'a> {
    file: &'a str,
    text: &'a str,
    list: Vec<Problem>,
}

impl<'a> Problems<'a> {
    pub(crate) fn new(file: &'a str, text: &'a str) -> Self {
        Self {
            file,
            text,
            list: Vec::new(),
        }
    }

    /// Adds a problem with what stands at `span`, in bytes.
    pub(crate) fn add(&mut self, span: Range<usize>, message: impl Into<String>) {
        let (line, column) = position(self.text, span.start);
        let message = message
            .into()
            .lines()
            .map(str::trim)
            .collect::<Vec<_>>()
            .join(", ");
        self.list.push(Problem {
            file: PathBuf::from(self.file),
            line,
            column,
            message,
        });
    }

    /// Adds a problem unless there is one on the same line.
    pub(crate) fn add_first_of_line(&mut self, span: Range<usize>, message: impl Into<String>) {
        let (line, _) = position(self.text, span.start);
        if self.list.iter().all(|problem| problem.line != line) {
            self.add(span, message);
        }
    }

    /// The problems in the order of the file.
    pub(crate) fn into_sorted(mut self) -> Vec<Problem> {
        self.list.sort();
        self.list.dedup();
        self.list
    }
}

/// The line and the column, in characters, of a byte.
fn position(text: &str, byte: usize) -> (usize, usize) {
    let byte = (0..=byte.min(text.len()))
        .rev()
        .find(|byte| text.is_char_boundary(*byte))
        .unwrap_or(0);
    let before = &text[..byte];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (
        before.matches('\n').count() + 1,
        before[line_start..].chars().count() + 1,
    )
}
