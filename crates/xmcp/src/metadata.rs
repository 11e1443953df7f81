//! What a tool file says about its tool beside the handler: `METADATA`.

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
    pub(crate) scopes: &'static [&'static str],
    pub(crate) public: bool,
    pub(crate) blocking: bool,
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
            scopes: &[],
            public: false,
            blocking: false,
        }
    }

    /// The tool's name, instead of its path. A literal of `A-Z a-z 0-9 _ . -`, at most 128 of them, unique in the server.
    pub const fn name(mut self, name: &'static str) -> Self {
        self.name = Some(name);
        self
    }

    /// A name for people.
    pub const fn title(mut self, title: &'static str) -> Self {
        self.title = Some(title);
        self
    }

    /// What the tool does, for the model, instead of the file's doc comment.
    pub const fn description(mut self, description: &'static str) -> Self {
        self.description = Some(description);
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

    /// The scopes that a caller's session must hold, all of them: otherwise the call is refused before the handler runs.
    pub const fn scopes(mut self, scopes: &'static [&'static str]) -> Self {
        self.scopes = scopes;
        self
    }

    /// Says that this tool wants no scopes on purpose: everybody who is signed in may call it.
    ///
    /// It opens nothing: what stands before the endpoint still decides who gets there, and scopes are asked for if there are any.
    /// It is what a tool without scopes says where `[build] deny = ["unscoped"]` wants one of the two.
    pub const fn public(mut self, public: bool) -> Self {
        self.public = public;
        self
    }

    /// Runs a handler that is not `async` on the blocking pool, for work that waits or computes for long.
    ///
    /// Without it such a handler runs in place, where it must not block: it holds up every other request of its thread.
    pub const fn blocking(mut self) -> Self {
        self.blocking = true;
        self
    }
}
