//! Messages.

use serde_json::{Map, Value};

use crate::{
    Era,
    server::{
        error_response,
        jsonrpc::{Message, Refusal, parse},
        method::Method,
    },
};

/// The body of a request: a message that is accepted is one JSON object whose members mean the same to a reader that minds nothing, so
/// that gate and dispatcher see what everybody sees; a refusal is short and JSON.
pub fn envelope(data: &[u8]) {
    let is_method = |name: &str| Method::parse(name).is_some();
    let message = match parse(data, is_method) {
        Ok(message) => message,
        Err(Refusal { id, error }) => {
            let answer = error_response(id, &error);
            assert!(answer.len() < 4 * 1024, "{}", answer.len());
            let answer: Map<String, Value> = serde_json::from_slice(&answer).expect("it is JSON");
            assert!(answer.contains_key("error"));
            return;
        }
    };
    // Numbers that are out of range, and what is nested deeper, are nothing to `Value`; the parts that decide are no such thing.
    let Ok(read) = serde_json::from_slice::<Map<String, Value>>(data) else {
        return;
    };
    assert_eq!(read["jsonrpc"], "2.0");
    let null = Value::Null;
    let params = read.get("params").unwrap_or(&null);
    match message {
        Message::Request(request) => {
            assert_eq!(read["method"], *request.method);
            let id: Value = serde_json::from_str(request.id.as_str()).expect("it is JSON");
            assert_eq!(read["id"], id);
            for (name, value) in [
                ("name", &request.params.name),
                ("uri", &request.params.uri),
                ("cursor", &request.params.cursor),
                ("taskId", &request.params.task_id),
                ("requestState", &request.params.request_state),
            ] {
                assert_eq!(
                    params.get(name).and_then(Value::as_str),
                    value.as_deref(),
                    "{name}"
                );
            }
            if let Some(arguments) = request.params.arguments {
                let arguments: Value = serde_json::from_str(arguments.get()).expect("it is JSON");
                assert_eq!(params["arguments"], arguments);
            }
            if let (Some(method), Ok(_)) = (Method::parse(&request.method), request.params.meta()) {
                let _ = [Era::Legacy, Era::Modern].map(|era| method.is_in(era));
            }
        }
        Message::Notification { method, .. } => {
            assert_eq!(read["method"], *method);
            assert!(!read.contains_key("id"));
        }
        Message::Response(response) => {
            assert!(read.get("method").is_none_or(Value::is_null));
            let _ = response.outcome();
        }
    }
}
