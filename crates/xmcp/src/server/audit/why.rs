//! How a request was decided, and the codes for it. They are for programs, so they stay as they are; docs/audit.md has them all.

use xmcp_auth::Rejection;

use crate::server::jsonrpc::{RpcError, code};

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// It was done, or answered.
    Allowed,
    /// It was not begun: what it says, or who says it, is not as it must be.
    Refused,
    /// It was begun, and came to nothing.
    Failed,
}

impl Decision {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }
}

macro_rules! reasons {
    ($($(#[doc = $doc:literal])* $reason:ident $code:literal $decision:ident)*) => {
        /// Why a request was decided as it was.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Why {
            $($(#[doc = $doc])* $reason,)*
        }

        impl Why {
            #[cfg(test)]
            pub(super) const ALL: &[Self] = &[$(Self::$reason),*];

            pub(super) fn code(self) -> &'static str {
                match self {
                    $(Self::$reason => $code,)*
                }
            }

            pub(super) fn decision(self) -> Decision {
                match self {
                    $(Self::$reason => Decision::$decision,)*
                }
            }
        }
    };
}

reasons! {
    /// The handler asks its client first.
    InputRequired "input_required" Allowed

    MissingCredential "missing_credential" Refused
    AmbiguousCredential "ambiguous_credential" Refused
    InvalidToken "invalid_token" Refused
    /// The proof of the key that a token is bound to.
    InvalidProof "invalid_dpop_proof" Refused
    Expired "expired" Refused
    InsufficientScope "insufficient_scope" Refused
    /// Too many bad credentials of an address, or too many requests of a caller.
    RateLimited "rate_limited" Refused
    /// Nobody can tell now whether the credential is good.
    Unavailable "unavailable" Refused

    /// No message, or none that this server takes.
    InvalidRequest "invalid_request" Refused
    InvalidHeaders "invalid_headers" Refused
    InvalidParams "invalid_params" Refused
    InvalidArguments "invalid_arguments" Refused
    UnsupportedVersion "unsupported_version" Refused
    /// The client did not declare what the request needs.
    MissingCapability "missing_capability" Refused
    UnknownMethod "unknown_method" Refused
    UnknownTool "unknown_tool" Refused
    UnknownPrompt "unknown_prompt" Refused
    UnknownResource "unknown_resource" Refused
    /// No such task of this caller's.
    UnknownTask "unknown_task" Refused
    /// No such transport session of this caller's.
    UnknownSession "unknown_session" Refused
    /// One of the server's limits is reached.
    Busy "busy" Refused

    /// The handler says that it failed.
    HandlerError "handler_error" Failed
    Timeout "timeout" Failed
    Panic "panic" Failed
    /// The result is larger than one may be.
    TooLarge "too_large" Failed
    /// The reason is in the log, under the request's id.
    Internal "internal" Failed
    /// The client gave it up, or the server stopped.
    Cancelled "cancelled" Failed
}

impl From<&RpcError> for Why {
    fn from(error: &RpcError) -> Self {
        error.why.unwrap_or(match error.code {
            code::METHOD_NOT_FOUND => Self::UnknownMethod,
            code::INVALID_PARAMS => Self::InvalidParams,
            code::HEADER_MISMATCH => Self::InvalidHeaders,
            code::MISSING_CLIENT_CAPABILITY => Self::MissingCapability,
            code::UNSUPPORTED_PROTOCOL_VERSION => Self::UnsupportedVersion,
            code::RESOURCE_NOT_FOUND => Self::UnknownResource,
            code::SESSION_NOT_FOUND => Self::UnknownSession,
            code::UNAVAILABLE => Self::Busy,
            code::INTERNAL_ERROR => Self::Internal,
            code::PARSE_ERROR | code::INVALID_REQUEST => Self::InvalidRequest,
            // An error that a handler made.
            _ => Self::HandlerError,
        })
    }
}

impl From<&Rejection> for Why {
    fn from(rejection: &Rejection) -> Self {
        match rejection {
            Rejection::Missing => Self::MissingCredential,
            Rejection::Ambiguous => Self::AmbiguousCredential,
            Rejection::Invalid => Self::InvalidToken,
            Rejection::InvalidProof => Self::InvalidProof,
            Rejection::Expired => Self::Expired,
            Rejection::InsufficientScope(_) => Self::InsufficientScope,
            Rejection::RateLimited { .. } => Self::RateLimited,
            Rejection::Unavailable { .. } => Self::Unavailable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_in_the_document_with_its_decision() {
        let document = include_str!("../../../../../docs/audit.md");
        for why in Why::ALL {
            let row = format!("| `{}` | `{}` |", why.code(), why.decision().code());
            assert!(document.contains(&row), "docs/audit.md has no row `{row}`");
        }
        let rows = document.lines().filter(|line| {
            let decision = |code| line.contains(&format!("` | `{code}` |"));
            ["allowed", "refused", "failed"].into_iter().any(decision)
        });
        assert_eq!(rows.count(), Why::ALL.len(), "a code that nobody says");
    }
}
