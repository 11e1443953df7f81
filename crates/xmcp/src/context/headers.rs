//! The request's headers as a handler's argument.

use std::ops::Deref;

use http::HeaderMap;

use crate::{Context, FromContext, ToolError};

/// The headers of the HTTP request; empty on stdio. `Authorization` is not among them once it is verified.
#[derive(Clone, Debug)]
pub struct Headers(Context);

impl Headers {
    /// One header's value, if it is there and is visible ASCII. The name's case does not matter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.header(name)
    }
}

impl Deref for Headers {
    type Target = HeaderMap;

    fn deref(&self) -> &HeaderMap {
        self.0.headers()
    }
}

impl FromContext for Headers {
    async fn from_context(context: &Context) -> Result<Self, ToolError> {
        Ok(Self(context.clone()))
    }
}
