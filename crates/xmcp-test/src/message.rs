//! What came back: the messages of a body, and the outcome of a response.

use http::{HeaderMap, StatusCode, header};
use serde_json::Value;

use crate::RpcError;

/// The messages of a body, in order: one of JSON, or one an event of an event stream. `None` when it is neither.
pub(crate) fn messages(headers: &HeaderMap, body: &[u8]) -> Option<Vec<Value>> {
    let media_type = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    match media_type.split(';').next()?.trim() {
        "application/json" => Some(vec![serde_json::from_slice(body).ok()?]),
        "text/event-stream" => events(std::str::from_utf8(body).ok()?),
        _ => None,
    }
}

/// The messages of an event stream, as this server writes it: lines end with a line feed, and events with an empty line.
fn events(stream: &str) -> Option<Vec<Value>> {
    let mut messages = Vec::new();
    for event in stream.split("\n\n") {
        let lines = event.lines().filter_map(|line| line.strip_prefix("data:"));
        let data: Vec<&str> = lines
            .map(|line| line.strip_prefix(' ').unwrap_or(line))
            .collect();
        if !data.is_empty() {
            messages.push(serde_json::from_str(&data.join("\n")).ok()?);
        }
    }
    Some(messages)
}

/// A response.
pub(crate) struct Answered {
    /// `None` when the server could not tell whom it answers.
    pub(crate) id: Option<u64>,
    pub(crate) result: Result<Value, RpcError>,
}

/// What a response says, if it is one.
pub(crate) fn outcome(mut response: Value, status: StatusCode) -> Option<Answered> {
    let id = match response.get("id") {
        None | Some(Value::Null) => None,
        Some(id) => Some(id.as_u64()?),
    };
    if let Some(error) = response.get_mut("error") {
        let code = error.get("code")?.as_i64()?;
        let message = error.get("message")?.as_str()?.to_owned();
        let data = error.get_mut("data").map(Value::take);
        return Some(Answered {
            id,
            result: Err(RpcError {
                code,
                message,
                data,
                status,
            }),
        });
    }
    id?;
    Some(Answered {
        id,
        result: Ok(response.get_mut("result")?.take()),
    })
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use serde_json::json;

    use super::*;

    fn of(media_type: &'static str, body: &str) -> Option<Vec<Value>> {
        messages(
            &HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static(media_type))]),
            body.as_bytes(),
        )
    }

    #[test]
    fn a_body_is_one_message_or_a_stream_of_them() {
        assert_eq!(
            of("application/json; charset=utf-8", r#"{"a":1}"#),
            Some(vec![json!({ "a": 1 })])
        );
        let stream = "event: message\ndata: {\"a\":1}\n\n:\n\nid: 7\ndata:{\"b\":\ndata: 2}\n\n";
        assert_eq!(
            of("text/event-stream", stream),
            Some(vec![json!({ "a": 1 }), json!({ "b": 2 })])
        );
        assert_eq!(of("text/html", "<html>"), None);
        assert_eq!(of("application/json", "no"), None);
    }
}
