//! What a file is, by the folder that it lies in.

use std::fmt;

/// A kind of file that is routed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Tool,
    Prompt,
    Resource,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Tool, Self::Prompt, Self::Resource];

    /// The key under `[paths]`, and how the names of modules begin.
    pub(crate) fn plural(self) -> &'static str {
        match self {
            Self::Tool => "tools",
            Self::Prompt => "prompts",
            Self::Resource => "resources",
        }
    }

    /// The type of its `METADATA`.
    pub(crate) fn metadata(self) -> &'static str {
        match self {
            Self::Tool => "ToolMetadata",
            Self::Prompt => "PromptMetadata",
            Self::Resource => "ResourceMetadata",
        }
    }

    /// The trait of what its handler returns.
    pub(crate) fn result(self) -> &'static str {
        match self {
            Self::Tool => "IntoToolResult",
            Self::Prompt => "IntoPromptResult",
            Self::Resource => "IntoResourceResult",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tool => "tool",
            Self::Prompt => "prompt",
            Self::Resource => "resource",
        })
    }
}
