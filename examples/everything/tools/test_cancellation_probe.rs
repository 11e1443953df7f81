//! Counts how its own calls end: a client that cancels, or goes away, ends the handler where it waits
use std::time::Duration;

use crate::probe::Probe;
use tokio::time::sleep;
use xmcp::prelude::*;

#[derive(Deserialize, JsonSchema)]
pub struct Schema {
    /// Forget the counts, wait, or answer the counts
    op: Op,
    /// How long to wait, in milliseconds
    ms: Option<u64>,
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Op {
    Reset,
    Wait,
    Report,
}

pub async fn handler(Schema { op, ms }: Schema, probe: State<Probe>) -> String {
    match op {
        Op::Reset => probe.reset(),
        Op::Wait => {
            probe
                .watch(sleep(Duration::from_millis(ms.unwrap_or_default())))
                .await
        }
        Op::Report => {}
    }
    probe.to_string()
}
