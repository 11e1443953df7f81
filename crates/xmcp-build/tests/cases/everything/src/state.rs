use xmcp::prelude::*;

pub async fn state() -> xmcp::Result<AppState> {
    Ok(AppState::new())
}
