//! What is wrong with an app, one line per problem, in the order of their places.

use std::fmt::{self, Write as _};

use proc_macro2::Span;

/// A place in a file. Both numbers start at 1; columns count characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

impl Place {
    /// The beginning of a file: where a problem stands that is about the whole of it.
    pub const START: Self = Self { line: 1, column: 1 };

    /// The place of a byte of the text.
    pub(crate) fn at(text: &str, offset: usize) -> Self {
        let before = text.get(..offset).unwrap_or_default();
        let line = before.rsplit('\n').next().unwrap_or_default();
        Self {
            line: before.matches('\n').count() + 1,
            column: line.chars().count() + 1,
        }
    }
}

impl From<Span> for Place {
    fn from(span: Span) -> Self {
        let start = span.start();
        Self {
            line: start.line.max(1),
            column: start.column + 1,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// Whether a problem stops the build.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The build fails.
    Error,
    /// The build goes on.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// One problem: where it is, what it is, and what to write instead.
///
/// Its `Display` is one line, `tools/greet.rs:9:1: what: what to write instead`; control characters, which a file's name may
/// hold, are escaped so that it stays one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// The file, as seen from the app's root, with `/` between its parts.
    pub file: String,
    /// The place in the file.
    pub place: Place,
    /// Whether it stops the build.
    pub severity: Severity,
    /// What is wrong and what to write instead.
    pub message: String,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        escape(f, &self.file)?;
        write!(f, ":{}: ", self.place)?;
        escape(f, &self.message)
    }
}

fn escape(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    text.chars().try_for_each(|character| {
        if character.is_control() {
            write!(f, "{}", character.escape_default())
        } else {
            f.write_char(character)
        }
    })
}

/// All problems of an app, sorted by file and place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics {
    sorted: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Whether there are no problems at all, not even warnings.
    pub fn is_empty(&self) -> bool {
        self.sorted.is_empty()
    }

    /// Whether one of them stops the build.
    pub fn has_errors(&self) -> bool {
        self.errors().next().is_some()
    }

    /// The problems in the order of their places.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.sorted.iter()
    }

    /// Those that stop the build, in the order of their places.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.iter()
            .filter(|diagnostic| diagnostic.severity == Severity::Error)
    }

    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        let at = self
            .sorted
            .partition_point(|earlier| *earlier <= diagnostic);
        self.sorted.insert(at, diagnostic);
    }

    pub(crate) fn error(
        &mut self,
        file: &str,
        place: impl Into<Place>,
        message: impl Into<String>,
    ) {
        self.push(Diagnostic {
            file: file.to_owned(),
            place: place.into(),
            severity: Severity::Error,
            message: message.into(),
        });
    }

    pub(crate) fn warning(
        &mut self,
        file: &str,
        place: impl Into<Place>,
        message: impl Into<String>,
    ) {
        self.push(Diagnostic {
            file: file.to_owned(),
            place: place.into(),
            severity: Severity::Warning,
            message: message.into(),
        });
    }
}

impl fmt::Display for Diagnostics {
    /// One problem a line, the severity first.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.iter()
            .try_for_each(|diagnostic| writeln!(f, "{}: {diagnostic}", diagnostic.severity))
    }
}

/// The problems of one file while it is read.
pub(crate) struct Report<'a> {
    pub(crate) file: &'a str,
    pub(crate) diagnostics: &'a mut Diagnostics,
}

impl Report<'_> {
    /// Whether something is wrong at `place` already, so that what follows from it goes without saying.
    pub(crate) fn has_error_at(&self, place: Place) -> bool {
        self.diagnostics
            .errors()
            .any(|error| error.file == self.file && error.place == place)
    }

    pub(crate) fn error(&mut self, place: impl Into<Place>, message: impl Into<String>) {
        self.diagnostics.error(self.file, place, message);
    }

    pub(crate) fn warning(&mut self, place: impl Into<Place>, message: impl Into<String>) {
        self.diagnostics.warning(self.file, place, message);
    }
}

#[cfg(test)]
mod tests {
    use super::{Diagnostics, Place};

    #[test]
    fn problems_come_in_the_order_of_their_places_whatever_the_order_they_are_found_in() {
        let mut diagnostics = Diagnostics::default();
        diagnostics.error("tools/b.rs", Place::START, "last");
        diagnostics.warning(
            "tools/a.rs",
            Place {
                line: 10,
                column: 1,
            },
            "third",
        );
        diagnostics.error("tools/a.rs", Place { line: 9, column: 2 }, "second");
        diagnostics.error("tools/a.rs", Place { line: 9, column: 1 }, "first");

        assert_eq!(
            diagnostics.to_string(),
            "error: tools/a.rs:9:1: first\nerror: tools/a.rs:9:2: second\n\
             warning: tools/a.rs:10:1: third\nerror: tools/b.rs:1:1: last\n"
        );
    }

    #[test]
    fn a_problem_is_one_line_even_when_a_file_is_named_with_a_line_break() {
        let mut diagnostics = Diagnostics::default();
        diagnostics.error("tools/a\nb.rs", Place::START, "tab\there");

        assert_eq!(
            diagnostics.to_string(),
            "error: tools/a\\nb.rs:1:1: tab\\there\n"
        );
    }
}
