//! The verified caller as a handler's argument.

use xmcp_auth::Session;

use crate::{Context, FromContext, Requirements, ToolError};

impl FromContext for Session {
    fn requires(requirements: &mut Requirements) {
        requirements.session();
    }

    async fn from_context(context: &Context) -> Result<Self, ToolError> {
        context.session().cloned().ok_or_else(|| ToolError::new("not signed in: this tool needs a verified caller"))
    }
}

impl FromContext for Option<Session> {
    async fn from_context(context: &Context) -> Result<Self, ToolError> {
        Ok(context.session().cloned())
    }
}
