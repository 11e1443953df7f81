//! Pictures in `METADATA`.

/// A picture that clients may show beside a name (2025-11-25 basic, "Icons").
///
/// ```
/// use xmcp::{Icon, ToolMetadata};
///
/// const ICON: Icon = Icon::new("https://example.com/hammer.svg").mime_type("image/svg+xml").sizes(&["any"]);
/// pub const METADATA: ToolMetadata = ToolMetadata::new().icons(&[ICON]);
/// # let _ = METADATA;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Icon {
    pub(crate) src: &'static str,
    pub(crate) mime_type: Option<&'static str>,
    pub(crate) sizes: &'static [&'static str],
    pub(crate) theme: Option<IconTheme>,
}

/// The background that a picture is drawn for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IconTheme {
    /// A light one.
    Light,
    /// A dark one.
    Dark,
}

impl Icon {
    /// The picture at this `https` URL, or in this `data:` URI.
    pub const fn new(src: &'static str) -> Self {
        Self {
            src,
            mime_type: None,
            sizes: &[],
            theme: None,
        }
    }

    /// With its MIME type, such as `image/png`.
    pub const fn mime_type(mut self, mime_type: &'static str) -> Self {
        self.mime_type = Some(mime_type);
        self
    }

    /// With the sizes that it is good for, such as `48x48`, or `any`.
    pub const fn sizes(mut self, sizes: &'static [&'static str]) -> Self {
        self.sizes = sizes;
        self
    }

    /// With the background that it is drawn for.
    pub const fn theme(mut self, theme: IconTheme) -> Self {
        self.theme = Some(theme);
        self
    }
}
