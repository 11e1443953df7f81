//! Tool names: what the specification allows, and which name a file gives.

use std::fmt;

/// The name of a tool: 1 to 128 of the characters `A-Z`, `a-z`, `0-9`, `_`, `-` and `.`, as the specification of
/// 2025-11-25 (Server features, Tools, Tool names) asks for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ToolName(String);

impl ToolName {
    /// The most characters that a name may have.
    pub const LIMIT: usize = 128;

    /// The most characters that every client known to us takes; longer names are legal and warned about.
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
    /// use xmcp_build::ToolName;
    ///
    /// assert_eq!(ToolName::from_path("users/get.rs").unwrap().as_str(), "users_get");
    /// assert_eq!(ToolName::from_path("get-user.rs").unwrap().as_str(), "get-user");
    /// ```
    pub fn from_path(path: &str) -> Result<Self, IllegalName> {
        Self::parse(&Self::text_of_path(path))
    }

    pub(crate) fn text_of_path(path: &str) -> String {
        path.strip_suffix(".rs").unwrap_or(path).replace('/', "_")
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ToolName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn is_legal(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '.')
}

/// Why a text is no tool name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IllegalName {
    /// It has no characters.
    Empty,
    /// It has a character outside of `A-Z`, `a-z`, `0-9`, `_`, `-` and `.`.
    Character(char),
    /// It has more than [`ToolName::LIMIT`] characters.
    Long(usize),
}

impl fmt::Display for IllegalName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("is empty"),
            Self::Character(character) => write!(f, "has the character `{character}`"),
            Self::Long(length) => {
                write!(f, "has {length} characters, more than {}", ToolName::LIMIT)
            }
        }
    }
}

impl std::error::Error for IllegalName {}

#[cfg(test)]
mod tests {
    use super::{IllegalName, ToolName};

    #[test]
    fn folders_are_joined_with_underscores() {
        assert_eq!(
            ToolName::from_path("admin/users/get.rs"),
            ToolName::parse("admin_users_get")
        );
    }

    #[test]
    fn kebab_case_and_dots_are_kept() {
        assert_eq!(
            ToolName::from_path("get-user.v2.rs").unwrap().as_str(),
            "get-user.v2"
        );
    }

    #[test]
    fn a_name_has_at_most_128_characters() {
        assert!(ToolName::parse(&"a".repeat(128)).is_ok());
        assert_eq!(
            ToolName::parse(&"a".repeat(129)),
            Err(IllegalName::Long(129))
        );
        assert_eq!(ToolName::parse(""), Err(IllegalName::Empty));
    }

    #[test]
    fn only_the_characters_of_the_specification_are_legal() {
        assert!(ToolName::parse("aZ09_-.").is_ok());
        for illegal in [' ', '/', '(', 'é', '\n', ':'] {
            assert_eq!(
                ToolName::parse(&format!("a{illegal}b")),
                Err(IllegalName::Character(illegal))
            );
        }
    }
}
