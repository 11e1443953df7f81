//! What is wrong with the arguments of a call, in words a model can act on. Everything here is bounded: part of
//! it is a stranger's text.

use std::fmt;

use serde_json::Value;

use super::path::Path;

/// Values and names are cut here, in characters.
pub(super) const EXCERPT: usize = 60;
const MOST: usize = 8;
const LONGEST_PATH: usize = 120;
const LONGEST_MESSAGE: usize = 240;
const LONGEST_TEXT: usize = 2048;

/// Why arguments were refused: at most eight reasons, and no more than 2 KiB when displayed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Violations {
    found: Vec<Violation>,
    more: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Violation {
    path: String,
    message: String,
}

impl Violations {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn of(path: &Path<'_>, message: impl fmt::Display) -> Self {
        let mut violations = Self::new();
        violations.add(path, message);
        violations
    }

    pub(super) fn add(&mut self, path: &Path<'_>, message: impl fmt::Display) {
        if self.is_full() {
            self.more += 1;
            return;
        }
        self.found.push(Violation {
            path: cut(&path.to_string(), LONGEST_PATH),
            message: cut(&message.to_string(), LONGEST_MESSAGE),
        });
    }

    /// Whether more violations are only counted.
    pub(super) fn is_full(&self) -> bool {
        self.found.len() == MOST
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.found.len() + self.more
    }

    pub(super) fn append(&mut self, other: Self) {
        self.more += other.more;
        for violation in other.found {
            if self.is_full() {
                self.more += 1;
            } else {
                self.found.push(violation);
            }
        }
    }

    /// The reasons, a line each, below a first line.
    pub(crate) fn below(&self, first: &str) -> String {
        let mut text = first.to_owned();
        let mut more = self.more;
        for violation in &self.found {
            let line = match violation.path.as_str() {
                "" => format!("\n- {}", violation.message),
                path => format!("\n- `{path}`: {}", violation.message),
            };
            // Room is left for the line that counts the rest.
            if text.len() + line.len() > LONGEST_TEXT - 40 {
                more += 1;
            } else {
                text.push_str(&line);
            }
        }
        if more > 0 {
            text.push_str(&format!("\n- and {more} more"));
        }
        text
    }
}

impl fmt::Display for Violations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.below("invalid arguments for this call:"))
    }
}

impl std::error::Error for Violations {}

/// The value as JSON, cut.
pub(super) fn excerpt(value: &Value) -> String {
    if let Value::String(text) = value {
        return quoted(text);
    }
    let mut out = Bounded {
        text: String::new(),
        room: EXCERPT * 4,
    };
    // Writing stops with an error once there is enough to cut, so that a large value is never written whole.
    let complete = serde_json::to_writer(&mut out, value).is_ok();
    if !complete {
        out.text.push('…');
    }
    cut(&out.text, EXCERPT)
}

/// The text as a JSON string, cut inside its quotes.
pub(super) fn quoted(text: &str) -> String {
    Value::String(cut(text, EXCERPT)).to_string()
}

pub(super) fn cut(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        None => text.to_owned(),
        Some(_) => {
            let end = text
                .char_indices()
                .nth(characters.saturating_sub(1))
                .map_or(0, |(end, _)| end);
            format!("{}…", &text[..end])
        }
    }
}

struct Bounded {
    text: String,
    room: usize,
}

impl std::io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.text.len() > self.room {
            return Err(std::io::ErrorKind::WriteZero.into());
        }
        // serde_json writes whole characters at a time, so nothing is lost here.
        let piece = String::from_utf8_lossy(bytes);
        self.text.push_str(&cut(&piece, self.room));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
