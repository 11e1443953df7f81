//! The token of a request: exactly one, in the `Authorization` header (RFC 6750, section 2.1).
//!
//! 1. Tokens in queries, bodies and cookies are never read. One in the query beside the header is a second credential.
//! 2. A token longer than 8 KiB, or with a character that no token has, goes no further than here.
//! 3. Whatever the header holds, it is gone from the request.

use std::fmt;

use http::{HeaderMap, HeaderValue, header};

use crate::Rejection;

/// No token is longer.
const LIMIT: usize = 8 * 1024;

/// A text with the form of a token, found in the right place. It cannot be printed.
pub(crate) struct Token {
    header: HeaderValue,
    start: usize,
}

impl Token {
    pub(crate) fn as_str(&self) -> &str {
        // The characters were checked; a header's value does not change.
        std::str::from_utf8(&self.header.as_bytes()[self.start..]).unwrap_or_default()
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("****")
    }
}

/// Takes the token out of the headers.
///
/// # Errors
///
/// There is none, more than one, or a text that is no token.
pub(crate) fn take(headers: &mut HeaderMap, query: Option<&str>) -> Result<Token, Rejection> {
    let several = headers
        .get_all(header::AUTHORIZATION)
        .iter()
        .nth(1)
        .is_some();
    let Some(mut header) = headers.remove(header::AUTHORIZATION) else {
        return Err(Rejection::Missing);
    };
    header.set_sensitive(true);
    if several {
        return Err(Rejection::Ambiguous);
    }
    let Some(start) = credential(header.as_bytes()) else {
        return Err(Rejection::Missing);
    };
    if query.is_some_and(names_token) {
        return Err(Rejection::Ambiguous);
    }
    let token = &header.as_bytes()[start..];
    if token.len() > LIMIT || !is_token68(token) {
        return Err(Rejection::Invalid);
    }
    Ok(Token { header, start })
}

/// Where the credential of the `Bearer` scheme starts, if it is this scheme: its name in any case, then spaces.
fn credential(header: &[u8]) -> Option<usize> {
    let space = header.iter().position(|byte| *byte == b' ')?;
    if !header[..space].eq_ignore_ascii_case(b"Bearer") {
        return None;
    }
    let rest = &header[space..];
    let spaces = rest.iter().position(|byte| *byte != b' ')?;
    Some(space + spaces)
}

fn names_token(query: &str) -> bool {
    url::form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == "access_token")
}

/// RFC 9110, section 11.2: letters, digits and `-._~+/`, then any number of `=`.
fn is_token68(token: &[u8]) -> bool {
    let end = token
        .iter()
        .rposition(|byte| *byte != b'=')
        .map_or(0, |last| last + 1);
    end > 0
        // Every byte is looked at, whatever the others were: the compiler then looks at many at once.
        && token[..end]
            .iter()
            .fold(true, |all, byte| all & is_of_token68(*byte))
}

fn is_of_token68(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'+' | b'/')
}
