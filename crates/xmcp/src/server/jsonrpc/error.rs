//! JSON-RPC errors and the HTTP statuses that go with them.

use std::borrow::Cow;

use http::StatusCode;
use serde_json::{Value, json};

use crate::{Capability, Era, excerpt::excerpt, server::audit::Why};

/// The error codes that this server uses (JSON-RPC 2.0 section 5.1; 2026-07-28 basic, "Error Codes").
pub(crate) mod code {
    pub(crate) const PARSE_ERROR: i32 = -32700;
    pub(crate) const INVALID_REQUEST: i32 = -32600;
    pub(crate) const METHOD_NOT_FOUND: i32 = -32601;
    pub(crate) const INVALID_PARAMS: i32 = -32602;
    pub(crate) const INTERNAL_ERROR: i32 = -32603;
    /// The server is busy; the same request may be fine later.
    pub(crate) const UNAVAILABLE: i32 = -32000;
    /// As other servers say it: the specification leaves these codes to implementations.
    pub(crate) const SESSION_NOT_FOUND: i32 = -32001;
    /// Before 2026-07-28, which says [`INVALID_PARAMS`].
    pub(crate) const RESOURCE_NOT_FOUND: i32 = -32002;
    pub(crate) const HEADER_MISMATCH: i32 = -32020;
    pub(crate) const MISSING_CLIENT_CAPABILITY: i32 = -32021;
    pub(crate) const UNSUPPORTED_PROTOCOL_VERSION: i32 = -32022;
}

/// An error of the protocol.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RpcError {
    pub(crate) code: i32,
    pub(crate) message: Cow<'static, str>,
    pub(crate) data: Option<Value>,
    /// The status when the era does not decide it.
    status: Option<StatusCode>,
    /// What the audit says of it, where the code does not tell.
    pub(crate) why: Option<Why>,
}

impl RpcError {
    pub(crate) fn new(code: i32, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: message.into(),
            data: None,
            status: None,
            why: None,
        }
    }

    pub(crate) fn data(mut self, data: Value) -> Self {
        self.data = Some(data);
        self
    }

    pub(crate) fn status(mut self, status: StatusCode) -> Self {
        self.status = Some(status);
        self
    }

    pub(crate) fn because(mut self, why: Why) -> Self {
        self.why = Some(why);
        self
    }

    pub(crate) fn invalid_params(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(code::INVALID_PARAMS, message)
    }

    pub(crate) fn method_not_found(method: &str) -> Self {
        Self::new(
            code::METHOD_NOT_FOUND,
            format!("method not found: {}", excerpt(method)),
        )
    }

    /// A failure whose reason is for the log, where this id leads to it.
    pub(crate) fn internal(request_id: &str) -> Self {
        Self::new(
            code::INTERNAL_ERROR,
            format!("internal error (request id {request_id})"),
        )
    }

    /// There is no resource at this URI (2025-11-25 and 2026-07-28 server/resources, "Error Handling").
    pub(crate) fn resource_not_found(
        message: impl Into<Cow<'static, str>>,
        uri: &str,
        era: Era,
    ) -> Self {
        let code = match era {
            Era::Legacy => code::RESOURCE_NOT_FOUND,
            Era::Modern => code::INVALID_PARAMS,
        };
        // For programs to compare, so without the quotes of a message, and in full for anything as long as a URI is.
        let uri: String = uri.chars().take(4096).collect();
        Self::new(code, message)
            .data(json!({ "uri": uri }))
            .because(Why::UnknownResource)
    }

    pub(crate) fn header_mismatch(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(code::HEADER_MISMATCH, message)
    }

    /// The client did not declare what the request needs (2026-07-28 basic, "Error Codes").
    pub(crate) fn missing_capabilities(required: &[Capability]) -> Self {
        let names: Vec<String> = required.iter().map(Capability::to_string).collect();
        Self::new(
            code::MISSING_CLIENT_CAPABILITY,
            format!(
                "the client did not declare what this needs: {}",
                names.join(", ")
            ),
        )
        .data(json!({ "requiredCapabilities": Capability::all_to_json(required) }))
    }

    pub(crate) fn unsupported_version(requested: &str, supported: &[&str]) -> Self {
        // For programs to compare, so without the quotes of a message, and in full for anything as long as a version is.
        let requested: String = requested.chars().take(64).collect();
        Self::new(
            code::UNSUPPORTED_PROTOCOL_VERSION,
            "unsupported protocol version",
        )
        .data(json!({ "supported": supported, "requested": requested }))
    }

    /// The HTTP status of the answer. Before 2026-07-28 an error of a well-formed request is an answer like any other.
    pub(crate) fn http_status(&self, era: Era) -> StatusCode {
        if let Some(status) = self.status {
            return status;
        }
        match (self.code, era) {
            (
                code::PARSE_ERROR
                | code::INVALID_REQUEST
                | code::HEADER_MISMATCH
                | code::MISSING_CLIENT_CAPABILITY
                | code::UNSUPPORTED_PROTOCOL_VERSION,
                _,
            ) => StatusCode::BAD_REQUEST,
            (code::METHOD_NOT_FOUND, Era::Modern) => StatusCode::NOT_FOUND,
            _ => StatusCode::OK,
        }
    }

    /// The `error` member.
    pub(crate) fn to_json(&self) -> Value {
        let mut error = json!({ "code": self.code, "message": self.message });
        if let Some(data) = &self.data {
            error["data"] = data.clone();
        }
        error
    }
}
