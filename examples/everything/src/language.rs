//! The caller's language, as an argument that any handler can take: a type of the app's own that the request provides.

use xmcp::{Context, FromContext, ToolError};

/// What the caller reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    English,
    French,
    German,
}

impl FromContext for Language {
    async fn from_context(context: &Context) -> Result<Self, ToolError> {
        let accepted = context.header("accept-language").unwrap_or_default();
        Ok(match accepted.get(..2) {
            Some("de") => Self::German,
            Some("fr") => Self::French,
            _ => Self::English,
        })
    }
}
