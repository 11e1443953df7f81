//! `METADATA` of a tool file.

use super::{Icon, TaskSupport, common_members};

/// What a tool says of itself: `pub const METADATA: ToolMetadata = ToolMetadata::new().title("Greet");`.
///
/// Everything is optional. `name`, `scopes` and `public` must be written as literals, because the build script reads them;
/// the rest may be any constant expression. The hints are the tool annotations of the specification (2025-11-25, server/tools,
/// "Tool"): they describe, they do not enforce.
///
/// ```
/// use xmcp::ToolMetadata;
///
/// pub const METADATA: ToolMetadata = ToolMetadata::new().name("greet").title("Greet").read_only(true).scopes(&["greet:read"]);
/// assert_eq!(METADATA, METADATA);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ToolMetadata {
    pub(crate) name: Option<&'static str>,
    pub(crate) title: Option<&'static str>,
    pub(crate) description: Option<&'static str>,
    pub(crate) read_only: Option<bool>,
    pub(crate) destructive: Option<bool>,
    pub(crate) idempotent: Option<bool>,
    pub(crate) open_world: Option<bool>,
    pub(crate) icons: &'static [Icon],
    pub(crate) order: i32,
    pub(crate) scopes: &'static [&'static str],
    pub(crate) public: bool,
    pub(crate) blocking: bool,
    pub(crate) task: Option<TaskSupport>,
    pub(crate) task_on_demand: bool,
}

impl ToolMetadata {
    /// Nothing said: the name comes from the path, the description from the doc comment.
    pub const NONE: Self = Self::new();

    /// Nothing said yet.
    pub const fn new() -> Self {
        Self {
            name: None,
            title: None,
            description: None,
            read_only: None,
            destructive: None,
            idempotent: None,
            open_world: None,
            icons: &[],
            order: 0,
            scopes: &[],
            public: false,
            blocking: false,
            task: None,
            task_on_demand: false,
        }
    }

    /// The tool's name, instead of its path. A literal of `A-Z a-z 0-9 _ . -`, at most 128 of them, unique in the server.
    pub const fn name(mut self, name: &'static str) -> Self {
        self.name = Some(name);
        self
    }

    /// Whether the tool changes nothing (`readOnlyHint`).
    pub const fn read_only(mut self, read_only: bool) -> Self {
        self.read_only = Some(read_only);
        self
    }

    /// Whether the tool may destroy something (`destructiveHint`).
    pub const fn destructive(mut self, destructive: bool) -> Self {
        self.destructive = Some(destructive);
        self
    }

    /// Whether calling again with the same arguments changes nothing more (`idempotentHint`).
    pub const fn idempotent(mut self, idempotent: bool) -> Self {
        self.idempotent = Some(idempotent);
        self
    }

    /// Whether the tool reaches beyond this system (`openWorldHint`).
    pub const fn open_world(mut self, open_world: bool) -> Self {
        self.open_world = Some(open_world);
        self
    }

    /// Runs as a task: see [`TaskSupport`]. How long one may take, and how many there may be, is in the settings (`[tasks]`).
    ///
    /// In a task, what the handler asks its client waits for the answer, and the handler goes on from there. Progress and log messages
    /// go nowhere: the extension has no way for them.
    pub const fn task(mut self, support: TaskSupport) -> Self {
        self.task = Some(support);
        self
    }

    /// A call becomes a task when its handler calls [`begin_task`](crate::Context::begin_task), not at its start.
    ///
    /// Until then it is a call like any other: it may end without ever being one, and what it asks the client is asked in rounds. Without
    /// [`task`](Self::task) the support is [`TaskSupport::Optional`].
    pub const fn task_on_demand(mut self) -> Self {
        if self.task.is_none() {
            self.task = Some(TaskSupport::Optional);
        }
        self.task_on_demand = true;
        self
    }

    common_members!("tool");
}
