//! What a request sends and what its client takes, as far as its headers say. What they do not say it is not held to.

use http::{HeaderMap, StatusCode, header};

use super::jsonrpc::{RpcError, code};
use crate::http::Glance;

/// What clients send as the specification has it (2025-11-25 basic/transports, "Sending Messages to the Server"). To the letter it
/// need not be taken apart.
const JSON: &[u8] = b"application/json";
const JSON_AND_EVENTS: &[u8] = b"application/json, text/event-stream";

/// Whether the client sends JSON (else 415) and takes it (else 406).
pub(super) fn check(headers: &HeaderMap, glance: Glance) -> Result<(), RpcError> {
    if !glance.sends_json && !sends_json(headers) {
        let message = "`Content-Type` must be application/json";
        return Err(refusal(message, StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    if !glance.takes_both && !accepts(headers, "application/json") {
        let message = "`Accept` must list application/json and text/event-stream";
        return Err(refusal(message, StatusCode::NOT_ACCEPTABLE));
    }
    Ok(())
}

fn refusal(message: &'static str, status: StatusCode) -> RpcError {
    RpcError::new(code::INVALID_REQUEST, message).status(status)
}

fn sends_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE) else {
        return false;
    };
    if value.as_bytes() == JSON {
        return true;
    }
    let Ok(value) = value.to_str() else {
        return false;
    };
    parts(value.as_bytes(), b';')
        .next()
        .is_some_and(|essence| essence.eq_ignore_ascii_case(JSON))
}

/// Whether `Accept` takes a media type: the most specific range that matches decides, unless its weight is 0. Absent, the
/// header takes everything (RFC 9110 section 12.5.1).
pub(super) fn accepts(headers: &HeaderMap, media_type: &str) -> bool {
    let values = headers.get_all(header::ACCEPT);
    let mut each = values.iter();
    match (each.next(), each.next()) {
        (None, _) => return true,
        (Some(only), None) if only.as_bytes() == JSON_AND_EVENTS => {
            return matches!(media_type, "application/json" | "text/event-stream");
        }
        _ => {}
    }
    let ranges = values
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| parts(value.as_bytes(), b','));
    let best = ranges
        .filter_map(|range| taken(range, media_type.as_bytes()))
        .max_by_key(|(specificity, _)| *specificity);
    best.is_some_and(|(_, is_wanted)| is_wanted)
}

/// How specifically a range names a media type, and whether it wants it; `None` when it does not match.
fn taken(range: &[u8], media_type: &[u8]) -> Option<(u8, bool)> {
    let mut parts = parts(range, b';');
    let essence = parts.next().unwrap_or_default();
    let specificity = if essence.eq_ignore_ascii_case(media_type) {
        2
    } else if essence == b"*/*" {
        0
    } else {
        let kind = essence.strip_suffix(b"*")?;
        let is_kind =
            kind.ends_with(b"/") && media_type.get(..kind.len())?.eq_ignore_ascii_case(kind);
        is_kind.then_some(1)?
    };
    let weight = parts.find_map(|part| part.strip_prefix(b"q=").or(part.strip_prefix(b"Q=")));
    let weight = weight.and_then(|weight| std::str::from_utf8(weight).ok());
    Some((
        specificity,
        weight.is_none_or(|weight| weight.parse() != Ok(0.0)),
    ))
}

/// The parts of a list, trimmed. Byte by byte: for texts as short as these, to look for a character is dearer than to compare each.
fn parts(list: &[u8], separator: u8) -> impl Iterator<Item = &[u8]> {
    list.split(move |byte| *byte == separator)
        .map(<[u8]>::trim_ascii)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_most_specific_range_decides_unless_its_weight_is_nothing() {
        for (accept, expected) in [
            ("application/json", true),
            ("application/json, text/event-stream", true),
            ("text/event-stream, application/json", true),
            ("Application/JSON; charset=utf-8", true),
            ("text/html, application/*;q=0.2", true),
            ("*/*", true),
            ("text/event-stream", false),
            ("application/json;q=0", false),
            ("application/json; q=0.000, text/html", false),
            ("application/json;q=0, */*", false),
            ("*/*;q=0, application/json", true),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
            assert_eq!(accepts(&headers, "application/json"), expected, "{accept}");
        }
        assert!(accepts(&HeaderMap::new(), "application/json"));
    }
}
