//! The tools, compiled at start: names to entries, schemas to checks.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use xmcp_config::Settings;

use super::Sessions;
use crate::{
    AppState, StartError,
    codegen::{Input, Tool},
    schema::{InputCheck, OutputSchema},
};

/// Every tool of the app, in the order of the list.
pub(crate) struct Registry {
    pub(crate) tools: Vec<Entry>,
    by_name: HashMap<&'static str, usize>,
}

/// One tool, ready to be called.
pub(crate) struct Entry {
    pub(crate) tool: &'static Tool,
    pub(crate) input: Map<String, Value>,
    pub(crate) output: Option<OutputSchema>,
    pub(crate) check: InputCheck,
    /// Whether the handler can send something before it answers.
    pub(crate) can_talk_back: bool,
}

impl Registry {
    pub(crate) fn compile(
        tools: &'static [Tool],
        settings: &Settings,
        state: &AppState,
        sessions: Sessions,
    ) -> Result<Self, StartError> {
        let (mut missing, mut refused) = (Vec::new(), Vec::new());
        let mut entries = Vec::with_capacity(tools.len());
        let mut by_name = HashMap::with_capacity(tools.len());
        for tool in tools {
            let shape = (tool.shape)();
            for problem in shape
                .requirements
                .missing(state, sessions != Sessions::None)
            {
                missing.push(format!(
                    "{}: the handler of `{}` {problem}",
                    tool.source, tool.name
                ));
            }
            if sessions == Sessions::None && !tool.metadata.scopes.is_empty() {
                missing.push(format!(
                    "{}: `{}` asks for scopes, and no auth provider says what a caller holds: wire a provider in \
                     src/middleware.rs, or take `scopes` out of METADATA",
                    tool.source, tool.name
                ));
            }
            match compile_input(tool, settings.server.strict) {
                Ok((input, check)) => {
                    by_name.insert(tool.name, entries.len());
                    entries.push(Entry {
                        tool,
                        input,
                        output: shape.output,
                        check,
                        can_talk_back: shape.can_talk_back,
                    });
                }
                Err(problem) => refused.push(format!(
                    "{}: the schema of `{}` {problem}",
                    tool.source, tool.name
                )),
            }
        }
        if !missing.is_empty() {
            return Err(StartError::Requirements(missing));
        }
        if !refused.is_empty() {
            return Err(StartError::Schema(refused));
        }
        Ok(Self {
            tools: entries,
            by_name,
        })
    }

    /// The place of the tool of this name, for calls that outlive the borrow.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// Whether any handler can send log messages.
    pub(crate) fn can_log(&self) -> bool {
        self.tools.iter().any(|entry| entry.can_talk_back)
    }
}

fn compile_input(tool: &Tool, strict: bool) -> Result<(Map<String, Value>, InputCheck), String> {
    let schema = match tool.input {
        Input::None => {
            match json!({ "type": "object", "properties": {}, "additionalProperties": false }) {
                Value::Object(schema) => schema,
                _ => Map::new(),
            }
        }
        Input::Schema(schema) => schema(),
        Input::Raw(schema) => match schema() {
            Value::Object(schema) => schema,
            _ => return Err("is not a JSON object: return one from `schema()`".to_owned()),
        },
    };
    if schema.get("type").and_then(Value::as_str) != Some("object") {
        return Err("does not say `\"type\": \"object\"`: arguments are always an object, so `Schema` must be a struct with named fields".to_owned());
    }
    let check = InputCheck::compile(&schema, strict).map_err(|error| error.to_string())?;
    Ok((schema, check))
}
