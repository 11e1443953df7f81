//! What a server answered, for people. All of it is a stranger's: nothing reaches the terminal that it would obey.

use rmcp::model::{
    CallToolResult, ContentBlock, GetPromptResult, ReadResourceResult, ResourceContents, Tool,
};
use serde_json::Value;

use crate::{Output, text};

/// A tool, with what it takes and gives.
pub(super) fn tool(tool: &Tool, output: &Output) {
    output.data(&text::line(&tool.name, 200));
    if let Some(description) = &tool.description {
        output.data(&text::printable(description));
    }
    if let Some(annotations) = &tool.annotations {
        let annotations = serde_json::to_value(annotations).unwrap_or_default();
        output.data(&format!("\nannotations {}", compact(&annotations)));
    }
    output.data("\ntakes");
    output.json(&tool.input_schema);
    if let Some(schema) = &tool.output_schema {
        output.data("\ngives");
        output.json(schema);
    }
}

/// What a tool answered: its content, and its structured content unless a text says the same.
pub(super) fn result(result: &CallToolResult, output: &Output) {
    for block in &result.content {
        output.data(&content(block));
    }
    let Some(structured) = &result.structured_content else {
        return;
    };
    let is_said = result.content.iter().any(|block| match block {
        ContentBlock::Text(text) => {
            serde_json::from_str::<Value>(&text.text).is_ok_and(|text| text == *structured)
        }
        _ => false,
    });
    if !is_said {
        output.json(structured);
    }
}

/// The messages of a prompt, each with who says it.
pub(super) fn prompt(result: &GetPromptResult, output: &Output) {
    if let Some(description) = &result.description {
        output.data(&format!("{}\n", text::printable(description)));
    }
    for message in &result.messages {
        let role = serde_json::to_value(&message.role).unwrap_or_default();
        output.data(&format!(
            "{}: {}",
            role.as_str().unwrap_or_default(),
            content(&message.content)
        ));
    }
}

/// The contents of a resource.
pub(super) fn resource(result: &ReadResourceResult, output: &Output) {
    for contents in &result.contents {
        output.data(&contents_of(contents));
    }
}

fn content(block: &ContentBlock) -> String {
    match block {
        ContentBlock::Text(text) => text::printable(&text.text),
        ContentBlock::Image(image) => bytes("image", Some(&image.mime_type), &image.data),
        ContentBlock::Audio(audio) => bytes("audio", Some(&audio.mime_type), &audio.data),
        ContentBlock::Resource(embedded) => contents_of(&embedded.resource),
        ContentBlock::ResourceLink(link) => format!(
            "[resource {}: {}]",
            text::line(&link.uri, 500),
            text::line(&link.name, 200)
        ),
        _ => "[content of a kind that is not known here; `--json` has it]".to_owned(),
    }
}

fn contents_of(contents: &ResourceContents) -> String {
    match contents {
        ResourceContents::TextResourceContents { text, .. } => text::printable(text),
        ResourceContents::BlobResourceContents {
            mime_type, blob, ..
        } => bytes("blob", mime_type.as_deref(), blob),
        _ => "[contents of a kind that is not known here; `--json` has them]".to_owned(),
    }
}

/// In the place of bytes, which no terminal shows: what they are, and how many.
fn bytes(what: &str, mime_type: Option<&str>, base64: &str) -> String {
    let size = base64.trim_end_matches('=').len() * 3 / 4;
    let mime_type = mime_type.map_or(String::new(), |it| format!(" {}", text::line(it, 100)));
    format!("[{what}{mime_type}, {size} bytes; `--json` has them]")
}

fn compact(value: &Value) -> String {
    text::json(&value.to_string())
}
