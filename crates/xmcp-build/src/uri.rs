//! The URI of a resource, which is the path of its file: `(users)/[user_id]/profile.rs` is `users://{user_id}/profile`.
//!
//! The path shows the URI as clients write it, so a segment has only characters that stand for themselves in one (RFC 3986,
//! section 2.3, and the delimiters of 2.2 that mean nothing here). Nothing is percent-encoded behind the reader's back.

use std::fmt;

/// What a resource is read by: a URI, or with parameters a template for many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uri {
    scheme: String,
    segments: Vec<Segment>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    Literal(String),
    Parameter(Parameter),
}

/// A part of a URI that differs from read to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, which is that of a field of `Schema`.
    pub name: String,
    /// Whether it is all that is left of the URI, and may hold `/`: `[...path]`, where `[path]` is one segment.
    pub rest: bool,
}

impl Uri {
    /// The URI that a file's path gives, as seen from the routed folder.
    ///
    /// ```
    /// use xmcp_build::Uri;
    ///
    /// let profile = Uri::from_path("(users)/[user_id]/profile.rs").unwrap();
    /// assert_eq!(profile.to_string(), "users://{user_id}/profile");
    /// assert_eq!(Uri::from_path("(docs)/[...path].rs").unwrap().to_string(), "docs://{+path}");
    /// ```
    pub fn from_path(path: &str) -> Result<Self, IllegalUri> {
        let parts: Vec<&str> = parts(path).collect();
        let (first, rest) = match parts.split_first() {
            Some((first, rest)) if !rest.is_empty() => (first, rest),
            _ => return Err(IllegalUri::NoScheme),
        };
        let scheme = parenthesised(first).ok_or(IllegalUri::NoScheme)?;
        if !is_scheme(scheme) {
            return Err(IllegalUri::Scheme(scheme.to_owned()));
        }
        let mut uri = Self {
            scheme: scheme.to_owned(),
            segments: Vec::new(),
        };
        for (index, part) in rest.iter().enumerate() {
            let segment = segment(part, index == 0)?;
            if let Segment::Parameter(parameter) = &segment {
                if parameter.rest && index + 1 < rest.len() {
                    return Err(IllegalUri::RestBeforeEnd((*part).to_owned()));
                }
                if uri.parameters().any(|other| other.name == parameter.name) {
                    return Err(IllegalUri::Twice(parameter.name.clone()));
                }
            }
            uri.segments.push(segment);
        }
        Ok(uri)
    }

    /// The parameters in the order in which they stand. A URI without any is no template.
    pub fn parameters(&self) -> impl Iterator<Item = &Parameter> {
        self.segments.iter().filter_map(|segment| match segment {
            Segment::Parameter(parameter) => Some(parameter),
            Segment::Literal(_) => None,
        })
    }

    /// What it matches, whatever its parameters are called. Two resources with one pattern would answer the same URIs.
    pub(crate) fn pattern(&self) -> String {
        self.with_names(|_| "")
    }

    fn with_names<'a>(&'a self, name: impl Fn(&'a Parameter) -> &'a str) -> String {
        let segments = self.segments.iter().map(|segment| match segment {
            Segment::Literal(text) => text.clone(),
            Segment::Parameter(parameter) if parameter.rest => format!("{{+{}}}", name(parameter)),
            Segment::Parameter(parameter) => format!("{{{}}}", name(parameter)),
        });
        let segments: Vec<_> = segments.collect();
        format!("{}://{}", self.scheme, segments.join("/"))
    }
}

impl fmt::Display for Uri {
    /// A URI, or a template of RFC 6570: `{name}` is one segment, `{+name}` may hold `/`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.with_names(|parameter| &parameter.name))
    }
}

/// The first character of a path's part that does not stand for itself in a URI.
pub(crate) fn illegal_character(part: &str, is_first: bool) -> Option<char> {
    part.chars()
        .find(|character| !is_plain(*character, is_first))
}

/// The name that a path gives: its parts without brackets and parentheses, joined with `_`.
pub(crate) fn name_of_path(path: &str) -> String {
    let names: Vec<&str> = parts(path).map(bare).collect();
    names.join("_")
}

fn bare(part: &str) -> &str {
    parenthesised(part)
        .or_else(|| bracketed(part).map(|name| name.strip_prefix("...").unwrap_or(name)))
        .unwrap_or(part)
}

fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.strip_suffix(".rs").unwrap_or(path).split('/')
}

fn segment(part: &str, is_first: bool) -> Result<Segment, IllegalUri> {
    if parenthesised(part).is_some() {
        return Err(IllegalUri::SecondScheme(part.to_owned()));
    }
    if let Some(name) = bracketed(part) {
        let (name, rest) = match name.strip_prefix("...") {
            Some(name) => (name, true),
            None => (name, false),
        };
        if !is_identifier(name) {
            return Err(IllegalUri::Parameter(part.to_owned()));
        }
        let name = name.to_owned();
        return Ok(Segment::Parameter(Parameter { name, rest }));
    }
    if part.contains(['[', ']']) {
        return Err(IllegalUri::PartOfSegment(part.to_owned()));
    }
    match illegal_character(part, is_first) {
        Some(character) => Err(IllegalUri::Character(part.to_owned(), character)),
        None => Ok(Segment::Literal(part.to_owned())),
    }
}

fn parenthesised(part: &str) -> Option<&str> {
    part.strip_prefix('(')?.strip_suffix(')')
}

fn bracketed(part: &str) -> Option<&str> {
    part.strip_prefix('[')?.strip_suffix(']')
}

/// RFC 3986, section 3.1, which has schemes written in lower case.
fn is_scheme(text: &str) -> bool {
    let is_rest = |character: char| {
        character.is_ascii_lowercase()
            || character.is_ascii_digit()
            || matches!(character, '+' | '-' | '.')
    };
    text.starts_with(|first: char| first.is_ascii_lowercase()) && text.chars().all(is_rest)
}

/// A name that both a field of Rust and a variable of RFC 6570 can have.
fn is_identifier(text: &str) -> bool {
    let is_word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    text != "_"
        && text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.chars().all(is_word)
}

/// Whether a character stands for itself in a segment. In the first one, `:` and `@` would make a port or a user of it
/// (RFC 3986, section 3.2); `'` is left out of templates (RFC 6570, section 2.1).
fn is_plain(character: char, is_first: bool) -> bool {
    character.is_ascii_alphanumeric()
        || matches!(character, '-' | '.' | '_' | '~')
        || matches!(
            character,
            '!' | '$' | '&' | '(' | ')' | '*' | '+' | ',' | ';' | '='
        )
        || (matches!(character, ':' | '@') && !is_first)
}

/// Why a path is no URI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IllegalUri {
    /// Its first part is no folder in parentheses.
    NoScheme,
    /// What is in the parentheses is no scheme.
    Scheme(String),
    /// A part in parentheses after the first.
    SecondScheme(String),
    /// A part that holds a character with a meaning of its own, or one that would have to be encoded.
    Character(String, char),
    /// A part in brackets whose name is no identifier.
    Parameter(String),
    /// Brackets around less than a whole part.
    PartOfSegment(String),
    /// Two parameters have the name.
    Twice(String),
    /// A part that takes the rest of the URI, with more after it.
    RestBeforeEnd(String),
}

impl fmt::Display for IllegalUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoScheme => f.write_str(
                "resource has no scheme: put it into a folder in parentheses, as `(docs)/readme.rs` for `docs://readme`",
            ),
            Self::Scheme(scheme) if is_scheme(&scheme.to_ascii_lowercase()) => {
                write!(f, "scheme `{scheme}` has capitals: rename the folder to `({})`", scheme.to_ascii_lowercase())
            }
            Self::Scheme(scheme) => write!(
                f,
                "`({scheme})` is no scheme: it begins with one of `a-z` and goes on with `a-z`, `0-9`, `+`, `-` and `.`"
            ),
            Self::SecondScheme(part) => write!(
                f,
                "`{part}` is a second scheme: only the first folder is in parentheses, so rename this one"
            ),
            Self::Character(part, '{' | '}') => write!(
                f,
                "segment `{part}` has braces, which templates have: a parameter stands in brackets here, as `[user_id]`"
            ),
            Self::Character(part, character) => write!(
                f,
                "segment `{part}` has the character `{character}`, which has a meaning in a URI or would be encoded: use `A-Z`, \
                 `a-z`, `0-9`, `-`, `.`, `_` and `~`"
            ),
            Self::Parameter(part) => write!(
                f,
                "`{part}` is no parameter: name it as a field of `Schema`, with `A-Z`, `a-z`, `0-9` and `_`, as `[user_id]`"
            ),
            Self::PartOfSegment(part) => write!(
                f,
                "segment `{part}` has brackets around a part of it: a parameter is the whole segment, as `[name]`"
            ),
            Self::Twice(name) => write!(
                f,
                "parameter `{name}` is in the path twice: give each a name of its own"
            ),
            Self::RestBeforeEnd(part) => write!(
                f,
                "`{part}` takes the rest of the URI and is not the last: make it the file's own name, `{part}.rs`"
            ),
        }
    }
}

impl std::error::Error for IllegalUri {}

#[cfg(test)]
mod tests {
    use super::{IllegalUri, Uri, name_of_path};

    fn uri(path: &str) -> Result<String, IllegalUri> {
        Uri::from_path(path).map(|uri| uri.to_string())
    }

    #[test]
    fn a_path_is_a_uri_and_a_path_with_brackets_a_template() {
        assert_eq!(uri("(test)/static-text.rs").unwrap(), "test://static-text");
        assert_eq!(uri("(git+ssh)/a.b/c~d.rs").unwrap(), "git+ssh://a.b/c~d");
        assert_eq!(uri("(users)/[user_id].rs").unwrap(), "users://{user_id}");
        assert_eq!(uri("(files)/a/[...path].rs").unwrap(), "files://a/{+path}");
        assert_eq!(
            uri("(log)/today/12:30@home.rs").unwrap(),
            "log://today/12:30@home"
        );
    }

    #[test]
    fn templates_that_differ_in_names_alone_have_one_pattern() {
        let pattern = |path| Uri::from_path(path).unwrap().pattern();

        assert_eq!(pattern("(a)/[x]/b.rs"), pattern("(a)/[y]/b.rs"));
        assert_ne!(pattern("(a)/[x]/b.rs"), pattern("(a)/x/b.rs"));
        assert_ne!(pattern("(a)/[x].rs"), pattern("(a)/[...x].rs"));
    }

    #[test]
    fn a_name_is_the_path_without_its_marks() {
        assert_eq!(
            name_of_path("(users)/[user_id]/profile.rs"),
            "users_user_id_profile"
        );
        assert_eq!(name_of_path("(docs)/[...path].rs"), "docs_path");
    }

    #[test]
    fn what_would_mean_something_else_in_a_uri_is_refused() {
        for segment in ["a b", "été", "a%20b", "a?b", "a#b", "{a}", "a'b"] {
            let path = format!("(a)/b/{segment}.rs");
            assert!(
                matches!(uri(&path), Err(IllegalUri::Character(..))),
                "{path}"
            );
        }
        assert!(matches!(
            uri("(a)/b:1.rs"),
            Err(IllegalUri::Character(_, ':'))
        ));
        assert!(matches!(uri("(a)/[].rs"), Err(IllegalUri::Parameter(_))));
        assert!(matches!(uri("(a)/[...].rs"), Err(IllegalUri::Parameter(_))));
        assert!(matches!(uri("(a)/[1st].rs"), Err(IllegalUri::Parameter(_))));
        assert!(matches!(uri("().rs"), Err(IllegalUri::NoScheme)));
        assert!(matches!(uri("()/a.rs"), Err(IllegalUri::Scheme(_))));
    }
}
