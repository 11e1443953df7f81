//! Messages as bytes. Results are written straight into the response's buffer; nothing is built as a value first.

use bytes::Bytes;
use serde_json::json;

use super::jsonrpc::{Id, RpcError};
use crate::{CallToolResult, Era, context::Notification, schema::OutputSchema};

/// The text before a result.
pub(crate) fn response_head(id: Id<'_>) -> Vec<u8> {
    let mut head = Vec::with_capacity(64 + id.as_str().len());
    head.extend_from_slice(br#"{"jsonrpc":"2.0","id":"#);
    head.extend_from_slice(id.as_str().as_bytes());
    head.extend_from_slice(br#","result":"#);
    head
}

/// A whole response around a result that is already text.
pub(crate) fn response(id: Id<'_>, result: &[u8]) -> Bytes {
    let mut response = response_head(id);
    response.reserve(result.len() + 1);
    response.extend_from_slice(result);
    response.push(b'}');
    response.into()
}

/// An error response; without an id where the request's could not be read.
pub(crate) fn error_response(id: Option<Id<'_>>, error: &RpcError) -> Bytes {
    let mut response = br#"{"jsonrpc":"2.0","#.to_vec();
    if let Some(id) = id {
        response.extend_from_slice(br#""id":"#);
        response.extend_from_slice(id.as_str().as_bytes());
        response.push(b',');
    }
    response.extend_from_slice(br#""error":"#);
    response.extend_from_slice(error.to_json().to_string().as_bytes());
    response.push(b'}');
    response.into()
}

/// A notification to the client.
pub(crate) fn notification(notification: &Notification) -> Bytes {
    json!({ "jsonrpc": "2.0", "method": notification.method, "params": notification.params })
        .to_string()
        .into()
}

/// The result of `tools/call`, after what is already in the buffer.
pub(crate) fn tool_result(
    buffer: &mut Vec<u8>,
    result: &CallToolResult,
    output: Option<&OutputSchema>,
    era: Era,
) {
    buffer.push(b'{');
    if era == Era::Modern {
        buffer.extend_from_slice(br#""resultType":"complete","#);
    }
    buffer.extend_from_slice(br#""content":"#);
    match &result.structured {
        // The text block is the structured content's own text, for clients that read text only.
        Some(structured) if result.content.is_empty() => {
            buffer.extend_from_slice(br#"[{"type":"text","text":"#);
            write(buffer, structured.get());
            buffer.extend_from_slice(b"}]");
        }
        _ => write(buffer, &result.content),
    }
    if let Some(structured) = &result.structured {
        // Before 2026-07-28 structured content must be an object.
        let wrapped = era == Era::Legacy && !output.is_some_and(|output| output.is_object);
        buffer.extend_from_slice(if wrapped {
            br#","structuredContent":{"result":"#
        } else {
            br#","structuredContent":"#
        });
        buffer.extend_from_slice(structured.get().as_bytes());
        if wrapped {
            buffer.push(b'}');
        }
    }
    if result.is_error {
        buffer.extend_from_slice(br#","isError":true"#);
    }
    if let Some(meta) = &result.meta {
        buffer.extend_from_slice(br#","_meta":"#);
        write(buffer, meta);
    }
    buffer.push(b'}');
}

fn write(buffer: &mut Vec<u8>, value: &(impl serde::Serialize + ?Sized)) {
    serde_json::to_writer(buffer, value)
        .expect("content and text always serialise: their keys are strings, and a Vec takes all");
}
