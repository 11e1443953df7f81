//! The gate: whether a caller may use a tool, a prompt or a resource. A function of what these say of themselves and the session,
//! decided on the body, before the handler.
//!
//! 1. Every scope that is named is needed, to the letter.
//! 2. Under an optional provider, who brings no credential is a *stranger*: it may ask what there is, and use what is public and
//!    needs no scope.
//! 3. What outlasts its request belongs to a caller, so strangers have none of it: no transport session, no subscription, no task.
//!    Nobody can then reach another stranger's, or use up the room of those who are known.

use http::StatusCode;
use serde_json::json;
use xmcp_auth::Session;

use super::{
    Sessions,
    audit::Why,
    jsonrpc::{RpcError, code},
    registry::Listed,
};

/// The gate of a server.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gate {
    /// Whether callers may come without a credential, though there are some with one.
    admits_strangers: bool,
}

/// Why a caller may not do what it asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Forbidden {
    /// Whether it may be allowed to somebody who is signed in, which this caller is not.
    pub(crate) is_stranger: bool,
    /// All scopes that the operation needs, in the order it names them.
    pub(crate) required: Vec<String>,
}

impl Gate {
    pub(crate) fn new(sessions: Sessions) -> Self {
        Self {
            admits_strangers: sessions == Sessions::Optional,
        }
    }

    /// Whether strangers come to this server at all.
    pub(crate) fn admits_strangers(self) -> bool {
        self.admits_strangers
    }

    /// Whether this caller is a stranger among others who are known.
    pub(crate) fn is_stranger(self, session: Option<&Session>) -> bool {
        self.admits_strangers && session.is_none()
    }

    /// Whether the caller may use this. Where nobody is verified, what needs no scope is open.
    pub(crate) fn check(self, listed: &Listed, session: Option<&Session>) -> Result<(), Forbidden> {
        let is_stranger = self.is_stranger(session);
        let may = match is_stranger {
            true => listed.public && listed.scopes.is_empty(),
            false => holds_all(&listed.scopes, session),
        };
        match may {
            true => Ok(()),
            false => Err(Forbidden {
                is_stranger,
                required: listed.scopes.iter().map(ToString::to_string).collect(),
            }),
        }
    }
}

/// Whether the session holds every scope that is needed.
fn holds_all(required: &[impl AsRef<str>], session: Option<&Session>) -> bool {
    required
        .iter()
        .all(|scope| session.is_some_and(|session| session.has_scope(scope.as_ref())))
}

impl Forbidden {
    /// It takes somebody who is signed in, with these scopes.
    pub(crate) fn to_strangers(required: Vec<String>) -> Self {
        Self {
            is_stranger: true,
            required,
        }
    }
}

impl From<Forbidden> for RpcError {
    fn from(forbidden: Forbidden) -> Self {
        let (message, status) = match forbidden.is_stranger {
            true => ("this needs a credential: sign in", StatusCode::UNAUTHORIZED),
            false => ("insufficient scope", StatusCode::FORBIDDEN),
        };
        let why = match forbidden.is_stranger {
            true => Why::MissingCredential,
            false => Why::InsufficientScope,
        };
        Self::new(code::INVALID_REQUEST, message)
            .because(why)
            .data(json!({ "required_scopes": forbidden.required }))
            .status(status)
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use serde_json::Value;

    use super::*;
    use crate::server::registry::DefinitionText;

    fn listed(scopes: &[&'static str], public: bool) -> Listed {
        let mut listed = Listed::new("a".into(), "".into(), DefinitionText::of(&Value::Null));
        listed.scopes = scopes.iter().copied().map(Cow::Borrowed).collect();
        listed.public = public;
        listed
    }

    fn session(scopes: &[&str]) -> Session {
        Session::for_test("usr_1")
            .scopes(scopes.iter().copied())
            .build()
    }

    #[test]
    fn every_scope_is_needed_to_the_letter() {
        let both = listed(&["todo:read", "todo:write"], false);
        for sessions in [Sessions::Verified, Sessions::Optional] {
            let check = |granted| Gate::new(sessions).check(&both, Some(&session(granted)));
            assert!(check(&["todo:write", "todo:read"]).is_ok());
            for granted in [
                &["todo:read"][..],
                &["todo:read", "todo:writeX"],
                &["TODO:WRITE", "todo:read"],
                &[],
            ] {
                let forbidden = Forbidden {
                    is_stranger: false,
                    required: vec!["todo:read".to_owned(), "todo:write".to_owned()],
                };
                assert_eq!(check(granted), Err(forbidden));
            }
        }
    }

    #[test]
    fn nobody_may_use_what_needs_no_scope_and_a_stranger_what_is_public_as_well() {
        for (scopes, public, of_nobody, of_stranger) in [
            (&[][..], false, true, false),
            (&[], true, true, true),
            (&["a"], true, false, false),
            (&["a"], false, false, false),
        ] {
            let listed = listed(scopes, public);
            let may = |sessions| Gate::new(sessions).check(&listed, None).is_ok();
            for sessions in [Sessions::Verified, Sessions::None, Sessions::NoneHere] {
                assert_eq!(may(sessions), of_nobody, "{scopes:?} {public}");
            }
            assert_eq!(may(Sessions::Optional), of_stranger, "{scopes:?} {public}");
        }
    }
}
