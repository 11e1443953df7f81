//! The result of one method that lists: the same bytes for everybody, or, under `hide_unauthorized`, the definitions of what the
//! caller may use, each written once at start.

use bytes::Bytes;
use xmcp_auth::Session;

use super::gate;
use crate::Era;

/// The result of a list, for whoever asks.
pub(super) enum Listing {
    ForEverybody(Bytes),
    ForCaller(Pieces),
}

/// What a list names: its definition as JSON text, and the scopes without which it cannot be used.
pub(super) struct Listed {
    pub(super) scopes: &'static [&'static str],
    pub(super) definition: String,
}

/// A result that is not put together yet.
pub(super) struct Pieces {
    before: String,
    listed: Vec<Listed>,
    after: &'static str,
}

impl Listing {
    /// A list that stands under this name in its result.
    pub(super) fn write(
        name: &str,
        listed: Vec<Listed>,
        era: Era,
        hides_unauthorized: bool,
    ) -> Self {
        let pieces = Pieces {
            before: match era {
                Era::Legacy => format!(r#"{{"{name}":["#),
                Era::Modern => format!(r#"{{"resultType":"complete","{name}":["#),
            },
            listed,
            // The list changes with a restart only. Unless it hides something, it is the same for everybody.
            after: match (era, hides_unauthorized) {
                (Era::Legacy, _) => "]}",
                (Era::Modern, false) => r#"],"ttlMs":0,"cacheScope":"public"}"#,
                (Era::Modern, true) => r#"],"ttlMs":0,"cacheScope":"private"}"#,
            },
        };
        if hides_unauthorized {
            Self::ForCaller(pieces)
        } else {
            Self::ForEverybody(pieces.with(|_| true))
        }
    }

    /// The result, as JSON text. What the scope gate would refuse is not in a list that depends on the caller.
    pub(super) fn result(&self, session: Option<&Session>) -> Bytes {
        match self {
            Self::ForEverybody(result) => result.clone(),
            Self::ForCaller(pieces) => {
                pieces.with(|listed| gate::check(listed.scopes, session).is_ok())
            }
        }
    }
}

impl Pieces {
    fn with(&self, is_listed: impl Fn(&Listed) -> bool) -> Bytes {
        let definitions: Vec<&str> = self
            .listed
            .iter()
            .filter(|listed| is_listed(listed))
            .map(|listed| listed.definition.as_str())
            .collect();
        let after = self.after;
        format!("{}{}{after}", self.before, definitions.join(",")).into()
    }
}
