//! `METADATA` of a resource file.

use std::time::Duration;

use super::{Icon, common_members};
use crate::content::Role;

/// What a resource says of itself: `pub const METADATA: ResourceMetadata = ResourceMetadata::new().mime_type("text/markdown");`.
///
/// Everything is optional. `name`, `scopes` and `public` must be written as literals, because the build script reads them; the
/// rest may be any constant expression.
///
/// ```
/// use std::time::Duration;
/// use xmcp::ResourceMetadata;
///
/// pub const METADATA: ResourceMetadata =
///     ResourceMetadata::new().title("House rules").mime_type("text/markdown").priority(0.8).cache_for(Duration::from_secs(60));
/// assert_eq!(METADATA, METADATA);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ResourceMetadata {
    pub(crate) name: Option<&'static str>,
    pub(crate) title: Option<&'static str>,
    pub(crate) description: Option<&'static str>,
    pub(crate) mime_type: Option<&'static str>,
    pub(crate) size: Option<u64>,
    pub(crate) audience: &'static [Role],
    pub(crate) priority: Option<f64>,
    pub(crate) last_modified: Option<&'static str>,
    pub(crate) cache_for: Option<Duration>,
    pub(crate) same_for_all: bool,
    pub(crate) icons: &'static [Icon],
    pub(crate) order: i32,
    pub(crate) scopes: &'static [&'static str],
    pub(crate) public: bool,
    pub(crate) blocking: bool,
}

impl ResourceMetadata {
    /// Nothing said: the name comes from the path, the description from the doc comment.
    pub const NONE: Self = Self::new();

    /// Nothing said yet.
    pub const fn new() -> Self {
        Self {
            name: None,
            title: None,
            description: None,
            mime_type: None,
            size: None,
            audience: &[],
            priority: None,
            last_modified: None,
            cache_for: None,
            same_for_all: false,
            icons: &[],
            order: 0,
            scopes: &[],
            public: false,
            blocking: false,
        }
    }

    /// The resource's name, instead of one made of its path.
    pub const fn name(mut self, name: &'static str) -> Self {
        self.name = Some(name);
        self
    }

    /// What its contents are, such as `image/png`. Contents that name no type of their own have this one.
    pub const fn mime_type(mut self, mime_type: &'static str) -> Self {
        self.mime_type = Some(mime_type);
        self
    }

    /// Its size in bytes, for clients that reckon before they read. A template has none.
    pub const fn size(mut self, bytes: u64) -> Self {
        self.size = Some(bytes);
        self
    }

    /// Who it is for: people, the model, or both.
    pub const fn audience(mut self, audience: &'static [Role]) -> Self {
        self.audience = audience;
        self
    }

    /// How much it matters, from 0 (may be left out) to 1 (required).
    pub const fn priority(mut self, priority: f64) -> Self {
        self.priority = Some(priority);
        self
    }

    /// When it last changed, as an ISO 8601 time.
    pub const fn last_modified(mut self, time: &'static str) -> Self {
        self.last_modified = Some(time);
        self
    }

    /// How long clients may keep what they read. Without it, not at all.
    pub const fn cache_for(mut self, time: Duration) -> Self {
        self.cache_for = Some(time);
        self
    }

    /// Says that its contents are the same for every caller, so that caches may share them. Without it they are private to
    /// the caller that read them.
    pub const fn same_for_all(mut self) -> Self {
        self.same_for_all = true;
        self
    }

    common_members!("resource");
}
