//! Implements what it needs
use xmcp::prelude::*;
use xmcp::IntoToolResult;

pub struct Tenant(String);

impl FromContext for Tenant {
    async fn from_context(_: &Context) -> Result<Self> {
        Ok(Self(String::new()))
    }
}

pub struct Greeting(String);

impl IntoToolResult for Greeting {
    fn into_tool_result(self) -> Result<CallToolResult> {
        self.0.into_tool_result()
    }
}

pub async fn handler(tenant: Tenant) -> Result<Greeting> {
    Ok(Greeting(tenant.0))
}
