//! The verified caller as a handler's argument.

use xmcp_auth::Session;

use crate::{Context, FromContext, Requirements, ToolError, Transport};

impl FromContext for Session {
    fn requires(requirements: &mut Requirements) {
        requirements.session();
    }

    async fn from_context(context: &Context) -> Result<Self, ToolError> {
        context.session().cloned().ok_or_else(|| {
            ToolError::new(match context.transport() {
                Transport::Http => "not signed in: this tool needs a verified caller",
                Transport::Stdio => "no session on stdio: this tool needs a verified caller, and only over HTTP callers are verified",
            })
        })
    }
}

impl FromContext for Option<Session> {
    async fn from_context(context: &Context) -> Result<Self, ToolError> {
        Ok(context.session().cloned())
    }
}
