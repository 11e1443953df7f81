//! One question to the client: a request of the server's, under the key by which its answer is found.

use aws_lc_rs::rand;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use bytes::Bytes;
use serde_json::{Value, json};

use crate::{Capability, Era};

/// The methods of the client that a server may call (2026-07-28 basic/patterns/mrtr, "Supported Requests").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Elicitation,
    Sampling,
    Roots,
}

impl Kind {
    pub(crate) fn method(self) -> &'static str {
        match self {
            Self::Elicitation => "elicitation/create",
            Self::Sampling => "sampling/createMessage",
            Self::Roots => "roots/list",
        }
    }

    /// What the keys of questions without a key of their own begin with.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Elicitation => "elicitation",
            Self::Sampling => "sampling",
            Self::Roots => "roots",
        }
    }
}

/// A request to the client.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Question {
    /// Names the question and its answer within a call.
    pub(crate) key: String,
    pub(crate) kind: Kind,
    pub(crate) params: Value,
    /// What the client must have declared to be asked this.
    pub(crate) requires: Capability,
}

impl Question {
    pub(crate) fn method(&self) -> &'static str {
        self.kind.method()
    }

    /// The question as it stands in `inputRequests`.
    pub(crate) fn to_json(&self) -> Value {
        json!({ "method": self.method(), "params": self.params })
    }

    /// The question as a message of its own, under an id of the server's.
    pub(crate) fn to_message(&self, id: u64) -> Bytes {
        let message =
            json!({ "jsonrpc": "2.0", "id": id, "method": self.method(), "params": self.params });
        message.to_string().into()
    }

    /// The question as it is asked in that generation, as a request of the server's.
    pub(crate) fn in_era(mut self, era: Era) -> Self {
        // 2025-11-25 client/elicitation, "URL Mode Elicitation Requests": the id is required there, and gone since.
        if era == Era::Legacy && self.params.get("mode").is_some_and(|mode| mode == "url") {
            let mut id = [0; 16];
            if rand::fill(&mut id).is_ok() {
                self.params["elicitationId"] = BASE64_URL_SAFE_NO_PAD.encode(id).into();
            }
        }
        self
    }
}
