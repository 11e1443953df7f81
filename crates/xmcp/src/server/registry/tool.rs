//! One tool, ready to be called.

use std::{borrow::Cow, sync::Arc};

use serde_json::{Map, Value};

use super::{
    Listed, Primitive, icons,
    input::{self, Rules},
    name,
};
use crate::{
    CallToolResult, DynamicTool, Era, RegisterError, TaskSupport, ToolMetadata,
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
            |era| definition.write(era),
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
        let listed = Listed::dynamic(common.name.clone(), &common, |era| definition.write(era));
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

impl Definition<'_> {
    /// A tool's definition (2025-11-25 server/tools, "Tool").
    pub(super) fn write(&self, era: Era) -> Value {
        let mut definition = Map::new();
        definition.insert("name".to_owned(), self.name.into());
        if let Some(title) = self.title {
            definition.insert("title".to_owned(), title.into());
        }
        definition.insert("description".to_owned(), self.description.into());
        icons::insert(&mut definition, self.metadata.icons);
        definition.insert("inputSchema".to_owned(), Value::Object(self.input.clone()));
        if let Some(output) = self.output {
            definition.insert(
                "outputSchema".to_owned(),
                Value::Object(match era {
                    // Before 2026-07-28 an output schema must be one of an object.
                    Era::Legacy if !output.is_object => output.wrapped(),
                    _ => output.schema.clone(),
                }),
            );
        }
        let annotations = annotations(self.metadata);
        if !annotations.is_empty() {
            definition.insert("annotations".to_owned(), Value::Object(annotations));
        }
        if let Some(meta) = &self.meta {
            definition.insert("_meta".to_owned(), meta.clone());
        }
        Value::Object(definition)
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
