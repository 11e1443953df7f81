//! One look at each header of a request, for what is the same with nearly every request. To look one up by its name takes a third as long as
//! to pass by all of a usual request.
//!
//! 1. It decides nothing. It says what the decision would be where it is sure, and who is told nothing looks for itself.
//! 2. It holds for the headers that were looked at. So it stays with requests that only layers of ours have had in their hands.

use axum::http::{HeaderMap, HeaderValue};

/// What a look at the headers has shown. The default is that nobody has looked.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Glance {
    /// There is no `x-request-id`.
    pub(super) lacks_id: bool,
    /// There is no `Origin`.
    pub(super) lacks_origin: bool,
    /// There is one `Host`.
    pub(super) has_one_host: bool,
    /// There is no `Content-Encoding`.
    pub(crate) lacks_encoding: bool,
    /// There is one `Content-Type`, and it is `application/json` to the letter.
    pub(crate) sends_json: bool,
    /// There is one `Accept`, and it is `application/json, text/event-stream` to the letter, as the specification has it (2025-11-25
    /// basic/transports, "Sending Messages to the Server").
    pub(crate) takes_both: bool,
}

/// What a header was, as far as the look has come.
#[derive(Clone, Copy, PartialEq)]
enum Seen {
    Nothing,
    Usual,
    Other,
}

impl Seen {
    fn add(&mut self, value: &HeaderValue, usual: &[u8]) {
        *self = match self {
            Self::Nothing if value.as_bytes() == usual => Self::Usual,
            _ => Self::Other,
        };
    }
}

impl Glance {
    pub(crate) fn at(headers: &HeaderMap) -> Self {
        let mut glance = Self {
            lacks_id: true,
            lacks_origin: true,
            lacks_encoding: true,
            ..Self::default()
        };
        let mut hosts = 0;
        let (mut sent, mut taken) = (Seen::Nothing, Seen::Nothing);
        for (name, value) in headers {
            match name.as_str() {
                "accept" => taken.add(value, b"application/json, text/event-stream"),
                "content-encoding" => glance.lacks_encoding = false,
                "content-type" => sent.add(value, b"application/json"),
                "host" => hosts += 1,
                "origin" => glance.lacks_origin = false,
                "x-request-id" => glance.lacks_id = false,
                _ => {}
            }
        }
        glance.has_one_host = hosts == 1;
        glance.sends_json = sent == Seen::Usual;
        glance.takes_both = taken == Seen::Usual;
        glance
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderName;

    fn at(headers: &[(&'static str, &'static str)]) -> Glance {
        let fields = headers.iter().map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        });
        let mut map = HeaderMap::new();
        for (name, value) in fields {
            map.append(name, value);
        }
        Glance::at(&map)
    }

    #[test]
    fn a_usual_request_leaves_nothing_to_look_up() {
        let usual = at(&[
            ("host", "localhost"),
            ("content-type", "application/json"),
            ("accept", "application/json, text/event-stream"),
        ]);
        let all = Glance {
            lacks_id: true,
            lacks_origin: true,
            has_one_host: true,
            lacks_encoding: true,
            sends_json: true,
            takes_both: true,
        };
        assert_eq!(usual, all);
    }

    #[test]
    fn what_is_not_usual_is_left_to_who_asks() {
        assert!(!at(&[("host", "a"), ("host", "a")]).has_one_host);
        let none = at(&[]);
        assert!(!none.has_one_host);
        assert!(!none.sends_json && !none.takes_both);
        for name in ["origin", "x-request-id", "content-encoding"] {
            let glance = at(&[(name, "")]);
            let lacks = (glance.lacks_origin, glance.lacks_id, glance.lacks_encoding);
            let expected = (
                name != "origin",
                name != "x-request-id",
                name != "content-encoding",
            );
            assert_eq!(lacks, expected, "{name}");
        }
        let both = "application/json, text/event-stream";
        for values in [&["*/*"][..], &[both, both], &[both, "*/*"], &["*/*", both]] {
            let accept: Vec<_> = values.iter().map(|value| ("accept", *value)).collect();
            assert!(!at(&accept).takes_both, "{values:?}");
        }
        let json = "application/json";
        for values in [
            &["text/plain"][..],
            &["Application/JSON"],
            &[json, "text/plain"],
        ] {
            let types: Vec<_> = values
                .iter()
                .map(|value| ("content-type", *value))
                .collect();
            assert!(!at(&types).sends_json, "{values:?}");
        }
    }
}
