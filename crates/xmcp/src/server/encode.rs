//! Messages as bytes. Results are written straight into the response's buffer; nothing is built as a value first.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::{
    call::{Call, Outcome},
    completion::Values,
    jsonrpc::{Id, RpcError},
    rounds::InputRequests,
    target::{Reading, Target},
};
use crate::{
    CallToolResult, Era, GetPromptResult, ReadResourceResult,
    content::{Body, Content},
    context::Notification,
    schema::OutputSchema,
};

/// What is reserved for a response: most results of a tool fit.
const RESERVED: usize = 512;

/// The text before a result.
pub(crate) fn response_head(id: Id<'_>) -> Vec<u8> {
    let mut head = Vec::with_capacity(RESERVED + id.as_str().len());
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

/// What a call came to, as the text of a result; an error has none.
pub(crate) fn result(buffer: &mut Vec<u8>, call: &Call, outcome: &Outcome) -> Result<(), RpcError> {
    let era = call.era();
    match (outcome, &call.target) {
        (Outcome::Tool(result), Target::Tool(entry)) => {
            tool_result(buffer, result, entry.output.as_ref(), era);
        }
        (Outcome::Prompt(result), _) => prompt_result(buffer, result, era),
        (Outcome::Resource(result), Target::Resource(reading)) => {
            resource_result(buffer, result, reading, era);
        }
        (Outcome::Completion(values), _) => completion_result(buffer, values, era),
        (Outcome::InputRequired(questions), _) => input_required(buffer, questions),
        (Outcome::Error(error), _) => return Err(error.clone()),
        (Outcome::Tool(_) | Outcome::Resource(_), _) => {
            return Err(RpcError::internal(call.context.request_id()));
        }
    }
    Ok(())
}

/// The result that asks the client (2026-07-28 basic/patterns/mrtr, "InputRequiredResult").
fn input_required(buffer: &mut Vec<u8>, questions: &InputRequests) {
    buffer.extend_from_slice(br#"{"resultType":"input_required""#);
    if !questions.requests.is_empty() {
        buffer.extend_from_slice(br#","inputRequests":"#);
        write(buffer, &questions.requests);
    }
    if let Some(state) = &questions.state {
        buffer.extend_from_slice(br#","requestState":"#);
        write(buffer, state);
    }
    buffer.push(b'}');
}

/// The result of `tools/call`, after what is already in the buffer.
pub(super) fn tool_result(
    buffer: &mut Vec<u8>,
    result: &CallToolResult,
    output: Option<&OutputSchema>,
    era: Era,
) {
    begin(buffer, era);
    buffer.extend_from_slice(br#""content":"#);
    match &result.structured {
        // The text block is the structured content's own text, for clients that read text only.
        Some(structured) if result.content.is_empty() => {
            buffer.extend_from_slice(br#"[{"type":"text","text":"#);
            write(buffer, structured.get());
            buffer.extend_from_slice(b"}]");
        }
        _ => blocks(buffer, &result.content),
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
    end(buffer, result.meta.as_ref());
}

/// Blocks of content. Text without annotations, which most are, is written without what serde does for a choice of structs.
fn blocks(buffer: &mut Vec<u8>, blocks: &[Content]) {
    buffer.push(b'[');
    for (place, block) in blocks.iter().enumerate() {
        if place > 0 {
            buffer.push(b',');
        }
        match block.as_plain_text() {
            Some(text) => {
                buffer.extend_from_slice(br#"{"type":"text","text":"#);
                write(buffer, text);
                buffer.push(b'}');
            }
            None => write(buffer, block),
        }
    }
    buffer.push(b']');
}

/// The result of `prompts/get`.
fn prompt_result(buffer: &mut Vec<u8>, result: &GetPromptResult, era: Era) {
    begin(buffer, era);
    if let Some(description) = result.description.as_ref().filter(|text| !text.is_empty()) {
        buffer.extend_from_slice(br#""description":"#);
        write(buffer, description);
        buffer.push(b',');
    }
    buffer.extend_from_slice(br#""messages":"#);
    write(buffer, &result.messages);
    end(buffer, result.meta.as_ref());
}

/// The result of `resources/read`.
fn resource_result(buffer: &mut Vec<u8>, result: &ReadResourceResult, reading: &Reading, era: Era) {
    let entry = &reading.found.entry;
    begin(buffer, era);
    buffer.extend_from_slice(br#""contents":["#);
    for (place, contents) in result.contents.iter().enumerate() {
        if place > 0 {
            buffer.push(b',');
        }
        let (default, body, text) = match &contents.body {
            Body::Text(text) => ("text/plain", "text", text),
            Body::Blob(base64) => ("application/octet-stream", "blob", base64),
        };
        let mime_type = contents.mime_type.as_deref().or(entry.mime_type.as_deref());
        buffer.extend_from_slice(br#"{"uri":"#);
        write(buffer, contents.uri.as_ref().unwrap_or(&reading.uri));
        buffer.extend_from_slice(br#","mimeType":"#);
        write(buffer, mime_type.unwrap_or(default));
        buffer.extend_from_slice(format!(r#","{body}":"#).as_bytes());
        write(buffer, text);
        end(buffer, contents.meta.as_ref());
    }
    buffer.push(b']');
    if era == Era::Modern {
        let time = result.cache_for.unwrap_or(entry.cache_for).as_millis();
        let scope = match entry.same_for_all {
            true => "public",
            false => "private",
        };
        buffer.extend_from_slice(format!(r#","ttlMs":{time},"cacheScope":"{scope}""#).as_bytes());
    }
    end(buffer, result.meta.as_ref());
}

/// The result of `completion/complete`.
fn completion_result(buffer: &mut Vec<u8>, completion: &Values, era: Era) {
    begin(buffer, era);
    let Values { values, total } = completion;
    let has_more = values.len() < *total;
    let completion = json!({ "values": values, "total": total, "hasMore": has_more });
    buffer.extend_from_slice(br#""completion":"#);
    write(buffer, &completion);
    end(buffer, None);
}

/// The beginning of a result that is complete.
fn begin(buffer: &mut Vec<u8>, era: Era) {
    buffer.push(b'{');
    if era == Era::Modern {
        buffer.extend_from_slice(br#""resultType":"complete","#);
    }
}

/// The end of an object that may have `_meta`.
fn end(buffer: &mut Vec<u8>, meta: Option<&Map<String, Value>>) {
    if let Some(meta) = meta {
        buffer.extend_from_slice(br#","_meta":"#);
        write(buffer, meta);
    }
    buffer.push(b'}');
}

fn write(buffer: &mut Vec<u8>, value: &(impl serde::Serialize + ?Sized)) {
    serde_json::to_writer(buffer, value)
        .expect("content and text always serialise: their keys are strings, and a Vec takes all");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::{Annotations, Image, Text};

    #[test]
    fn blocks_are_what_serde_makes_of_them() {
        let text = || Text::new("a \"quoted\" line\n\u{1}ü");
        let all: [Content; 4] = [
            text().into(),
            Image::new([0, 1], "image/png").into(),
            text().annotations(Annotations::default()).into(),
            text().into(),
        ];
        for number in 0..=all.len() {
            let mut written = Vec::new();
            blocks(&mut written, &all[..number]);
            assert_eq!(
                String::from_utf8(written).unwrap(),
                serde_json::to_string(&all[..number]).unwrap()
            );
        }
    }
}
