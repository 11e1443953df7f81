//! The URI of a request, taken apart.
//!
//! 1. Every segment is percent-decoded once. What is no UTF-8 then, or was no encoding, names no resource.
//! 2. A segment is never empty, `.` or `..`, and holds no `/`, no `\` and no control character after it was decoded: what a handler
//!    gets of a URI stays inside of the place it is put in.
//! 3. Neither query nor fragment: these characters stand for themselves only where they are encoded.
//! 4. A URI has a length beyond which it names nothing.

use std::borrow::Cow;

/// The longest URI that names a resource, in bytes.
pub(super) const LONGEST: usize = 4096;

/// The URI of a request, taken apart.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Uri<'a> {
    /// Lower case.
    pub(super) scheme: String,
    /// At least one, decoded.
    pub(super) segments: Vec<Cow<'a, str>>,
}

impl<'a> Uri<'a> {
    /// The parts of `scheme://one/two`, or nothing when it is none that could name a resource.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
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
