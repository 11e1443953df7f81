//! Returns structured content without a schema
use xmcp::prelude::*;

#[derive(Serialize)]
pub struct Ticket {
    pub number: u64,
}

pub struct Page;

pub async fn handler() -> Result<Json<(Vec<Ticket>, Option<Page>)>> {
    Err(ToolError::new("none"))
}
