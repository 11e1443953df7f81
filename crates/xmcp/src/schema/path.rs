//! Where in the arguments a value stands, as a list on the stack: it costs nothing until someone asks for its text.

use std::borrow::Cow;
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

    /// The JSON pointer (RFC 6901) of this place, to remember it by.
    pub(super) fn pointer(&self) -> String {
        match self {
            Self::Root => String::new(),
            Self::Member(parent, name) => format!("{}/{}", parent.pointer(), escaped(name)),
            Self::Item(parent, index) => format!("{}/{index}", parent.pointer()),
        }
    }

    /// Whether this is the place of a JSON pointer. It is compared from its end, where places differ first: a stranger's long
    /// name further up is not read again for every place below it.
    pub(super) fn is_at(&self, pointer: &str) -> bool {
        let (parent, before) = match self {
            Self::Root => return pointer.is_empty(),
            Self::Member(parent, name) => (parent, pointer.strip_suffix(&*escaped(name))),
            Self::Item(parent, index) => (parent, pointer.strip_suffix(&index.to_string())),
        };
        before
            .and_then(|before| before.strip_suffix('/'))
            .is_some_and(|before| parent.is_at(before))
    }
}

fn escaped(name: &str) -> Cow<'_, str> {
    if name.contains(['~', '/']) {
        name.replace('~', "~0").replace('/', "~1").into()
    } else {
        name.into()
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
pub(super) fn pointer_token(name: &str) -> Cow<'_, str> {
    if name.contains(['~', '/']) {
        Cow::Owned(name.replace('~', "~0").replace('/', "~1"))
    } else {
        Cow::Borrowed(name)
    }
}

fn is_plain(name: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '$' | '@');
    !name.is_empty() && name.len() <= violations::EXCERPT && name.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_at_its_own_pointer_and_at_no_other() {
        let map = Path::Root.member("m/~");
        let item = map.item(12);
        let place = item.member("a");
        assert_eq!(place.pointer(), "/m~1~0/12/a");
        assert!(place.is_at("/m~1~0/12/a"));
        for other in [
            "",
            "/a",
            "a",
            "/m~1~0/2/a",
            "/m~1~0/12/ba",
            "/m~1~0/12a",
            "/x/m~1~0/12/a",
            "/m/~/12/a",
        ] {
            assert!(!place.is_at(other), "{other}");
        }
        assert!(Path::Root.is_at(""));
    }
}
