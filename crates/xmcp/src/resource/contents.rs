//! The contents of a resource.

use base64::{Engine, prelude::BASE64_STANDARD};
use serde_json::{Map, Value};

use crate::content::Body;

/// One content of a resource: text or bytes (2025-11-25 server/resources, "Resource Contents").
///
/// It has the URI that was asked for and the MIME type of the resource's `METADATA`, unless it names its own.
///
/// ```
/// use xmcp::prelude::*;
///
/// pub fn handler() -> Vec<ResourceContents> {
///     vec![
///         ResourceContents::text("# Rules").mime_type("text/markdown"),
///         ResourceContents::bytes(b"...").mime_type("image/png").uri("rules://seal"),
///     ]
/// }
/// # let _ = handler();
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ResourceContents {
    pub(crate) uri: Option<String>,
    pub(crate) mime_type: Option<String>,
    pub(crate) body: Body,
    pub(crate) meta: Option<Map<String, Value>>,
}

impl ResourceContents {
    /// Text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::of(Body::Text(text.into()))
    }

    /// Bytes, which are written as base64.
    pub fn bytes(bytes: impl AsRef<[u8]>) -> Self {
        Self::of(Body::Blob(BASE64_STANDARD.encode(bytes)))
    }

    fn of(body: Body) -> Self {
        Self {
            uri: None,
            mime_type: None,
            body,
            meta: None,
        }
    }

    /// With a MIME type of its own.
    #[must_use]
    pub fn mime_type(mut self, mime_type: impl Into<String>) -> Self {
        self.mime_type = Some(mime_type.into());
        self
    }

    /// With a URI of its own, for one of several contents.
    #[must_use]
    pub fn uri(mut self, uri: impl Into<String>) -> Self {
        self.uri = Some(uri.into());
        self
    }

    /// With members of `_meta`, for programs that know them.
    #[must_use]
    pub fn meta(mut self, meta: Map<String, Value>) -> Self {
        self.meta = Some(meta);
        self
    }

    /// How many bytes it takes in a result, roughly.
    pub(crate) fn size(&self) -> usize {
        let optional = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        self.body.len() + optional(&self.uri) + optional(&self.mime_type)
    }
}
