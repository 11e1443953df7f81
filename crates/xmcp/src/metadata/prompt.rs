//! `METADATA` of a prompt file.

use super::{Icon, common_members};

/// What a prompt says of itself: `pub const METADATA: PromptMetadata = PromptMetadata::new().title("Code review");`.
///
/// Everything is optional. `name`, `scopes` and `public` must be written as literals, because the build script reads them; the
/// rest may be any constant expression.
///
/// ```
/// use xmcp::PromptMetadata;
///
/// pub const METADATA: PromptMetadata = PromptMetadata::new().name("code_review").title("Code review").scopes(&["code:read"]);
/// assert_eq!(METADATA, METADATA);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PromptMetadata {
    pub(crate) name: Option<&'static str>,
    pub(crate) title: Option<&'static str>,
    pub(crate) description: Option<&'static str>,
    pub(crate) icons: &'static [Icon],
    pub(crate) order: i32,
    pub(crate) scopes: &'static [&'static str],
    pub(crate) public: bool,
    pub(crate) blocking: bool,
}

impl PromptMetadata {
    /// Nothing said: the name comes from the path, the description from the doc comment.
    pub const NONE: Self = Self::new();

    /// Nothing said yet.
    pub const fn new() -> Self {
        Self {
            name: None,
            title: None,
            description: None,
            icons: &[],
            order: 0,
            scopes: &[],
            public: false,
            blocking: false,
        }
    }

    /// The prompt's name, instead of its path. A literal of `A-Z a-z 0-9 _ . -`, at most 128 of them, unique among prompts.
    pub const fn name(mut self, name: &'static str) -> Self {
        self.name = Some(name);
        self
    }

    common_members!("prompt");
}
