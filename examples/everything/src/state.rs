//! What the tools share. Made once, before the server listens; a tool takes a part of it as `State<Counter>`.

use std::sync::atomic::AtomicU64;

use xmcp::AppState;

use crate::probe::Probe;

/// A number that tools count up and that every caller sees.
#[derive(Debug, Default)]
pub struct Counter(pub AtomicU64);

pub async fn state() -> xmcp::Result<AppState> {
    Ok(AppState::new().with(Counter::default()).with(Probe::default()))
}
