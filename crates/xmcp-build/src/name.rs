//! Names of primitives: what the specification allows, and which name a file gives.

use std::fmt;

/// The name of a tool or a prompt: 1 to 128 of the characters `A-Z`, `a-z`, `0-9`, `_`, `-` and `.`, as the specification of
/// 2025-11-25 (Server features, Tools, Tool names) asks for. It asks for nothing of the kind for prompts, which clients make
/// commands of, so one rule serves both. A resource is known by its URI, and its name is a [label](Name::label).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(String);

impl Name {
    /// The most characters that a name may have.
    pub const LIMIT: usize = 128;

    /// The most characters of a tool's name that every client known to us takes; longer ones are legal and warned about.
    pub const PORTABLE: usize = 64;

    /// Checks a name that somebody wrote.
    pub fn parse(text: &str) -> Result<Self, IllegalName> {
        if text.is_empty() {
            return Err(IllegalName::Empty);
        }
        if let Some(character) = text.chars().find(|character| !is_legal(*character)) {
            return Err(IllegalName::Character(character));
        }
        if text.len() > Self::LIMIT {
            return Err(IllegalName::Long(text.len()));
        }
        Ok(Self(text.to_owned()))
    }

    /// The name that a file's path gives: its parts, seen from the routed folder, joined with `_`.
    ///
    /// ```
    /// use xmcp_build::Name;
    ///
    /// assert_eq!(Name::from_path("users/get.rs").unwrap().as_str(), "users_get");
    /// assert_eq!(Name::from_path("get-user.rs").unwrap().as_str(), "get-user");
    /// ```
    pub fn from_path(path: &str) -> Result<Self, IllegalName> {
        Self::parse(&Self::text_of_path(path))
    }

    /// Checks the name of a resource, which people read: anything but control characters.
    pub fn label(text: &str) -> Result<Self, IllegalName> {
        if text.trim().is_empty() {
            return Err(IllegalName::Empty);
        }
        if let Some(character) = text.chars().find(|character| character.is_control()) {
            return Err(IllegalName::Character(character));
        }
        let length = text.chars().count();
        if length > Self::LIMIT {
            return Err(IllegalName::Long(length));
        }
        Ok(Self(text.to_owned()))
    }

    pub(crate) fn text_of_path(path: &str) -> String {
        path.strip_suffix(".rs").unwrap_or(path).replace('/', "_")
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_legal(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '.')
}

/// Why a text is no name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IllegalName {
    /// It has no characters.
    Empty,
    /// It has a character that its kind does not have.
    Character(char),
    /// It has more than [`Name::LIMIT`] characters.
    Long(usize),
}

impl fmt::Display for IllegalName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty"),
            Self::Character(character) => write!(f, "has the character `{character}`"),
            Self::Long(length) => {
                write!(f, "has {length} characters, more than {}", Name::LIMIT)
            }
        }
    }
}

impl std::error::Error for IllegalName {}

#[cfg(test)]
mod tests {
    use super::{IllegalName, Name};

    #[test]
    fn folders_are_joined_with_underscores() {
        assert_eq!(
            Name::from_path("admin/users/get.rs"),
            Name::parse("admin_users_get")
        );
    }

    #[test]
    fn kebab_case_and_dots_are_kept() {
        assert_eq!(
            Name::from_path("get-user.v2.rs").unwrap().as_str(),
            "get-user.v2"
        );
    }

    #[test]
    fn a_name_has_at_most_128_characters() {
        assert!(Name::parse(&"a".repeat(128)).is_ok());
        assert_eq!(Name::parse(&"a".repeat(129)), Err(IllegalName::Long(129)));
        assert_eq!(Name::parse(""), Err(IllegalName::Empty));
    }

    #[test]
    fn a_label_is_what_people_read() {
        assert_eq!(
            Name::label("Projekt – Dateien").unwrap().as_str(),
            "Projekt – Dateien"
        );
        assert_eq!(Name::label(" "), Err(IllegalName::Empty));
        assert_eq!(Name::label("a\nb"), Err(IllegalName::Character('\n')));
        assert_eq!(Name::label(&"é".repeat(129)), Err(IllegalName::Long(129)));
    }

    #[test]
    fn only_the_characters_of_the_specification_are_legal() {
        assert!(Name::parse("aZ09_-.").is_ok());
        for illegal in [' ', '/', '(', 'é', '\n', ':'] {
            assert_eq!(
                Name::parse(&format!("a{illegal}b")),
                Err(IllegalName::Character(illegal))
            );
        }
    }
}
