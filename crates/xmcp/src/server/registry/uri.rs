//! The URI of a request, taken apart.
//!
//! 1. Every segment is percent-decoded once. What is no UTF-8 then, or was no encoding, names no resource.
//! 2. A segment is never empty, `.` or `..`, and holds no `/`, no `\` and no control character after it was decoded: what a handler
//!    gets of a URI stays inside of the place it is put in.
//! 3. Neither query nor fragment: these characters stand for themselves only where they are encoded.
//! 4. A URI has a length beyond which it names nothing.

use std::borrow::Cow;

use super::resource::Bracket;

/// The longest URI that names a resource, in bytes.
pub(super) const LONGEST: usize = 4096;

/// The URI of a request, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::server) struct Uri<'a> {
    /// Lower case.
    pub(in crate::server) scheme: String,
    /// At least one, decoded.
    pub(in crate::server) segments: Vec<Cow<'a, str>>,
}

impl<'a> Uri<'a> {
    /// The parts of `scheme://one/two`, or nothing when it is none that could name a resource.
    pub(in crate::server) fn parse(text: &'a str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let (scheme, rest) = text.split_once("://")?;
        let segments = rest.split('/').map(segment).collect::<Option<_>>()?;
        Some(Self {
            scheme: scheme.to_ascii_lowercase(),
            segments,
        })
    }
}

/// The parameters of a URI or template of run time. Fails with what is wrong with it, and what to write.
pub(super) fn parameters(uri: &str) -> Result<Vec<Bracket>, &'static str> {
    let (scheme, path) = uri
        .split_once(':')
        .ok_or("it has no scheme: write `notes://1`")?;
    let mut letters = scheme.bytes();
    let is_scheme = letters.next().is_some_and(|byte| byte.is_ascii_lowercase())
        && letters.all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+.-".contains(&byte)
        });
    if !is_scheme {
        return Err(
            "its scheme must be lower case letters, digits, `+`, `.` and `-`, a letter first",
        );
    }
    if uri.len() > LONGEST {
        return Err("it is longer than 4096 bytes");
    }
    if uri
        .chars()
        .any(|character| character.is_control() || character.is_whitespace())
    {
        return Err("spaces and control characters must be percent-encoded");
    }
    if !uri.contains(['{', '}']) {
        return Ok(Vec::new());
    }
    let path = path
        .strip_prefix("//")
        .ok_or("a template begins like `notes://`")?;
    let segments: Vec<&str> = path.split('/').collect();
    let mut parameters: Vec<Bracket> = Vec::new();
    for (place, segment) in segments.iter().enumerate() {
        if !segment.contains(['{', '}']) {
            continue;
        }
        let name = segment
            .strip_prefix('{')
            .and_then(|rest| rest.strip_suffix('}'));
        let name = name.ok_or("a parameter is a whole segment: write `notes://{id}/text`")?;
        let (name, rest) = match name.strip_prefix('+') {
            Some(name) => (name, true),
            None => (name, false),
        };
        if rest && place + 1 < segments.len() {
            return Err("`{+name}` is the rest of the URI, so it must be the last segment");
        }
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if name.is_empty() || !name.bytes().all(is_name) {
            return Err("a parameter's name is letters, digits and `_`");
        }
        if parameters.iter().any(|parameter| parameter.name == name) {
            return Err("a parameter stands twice");
        }
        parameters.push(Bracket {
            name: Cow::Owned(name.to_owned()),
            rest,
        });
    }
    Ok(parameters)
}

/// One segment, decoded.
fn segment(text: &str) -> Option<Cow<'_, str>> {
    if text.contains(['?', '#']) {
        return None;
    }
    let decoded = decode(text)?;
    let is_path = matches!(&*decoded, "" | "." | "..")
        || decoded
            .contains(|character: char| matches!(character, '/' | '\\') || character.is_control());
    (!is_path).then_some(decoded)
}

/// The text with every `%41` as what it stands for.
pub(super) fn decode(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('%') {
        return Some(Cow::Borrowed(text));
    }
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let mut digit = || char::from(bytes.next()?).to_digit(16);
        let (high, low) = (digit()?, digit()?);
        decoded.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(decoded).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn segments(uri: &str) -> Option<Vec<String>> {
        let uri = Uri::parse(uri)?;
        Some(uri.segments.into_iter().map(Cow::into_owned).collect())
    }

    #[test]
    fn a_uri_is_decoded_once_segment_by_segment() {
        let uri = Uri::parse("USERS://a%20b/c%2541/%C3%A9").unwrap();
        assert_eq!(uri.scheme, "users");
        assert_eq!(uri.segments, ["a b", "c%41", "é"]);
    }

    #[test]
    fn what_leads_out_of_its_place_names_nothing() {
        for uri in [
            "files://..",
            "files://%2e%2E",
            "files://.",
            "files://a/../b",
            "files://a%2fb",
            "files://a%5Cb",
            "files://a\\b",
            "files://a%00",
            "files://a\n",
            "files://a//b",
            "files://a/",
            "files://",
            "files:a",
            "files://a?b",
            "files://a#b",
            "files://%",
            "files://%4",
            "files://%zz",
            "files://%+1",
            "files://%FF",
        ] {
            assert_eq!(segments(uri), None, "{uri}");
        }
    }

    #[test]
    fn a_long_uri_names_nothing() {
        let long = format!("files://{}", "a".repeat(LONGEST - 8));
        assert!(segments(&long).is_some());
        assert_eq!(segments(&(long + "a")), None);
    }
}
