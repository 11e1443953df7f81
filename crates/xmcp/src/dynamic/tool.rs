//! A tool of run time.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    Takes,
    common::{Common, common_members},
};
use crate::{
    CallToolResult, Context, IntoToolResult, TaskSupport, ToolMetadata,
    codegen::{Call, Reply, input_schema},
    schema::OutputSchema,
};

/// A tool that is made while the server runs: [`ServerHandle::add_tool`](crate::ServerHandle::add_tool) adds it.
///
/// ```
/// use xmcp::{DynamicTool, prelude::*};
///
/// #[derive(Deserialize, JsonSchema)]
/// struct City {
///     /// Which district
///     district: String,
/// }
///
/// pub async fn handler(server: ServerHandle) -> Result<&'static str> {
///     let tool = DynamicTool::new("weather_berlin", |city: City, _context| async move {
///         format!("It rains in {}.", city.district)
///     });
///     server.add_tool(tool.description("The weather in Berlin").read_only(true))?;
///     Ok("added")
/// }
/// # let _ = handler;
/// ```
pub struct DynamicTool {
    pub(crate) common: Common,
    pub(crate) metadata: ToolMetadata,
    pub(crate) takes: Takes,
    pub(crate) output: Option<OutputSchema>,
    pub(crate) call: Arc<dyn for<'a> Fn(Call<'a>) -> Reply<'a, CallToolResult> + Send + Sync>,
}

impl DynamicTool {
    /// A tool of this name, whose arguments are `I`.
    pub fn new<I, F, R>(name: impl Into<String>, handler: F) -> Self
    where
        I: DeserializeOwned + JsonSchema + Send + 'static,
        F: Fn(I, Context) -> R + Send + Sync + 'static,
        R: Future<Output: IntoToolResult> + Send + 'static,
    {
        Self::taking(name.into(), Takes::Type(input_schema::<I>()), handler)
    }

    /// A tool whose arguments are what this JSON Schema says, read as `I`: a type of yours, or a `serde_json::Value`.
    pub fn with_schema<I, F, R>(name: impl Into<String>, schema: Value, handler: F) -> Self
    where
        I: DeserializeOwned + Send + 'static,
        F: Fn(I, Context) -> R + Send + Sync + 'static,
        R: Future<Output: IntoToolResult> + Send + 'static,
    {
        Self::taking(name.into(), Takes::Schema(schema), handler)
    }

    /// A tool that takes nothing.
    pub fn without_arguments<F, R>(name: impl Into<String>, handler: F) -> Self
    where
        F: Fn(Context) -> R + Send + Sync + 'static,
        R: Future<Output: IntoToolResult> + Send + 'static,
    {
        let handler = move |_: serde::de::IgnoredAny, context| handler(context);
        Self::taking(name.into(), Takes::Nothing, handler)
    }

    fn taking<I, F, R>(name: String, takes: Takes, handler: F) -> Self
    where
        I: DeserializeOwned + Send + 'static,
        F: Fn(I, Context) -> R + Send + Sync + 'static,
        R: Future<Output: IntoToolResult> + Send + 'static,
    {
        let handler = Arc::new(handler);
        Self {
            common: Common::new(name),
            metadata: ToolMetadata::NONE,
            takes,
            output: R::Output::output_schema(),
            call: Arc::new(move |call| {
                let handler = Arc::clone(&handler);
                Reply::new(async move {
                    let input = call.input::<I>()?;
                    handler(input, call.context().clone())
                        .await
                        .into_tool_result()
                })
            }),
        }
    }

    common_members!("tool");

    /// Says whether the tool changes nothing (`readOnlyHint`).
    #[must_use]
    pub fn read_only(mut self, read_only: bool) -> Self {
        self.metadata = self.metadata.read_only(read_only);
        self
    }

    /// Says whether the tool may destroy something (`destructiveHint`).
    #[must_use]
    pub fn destructive(mut self, destructive: bool) -> Self {
        self.metadata = self.metadata.destructive(destructive);
        self
    }

    /// Says whether calling again with the same arguments changes nothing more (`idempotentHint`).
    #[must_use]
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.metadata = self.metadata.idempotent(idempotent);
        self
    }

    /// Runs as a task: see [`TaskSupport`].
    #[must_use]
    pub fn task(mut self, support: TaskSupport) -> Self {
        self.metadata = self.metadata.task(support);
        self
    }

    /// A call becomes a task when its handler calls [`begin_task`](crate::Context::begin_task), not at its start. Without
    /// [`task`](Self::task) the support is [`TaskSupport::Optional`].
    #[must_use]
    pub fn task_on_demand(mut self) -> Self {
        self.metadata = self.metadata.task_on_demand();
        self
    }

    /// Says whether the tool reaches beyond this system (`openWorldHint`).
    #[must_use]
    pub fn open_world(mut self, open_world: bool) -> Self {
        self.metadata = self.metadata.open_world(open_world);
        self
    }
}

impl std::fmt::Debug for DynamicTool {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("DynamicTool")
            .field("name", &self.common.name)
            .finish_non_exhaustive()
    }
}
