//! One tool, ready to be called.

use std::{borrow::Cow, sync::Arc};

use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    DefinitionText, Listed, Primitive, icons,
    input::{self, Rules},
    name,
};
use crate::{
    CallToolResult, DynamicTool, RegisterError, TaskSupport, ToolMetadata,
    codegen::{Call, Reply, Shape, Tool},
    schema::{InputCheck, OutputSchema},
    server::parameter_headers::ParameterHeaders,
};

/// One tool, ready to be called.
pub(crate) struct ToolEntry {
    pub(crate) listed: Listed,
    pub(crate) output: Option<OutputSchema>,
    pub(crate) check: InputCheck,
    /// Whether its calls are tasks.
    pub(crate) task: Option<TaskSupport>,
    /// Whether a call becomes a task when its handler says so.
    pub(crate) begins_later: bool,
    /// The arguments that come as headers too.
    pub(crate) headers: ParameterHeaders,
    pub(crate) call: Arc<dyn for<'a> Fn(Call<'a>) -> Reply<'a, CallToolResult> + Send + Sync>,
}

/// What a client is told of a tool.
pub(super) struct Definition<'a> {
    pub(super) name: &'a str,
    pub(super) title: Option<&'a str>,
    pub(super) description: &'a str,
    pub(super) input: &'a Map<String, Value>,
    pub(super) output: Option<&'a OutputSchema>,
    pub(super) metadata: &'a ToolMetadata,
    pub(super) meta: Option<Value>,
}

impl ToolEntry {
    /// Fails with the end of a sentence about the tool's schema.
    pub(super) fn compile(tool: &'static Tool, shape: Shape, rules: Rules) -> Result<Self, String> {
        let (input, check) = input::compile(tool.input, rules)?;
        let metadata = *tool.metadata;
        let definition = Definition {
            name: tool.name,
            title: metadata.title,
            description: metadata.description.unwrap_or(tool.description),
            input: &input,
            output: shape.output.as_ref(),
            metadata: &metadata,
            meta: tool.meta.map(|meta| meta()),
        };
        let listed = Listed::new(
            Cow::Borrowed(tool.name),
            metadata.description.unwrap_or(tool.description).into(),
            definition.text(),
        )
        .of_file(metadata.terms(), &shape);
        Ok(Self {
            listed,
            output: shape.output,
            check,
            task: metadata.task,
            begins_later: metadata.task_on_demand,
            headers: ParameterHeaders::of(&input)?,
            call: Arc::new(tool.call),
        })
    }
}

impl ToolEntry {
    /// A tool of run time.
    pub(super) fn dynamic(tool: DynamicTool, rules: Rules) -> Result<Self, RegisterError> {
        let common = tool.common;
        name::check(&common.name)?;
        let (input, check) = input::compile_dynamic(tool.takes, rules)
            .map_err(|problem| name::schema(&common.name, problem))?;
        let definition = Definition {
            name: &common.name,
            title: common.title.as_deref(),
            description: &common.description,
            input: &input,
            output: tool.output.as_ref(),
            metadata: &tool.metadata,
            meta: common.meta(),
        };
        let headers =
            ParameterHeaders::of(&input).map_err(|problem| name::schema(&common.name, problem))?;
        let listed = Listed::dynamic(common.name.clone(), &common, definition.text());
        Ok(Self {
            listed,
            output: tool.output,
            check,
            task: tool.metadata.task,
            begins_later: tool.metadata.task_on_demand,
            headers,
            call: tool.call,
        })
    }
}

impl Primitive for ToolEntry {
    fn listed(&self) -> &Listed {
        &self.listed
    }
}

/// A tool's definition (2025-11-25 server/tools, "Tool").
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Written<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    description: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    icons: Vec<Value>,
    input_schema: &'a Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_schema: Option<&'a Map<String, Value>>,
    #[serde(skip_serializing_if = "Map::is_empty")]
    annotations: Map<String, Value>,
    #[serde(rename = "_meta", skip_serializing_if = "Option::is_none")]
    meta: Option<&'a Value>,
}

impl Definition<'_> {
    pub(super) fn text(&self) -> DefinitionText {
        match self.output {
            // Before 2026-07-28 an output schema must be one of an object.
            Some(output) if !output.is_object => DefinitionText::by_era(
                &self.write(Some(&output.wrapped())),
                &self.write(Some(&output.schema)),
            ),
            output => DefinitionText::of(&self.write(output.map(|output| &output.schema))),
        }
    }

    fn write<'a>(&'a self, output_schema: Option<&'a Map<String, Value>>) -> Written<'a> {
        Written {
            name: self.name,
            title: self.title,
            description: self.description,
            icons: icons::all(self.metadata.icons),
            input_schema: self.input,
            output_schema,
            annotations: annotations(self.metadata),
            meta: self.meta.as_ref(),
        }
    }
}

fn annotations(metadata: &ToolMetadata) -> Map<String, Value> {
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
