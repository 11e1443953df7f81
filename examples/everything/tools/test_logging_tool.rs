//! Sends a log message of every level; a 2026-07-28 client gets those that its request asks for
use xmcp::prelude::*;

pub async fn handler(context: Context) -> &'static str {
    use LogLevel::{Alert, Critical, Debug, Emergency, Error, Info, Notice, Warning};
    for level in [
        Debug, Info, Notice, Warning, Error, Critical, Alert, Emergency,
    ] {
        context
            .log(level, format!("A message of level {}", level.as_str()))
            .await;
    }
    "A message of every level was logged."
}
