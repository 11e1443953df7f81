//! The result of reading a resource, before it is written for a client.

use std::time::Duration;

use serde_json::{Map, Value};

use super::ResourceContents;

/// What reading a resource gives: one content, or several, as a folder has them.
///
/// Most handlers return text, bytes or [`ResourceContents`] instead; this is for those that say everything themselves.
///
/// ```
/// use std::time::Duration;
/// use xmcp::prelude::*;
///
/// pub fn handler() -> ReadResourceResult {
///     ReadResourceResult::new().content(ResourceContents::text("fresh for a minute")).cache_for(Duration::from_secs(60))
/// }
/// # let _ = handler();
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ReadResourceResult {
    pub(crate) contents: Vec<ResourceContents>,
    pub(crate) cache_for: Option<Duration>,
    pub(crate) meta: Option<Map<String, Value>>,
}

impl ReadResourceResult {
    /// A result without contents.
    pub fn new() -> Self {
        Self::default()
    }

    /// With a content more.
    #[must_use]
    pub fn content(mut self, content: ResourceContents) -> Self {
        self.contents.push(content);
        self
    }

    /// With the time for which clients may keep it, instead of what `METADATA` says.
    #[must_use]
    pub fn cache_for(mut self, time: Duration) -> Self {
        self.cache_for = Some(time);
        self
    }

    /// With members of `_meta`, for programs that know them.
    #[must_use]
    pub fn meta(mut self, meta: Map<String, Value>) -> Self {
        self.meta = Some(meta);
        self
    }

    /// How many bytes the contents take, roughly.
    pub(crate) fn size(&self) -> usize {
        self.contents.iter().map(ResourceContents::size).sum()
    }
}
