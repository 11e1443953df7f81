//! Calls that become tasks while they run.

use std::{sync::Arc, time::Duration};

use super::{Asker, Context};

/// What makes a running call a task.
pub(crate) trait Detachable: Send + Sync {
    /// Makes it one, if it is not yet. Answers whether it is.
    fn begin(&self) -> bool;

    /// What takes questions to the client, once it is one.
    fn asker(&self) -> Option<&Arc<dyn Asker>>;

    /// How long it may take, and how long a question of it.
    fn time(&self) -> Duration;
}

impl Context {
    /// Makes the call a task, if it can be one: its client is answered with a handle now, and asks for the result later. Answers
    /// whether the call is a task.
    ///
    /// It is for tools whose `METADATA` says [`task`](crate::ToolMetadata::task) and
    /// [`task_on_demand`](crate::ToolMetadata::task_on_demand); of those without the latter every call is a task from its start, if it
    /// is one at all.
    ///
    /// ```
    /// use xmcp::{TaskSupport, prelude::*};
    ///
    /// pub const METADATA: ToolMetadata = ToolMetadata::new().task(TaskSupport::Optional).task_on_demand();
    ///
    /// #[derive(Deserialize, JsonSchema)]
    /// pub struct Schema {
    ///     /// The number to look at
    ///     number: u64,
    /// }
    ///
    /// pub async fn handler(Schema { number }: Schema, context: Context) -> String {
    ///     if number < 1000 {
    ///         return "small".to_owned();
    ///     }
    ///     context.begin_task();
    ///     // .. and what takes long.
    ///     "large".to_owned()
    /// }
    /// # let _ = (handler, METADATA);
    /// ```
    pub fn begin_task(&self) -> bool {
        self.task().is_some_and(|task| task.begin())
    }

    pub(crate) fn task(&self) -> Option<&Arc<dyn Detachable>> {
        self.inner.request.task.as_ref()
    }
}
