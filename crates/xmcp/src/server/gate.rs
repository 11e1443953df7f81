//! The scope gate: whether a caller may use a tool, a prompt or a resource. A function of scopes and session, decided on the body,
//! before the handler.

use http::StatusCode;
use serde_json::json;
use xmcp_auth::Session;

use super::jsonrpc::{RpcError, code};

/// The scopes that a caller lacks for an operation: all that the operation needs, in the order it names them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct InsufficientScope {
    pub(crate) required: Vec<String>,
}

/// Whether the session holds every scope that is needed. Without a session only what needs none is open.
pub(crate) fn check(
    required: &[impl AsRef<str>],
    session: Option<&Session>,
) -> Result<(), InsufficientScope> {
    let granted = required
        .iter()
        .all(|scope| session.is_some_and(|session| session.has_scope(scope.as_ref())));
    if granted {
        Ok(())
    } else {
        let required = required.iter().map(|scope| scope.as_ref().to_owned());
        Err(InsufficientScope {
            required: required.collect(),
        })
    }
}

impl From<InsufficientScope> for RpcError {
    fn from(insufficient: InsufficientScope) -> Self {
        Self::new(code::INVALID_REQUEST, "insufficient scope")
            .data(json!({ "required_scopes": insufficient.required }))
            .status(StatusCode::FORBIDDEN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_is_needed_to_the_letter() {
        let session = |scopes: &[&str]| {
            Session::for_test("usr_1")
                .scopes(scopes.iter().copied())
                .build()
        };
        const BOTH: &[&str] = &["todo:read", "todo:write"];
        assert!(check(BOTH, Some(&session(&["todo:write", "todo:read"]))).is_ok());
        for granted in [
            &["todo:read"][..],
            &["todo:read", "todo:writeX"],
            &["TODO:WRITE", "todo:read"],
            &[],
        ] {
            assert_eq!(
                check(BOTH, Some(&session(granted))),
                Err(InsufficientScope {
                    required: BOTH.iter().map(|scope| (*scope).to_owned()).collect()
                })
            );
        }
        assert!(check(BOTH, None).is_err());
        assert!(check(&[""; 0], None).is_ok());
    }
}
