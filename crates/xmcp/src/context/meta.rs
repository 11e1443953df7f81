//! What `params._meta` of a request says of the client. Read only when a handler asks for it.

use serde::Deserialize;
use serde_json::Value;

use super::{ClientCapabilities, ClientInfo, LogLevel};

/// The members of `_meta` that handlers can see. One that does not fit its type counts as absent: the envelope has
/// already refused what the protocol requires.
#[derive(Debug, Default)]
pub(crate) struct RequestMeta {
    pub(crate) client: Option<ClientInfo>,
    pub(crate) capabilities: Option<ClientCapabilities>,
    pub(crate) log_level: Option<LogLevel>,
    pub(crate) progress_token: Option<Value>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Raw {
    #[serde(rename = "io.modelcontextprotocol/clientInfo")]
    client: Option<Value>,
    #[serde(rename = "io.modelcontextprotocol/clientCapabilities")]
    capabilities: Option<ClientCapabilities>,
    #[serde(rename = "io.modelcontextprotocol/logLevel")]
    log_level: Option<Value>,
    #[serde(rename = "progressToken")]
    progress_token: Option<Value>,
}

impl RequestMeta {
    pub(crate) fn parse(text: &[u8]) -> Self {
        let raw: Raw = serde_json::from_slice(text).unwrap_or_default();
        Self {
            client: raw
                .client
                .and_then(|value| serde_json::from_value(value).ok()),
            capabilities: raw.capabilities,
            log_level: raw
                .log_level
                .and_then(|value| serde_json::from_value(value).ok()),
            progress_token: raw.progress_token.filter(is_progress_token),
        }
    }
}

/// A string or an integer. It is repeated with every report of progress, so one of any length would let a client turn one long
/// request into many long answers.
fn is_progress_token(token: &Value) -> bool {
    const LONGEST: usize = 1024;
    match token {
        Value::String(text) => text.len() <= LONGEST,
        token => token.is_i64() || token.is_u64(),
    }
}
