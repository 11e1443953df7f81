//! The lists of the protocol, written once a generation.

use bytes::Bytes;
use serde_json::{Map, Value};
use xmcp_auth::Session;

use super::{
    Registry,
    listing::{Listed, Listing},
    registry::Entry,
};
use crate::Era;

/// The results of `tools/list`.
pub(crate) struct Lists {
    legacy_tools: Listing,
    modern_tools: Listing,
}

impl Lists {
    pub(crate) fn write(registry: &Registry, hides_unauthorized: bool) -> Self {
        let tools = |era| {
            let listed = registry.tools.iter().map(|entry| Listed {
                scopes: entry.tool.metadata.scopes,
                definition: tool(entry, era).to_string(),
            });
            Listing::write("tools", listed.collect(), era, hides_unauthorized)
        };
        Self {
            legacy_tools: tools(Era::Legacy),
            modern_tools: tools(Era::Modern),
        }
    }

    pub(crate) fn tools(&self, era: Era, session: Option<&Session>) -> Bytes {
        match era {
            Era::Legacy => self.legacy_tools.result(session),
            Era::Modern => self.modern_tools.result(session),
        }
    }
}

/// A tool's definition (2025-11-25 server/tools, "Tool").
fn tool(entry: &Entry, era: Era) -> Value {
    let metadata = entry.tool.metadata;
    let mut definition = Map::new();
    definition.insert("name".to_owned(), entry.tool.name.into());
    if let Some(title) = metadata.title {
        definition.insert("title".to_owned(), title.into());
    }
    definition.insert("description".to_owned(), description(entry).into());
    definition.insert("inputSchema".to_owned(), Value::Object(entry.input.clone()));
    if let Some(output) = &entry.output {
        definition.insert(
            "outputSchema".to_owned(),
            Value::Object(match era {
                // Before 2026-07-28 an output schema must be one of an object.
                Era::Legacy if !output.is_object => output.wrapped(),
                _ => output.schema.clone(),
            }),
        );
    }
    let annotations = annotations(entry);
    if !annotations.is_empty() {
        definition.insert("annotations".to_owned(), Value::Object(annotations));
    }
    if let Some(meta) = entry.tool.meta {
        definition.insert("_meta".to_owned(), meta());
    }
    Value::Object(definition)
}

/// What the tool does, for the model: what METADATA says, else what the doc comment says.
pub(crate) fn description(entry: &Entry) -> &'static str {
    entry
        .tool
        .metadata
        .description
        .unwrap_or(entry.tool.description)
}

fn annotations(entry: &Entry) -> Map<String, Value> {
    let metadata = entry.tool.metadata;
    let hints = [
        ("readOnlyHint", metadata.read_only),
        ("destructiveHint", metadata.destructive),
        ("idempotentHint", metadata.idempotent),
        ("openWorldHint", metadata.open_world),
    ];
    hints
        .into_iter()
        .filter_map(|(name, hint)| Some((name.to_owned(), Value::Bool(hint?))))
        .collect()
}
