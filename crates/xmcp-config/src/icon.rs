//! An icon of the server, as clients get it.

use crate::Theme;

/// An icon of the server.
#[derive(Clone, Debug, PartialEq)]
pub struct Icon {
    /// A `data:` URI, inlined at build time from a file of the app, or an `https` URL.
    pub src: String,
    /// The media type, such as `image/png`.
    pub mime_type: Option<String>,
    /// The sizes it is good for: `48x48`, several of them separated by spaces, or `any`.
    pub sizes: Option<String>,
    /// The background it is drawn for; without one, any.
    pub theme: Option<Theme>,
}
