//! Why a value is refused, in words for the person who wrote it. The place it was written (a variable, a line) is the caller's to add.

/// Why a value is refused: what was found, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// A value of another kind.
    #[error("found {found}: write {expected}")]
    WrongType {
        /// The kind of value, and the value.
        found: String,
        /// What to write.
        expected: String,
    },
    /// A number outside of what the key takes.
    #[error("`{found}` is out of range: write a whole number from {minimum} to {maximum}")]
    OutOfRange {
        /// The number.
        found: i64,
        /// The smallest that is taken.
        minimum: i64,
        /// The largest that is taken.
        maximum: i64,
    },
    /// None of the words that the key takes.
    #[error("{found} is not known: write {expected}")]
    UnknownWord {
        /// The word.
        found: String,
        /// The nearest right word, or all of them.
        expected: String,
    },
    /// An empty value where one is needed.
    #[error("the value is empty: write {expected}")]
    Empty {
        /// What to write.
        expected: &'static str,
    },
    /// A control character, a line break for one, in a value that is one line.
    #[error("{found} contains a control character: write it as one line of text")]
    ControlCharacter {
        /// The value.
        found: String,
    },
    /// An endpoint that is no plain path.
    #[error("{found} is no path for the endpoint ({problem}): write {remedy}")]
    Endpoint {
        /// The value.
        found: String,
        /// What is wrong with it.
        problem: &'static str,
        /// What to write.
        remedy: String,
    },
    /// Something that is no URL, or a URL with a part that does not belong.
    #[error("{found} cannot be used as the URL ({problem}): write {remedy}")]
    Url {
        /// The value, unless a password may be in it.
        found: String,
        /// What is wrong with it.
        problem: &'static str,
        /// What to write.
        remedy: String,
    },
    /// Something that is no origin.
    #[error("{found} is not an origin ({problem}): write {remedy}")]
    Origin {
        /// The value.
        found: String,
        /// What is wrong with it.
        problem: &'static str,
        /// What to write.
        remedy: String,
    },
    /// Something that is no host.
    #[error("{found} is not a host ({problem}): write {remedy}")]
    Host {
        /// The value.
        found: String,
        /// What is wrong with it.
        problem: &'static str,
        /// What to write.
        remedy: String,
    },
    /// Something that is no network of proxies.
    #[error("{found} is not a network of proxies ({problem}): write {remedy}")]
    Network {
        /// The value.
        found: String,
        /// What is wrong with it.
        problem: &'static str,
        /// What to write.
        remedy: String,
    },
    /// A part of the log's filter that says nothing, or not what was meant.
    #[error("{found} cannot be used in the filter ({problem}): write {remedy}")]
    Filter {
        /// The part.
        found: String,
        /// What is wrong with it.
        problem: &'static str,
        /// What to write.
        remedy: String,
    },
    /// A path that does not stay inside of the project.
    #[error("{found} is no path inside of the project ({problem}): write {remedy}")]
    Path {
        /// The value.
        found: String,
        /// What is wrong with it.
        problem: &'static str,
        /// What to write.
        remedy: String,
    },
}

/// A reason, and which item of a list it is about.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fault {
    pub(crate) item: Option<usize>,
    pub(crate) reason: Reason,
}

impl Fault {
    pub(crate) fn of_item(index: usize, reason: Reason) -> Self {
        Self {
            item: Some(index),
            reason,
        }
    }
}

impl From<Reason> for Fault {
    fn from(reason: Reason) -> Self {
        Self { item: None, reason }
    }
}

/// `value` in backticks, on one line and of bounded length.
pub(crate) fn shown(value: &str) -> String {
    const LONGEST: usize = 80;

    let mut text = String::new();
    for character in value.chars().take(LONGEST) {
        // A backslash before a quote would look like a part of the value.
        match character {
            '"' | '\'' | '\\' => text.push(character),
            _ => text.extend(character.escape_debug()),
        }
    }
    if value.chars().nth(LONGEST).is_some() {
        text.push('…');
    }
    format!("`{text}`")
}

/// Like [`shown`], but a value in which a user and a password may stand before an `@` is not repeated.
pub(crate) fn shown_without_user(value: &str) -> String {
    if value.contains('@') {
        return "the value".to_owned();
    }
    shown(value)
}
