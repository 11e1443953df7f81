//! The headers that credentials come in.

use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::{
    Credential,
    presented::{self, Found, Kinds},
};

const API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// Longer credentials are refused.
const LONGEST: usize = 8 * 1024;

/// `?query` in the first line, then each line the value of an `Authorization` header, or `x-api-key:` and the value of one: a request is
/// accepted if, and only if, all of these together have one credential of its right form (RFC 6750, section 2.1); and what is accepted
/// is gone from the request.
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
    for line in lines.into_iter().take(8) {
        let (name, line) = match line.strip_prefix(b"x-api-key:") {
            Some(key) => (API_KEY, key),
            None => (header::AUTHORIZATION, line),
        };
        // What HTTP allows in no value never gets here.
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(name, value);
        }
    }
    let expected = credential_of(&headers).filter(|_| !query.is_some_and(has_token));

    let kinds = Kinds {
        bearer: true,
        dpop: false,
        key_headers: vec![API_KEY],
    };
    let taken = presented::take(
        &mut headers,
        query.is_some_and(presented::names_token),
        &kinds,
    )
    .and_then(Found::judged);

    let found = taken
        .as_ref()
        .ok()
        .map(|taken| match taken.credential(None) {
            Some(Credential::ApiKey(key)) => ("apikey".to_owned(), key.to_owned()),
            Some(Credential::Bearer(token)) => ("bearer".to_owned(), token.to_owned()),
            other => panic!("{other:?} is not taken here"),
        });
    assert_eq!(found, expected);
    for name in [header::AUTHORIZATION, API_KEY] {
        assert!(!headers.contains_key(&name), "{name}");
    }
    if let Ok(taken) = taken {
        assert_eq!(format!("{taken:?}"), "Presented(****)");
    }
}

/// The scheme and the credential of these headers, read by somebody else than `presented.rs`.
fn credential_of(headers: &HeaderMap) -> Option<(String, String)> {
    let values = |name| -> Vec<&[u8]> {
        let values = headers.get_all(name).iter();
        values.map(HeaderValue::as_bytes).collect()
    };
    let mut found = Vec::new();
    for key in values(API_KEY) {
        found.push(("apikey".to_owned(), key));
    }
    let authorization = values(header::AUTHORIZATION);
    for value in &authorization {
        let Some(space) = value.iter().position(|byte| *byte == b' ') else {
            continue;
        };
        let scheme = value[..space].to_ascii_lowercase();
        // Spaces alone: a tab there belongs to no credential.
        let spaces = value[space..].iter().take_while(|byte| **byte == b' ');
        let text = &value[space + spaces.count()..];
        if [&b"bearer"[..], b"apikey"].contains(&&*scheme) && !text.is_empty() {
            found.push((String::from_utf8(scheme).ok()?, text));
        }
    }
    let [(scheme, text)] = found.as_slice() else {
        return None;
    };
    let text = std::str::from_utf8(text).ok()?;
    let is_one = match &**scheme {
        "bearer" => {
            let body = text.trim_end_matches('=');
            let is_of_token =
                |letter: char| letter.is_ascii_alphanumeric() || "-._~+/".contains(letter);
            !body.is_empty() && body.chars().all(is_of_token)
        }
        _ => !text.is_empty() && text.chars().all(|letter| ('!'..='~').contains(&letter)),
    };
    (is_one && text.len() <= LONGEST && authorization.len() <= 1)
        .then(|| (scheme.clone(), text.to_owned()))
}

fn has_token(query: &str) -> bool {
    let mut parameters = url::form_urlencoded::parse(query.as_bytes());
    parameters.any(|(name, _)| name == "access_token")
}
