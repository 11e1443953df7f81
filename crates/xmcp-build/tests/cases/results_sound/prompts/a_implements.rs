//! Returns a type that is a result
use xmcp::prelude::*;

pub struct Ticket;

impl IntoPromptResult for Ticket {
    fn into_prompt_result(self) -> Result<GetPromptResult> {
        Ok(GetPromptResult::new().user("a ticket"))
    }
}

pub fn handler() -> Ticket {
    Ticket
}
