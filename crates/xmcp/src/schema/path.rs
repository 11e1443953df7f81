//! Where in the arguments a value stands, as a list on the stack: it costs nothing until someone asks for its text.

use std::fmt;

use super::violations;

#[derive(Clone, Copy)]
pub(super) enum Path<'p> {
    Root,
    Member(&'p Path<'p>, &'p str),
    Item(&'p Path<'p>, usize),
}

impl<'p> Path<'p> {
    pub(super) fn member(&'p self, name: &'p str) -> Self {
        Self::Member(self, name)
    }

    pub(super) fn item(&'p self, index: usize) -> Self {
        Self::Item(self, index)
    }

    /// The JSON pointer (RFC 6901) of this place, for comparing places.
    pub(super) fn pointer(&self) -> String {
        match self {
            Self::Root => String::new(),
            Self::Member(parent, name) => {
                format!("{}/{}", parent.pointer(), pointer_token(name))
            }
            Self::Item(parent, index) => format!("{}/{index}", parent.pointer()),
        }
    }
}

/// `items[2].name`; names that are no plain words are quoted, as in `items["a b"]`. Empty for the root.
impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Item(parent, index) => write!(f, "{parent}[{index}]"),
            Self::Member(parent, name) if is_plain(name) => match parent {
                Self::Root => f.write_str(name),
                _ => write!(f, "{parent}.{name}"),
            },
            Self::Member(parent, name) => write!(f, "{parent}[{}]", violations::quoted(name)),
        }
    }
}

/// A member's name as a part of a JSON pointer.
pub(super) fn pointer_token(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

fn is_plain(name: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '$' | '@');
    !name.is_empty() && name.len() <= violations::EXCERPT && name.chars().all(plain)
}
