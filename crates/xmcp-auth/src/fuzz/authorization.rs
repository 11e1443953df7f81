//! The `Authorization` header.

use http::{HeaderMap, HeaderValue, header};

use crate::bearer;

/// Longer tokens are refused.
const LONGEST: usize = 8 * 1024;

/// `?query` in the first line, then each line the value of an `Authorization` header: it is accepted if, and only if, it is one
/// token68 of the scheme `Bearer` (RFC 6750, section 2.1) without a second credential; and it is gone from the request either way.
pub fn authorization(data: &[u8]) {
    let mut lines: Vec<&[u8]> = data.split(|byte| *byte == b'\n').collect();
    let query = match lines.first() {
        Some([b'?', query @ ..]) => std::str::from_utf8(query).ok(),
        _ => None,
    };
    if query.is_some() {
        lines.remove(0);
    }
    let mut headers = HeaderMap::new();
    let mut values = Vec::new();
    for line in lines.into_iter().take(8) {
        // What HTTP allows in no value never gets here.
        let Ok(value) = HeaderValue::from_bytes(line) else {
            continue;
        };
        values.push(value.as_bytes().to_vec());
        headers.append(header::AUTHORIZATION, value);
    }

    let taken = bearer::take(&mut headers, query);

    assert!(!headers.contains_key(header::AUTHORIZATION));
    let expected = match values.as_slice() {
        [value] if !query.is_some_and(has_token) => token_of(value),
        _ => None,
    };
    assert_eq!(
        taken.as_ref().ok().map(bearer::Token::as_str),
        expected.as_deref()
    );
    if let Ok(token) = taken {
        assert_eq!(format!("{token:?}"), "****");
    }
}

/// The token of a value, read by somebody else than `bearer.rs`: the scheme, one space or more, then nothing but the token.
fn token_of(value: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(value).ok()?;
    let (scheme, rest) = text.split_once(' ')?;
    let token = rest.trim_start_matches(' ');
    let body = token.trim_end_matches('=');
    let is_token = !body.is_empty()
        && body
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "-._~+/".contains(letter));
    (scheme.to_ascii_lowercase() == "bearer" && is_token && token.len() <= LONGEST)
        .then(|| token.to_owned())
}

fn has_token(query: &str) -> bool {
    let mut parameters = url::form_urlencoded::parse(query.as_bytes());
    parameters.any(|(name, _)| name == "access_token")
}
