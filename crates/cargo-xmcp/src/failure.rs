//! Why a command could not do what it was asked, and what to do about it.

use std::fmt;

use crate::text;

/// How much is shown of what a stranger said.
const QUOTED: usize = 1_000;

/// What a command answers.
pub type Result<T> = std::result::Result<T, Failure>;

/// Why a command could not do what it was asked: one sentence of what was found, its causes, and a hint of what to do.
#[derive(Debug)]
pub struct Failure {
    what: String,
    causes: Vec<String>,
    hint: Option<String>,
}

impl Failure {
    /// A failure that says `what` was found.
    pub fn new(what: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            causes: Vec::new(),
            hint: None,
        }
    }

    /// What was found and what led to it, in one line and without the hint.
    pub(crate) fn in_a_line(&self) -> String {
        let parts = std::iter::once(&self.what).chain(&self.causes);
        let parts: Vec<_> = parts.map(|part| text::printable(part)).collect();
        parts.join(": ")
    }

    /// The hint.
    pub(crate) fn remedy(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// What the person who reads it should do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// One more line of what led to it.
    #[must_use]
    pub fn note(mut self, cause: impl Into<String>) -> Self {
        self.causes.push(cause.into());
        self
    }

    /// What led to it as [`because`](Self::because), where the error may quote a stranger: each cause is one line, and ends somewhere, so
    /// that none of them looks like a line of ours.
    #[must_use]
    pub(crate) fn because_of_stranger(mut self, error: &dyn std::error::Error) -> Self {
        let before = self.causes.len();
        self = self.because(error);
        for cause in &mut self.causes[before..] {
            *cause = text::line(cause, QUOTED);
        }
        self
    }

    /// What led to it, with all that led to that.
    #[must_use]
    pub fn because(mut self, error: &dyn std::error::Error) -> Self {
        let mut next = Some(error);
        while let Some(error) = next {
            self.causes.push(error.to_string());
            next = error.source();
        }
        self
    }
}

impl fmt::Display for Failure {
    /// Several lines without a last line break: what was found, a line for each cause, `hint: ` and the hint. What a terminal would obey
    /// in them, as strangers' texts may hold it, is shown instead.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::printable(&self.what))?;
        for cause in &self.causes {
            write!(f, "\n  {}", text::printable(cause))?;
        }
        match &self.hint {
            Some(hint) => write!(f, "\nhint: {}", text::printable(hint)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::Failure;

    #[test]
    fn a_failure_ends_with_what_to_do() {
        let failure = Failure::new("cannot read `xmcp.toml`")
            .because(&io::Error::other("no right to"))
            .hint("run `chmod +r xmcp.toml`");

        assert_eq!(
            failure.to_string(),
            "cannot read `xmcp.toml`\n  no right to\nhint: run `chmod +r xmcp.toml`"
        );
    }

    #[test]
    fn what_a_stranger_said_is_one_line_that_ends() {
        let said = format!("no\nhint: run `evil`\n{}", "x".repeat(5_000));
        let failure = Failure::new("they refuse")
            .because_of_stranger(&io::Error::other(said))
            .hint("ask them");

        let shown = failure.to_string();
        let lines: Vec<_> = shown.lines().collect();
        assert_eq!(lines.len(), 3, "{shown}");
        assert!(lines[1].starts_with("  no hint: run `evil` xxx"), "{shown}");
        assert!(lines[1].chars().count() < 1_010, "{shown}");
        assert_eq!(lines[2], "hint: ask them");
    }
}
