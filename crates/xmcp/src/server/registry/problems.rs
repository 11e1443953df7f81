//! What keeps a server from starting, collected over all files.

use std::sync::Arc;

use crate::{
    AppState, StartError,
    codegen::Shape,
    metadata::Terms,
    server::{Sessions, Wired},
};

/// What keeps a server from starting, collected over all files.
pub(super) struct Problems<'a> {
    state: &'a AppState,
    wired: &'a Wired,
    missing: Vec<String>,
    refused: Vec<String>,
}

impl<'a> Problems<'a> {
    pub(super) fn new(state: &'a AppState, wired: &'a Wired) -> Self {
        Self {
            state,
            wired,
            missing: Vec::new(),
            refused: Vec::new(),
        }
    }

    /// What a handler needs and nobody provides.
    pub(super) fn handler(&mut self, source: &str, name: &str, shape: &Shape, terms: Terms) {
        let has_session = self.wired.sessions != Sessions::None;
        let scalekit = self.wired.scalekit.as_ref();
        let has_scalekit = !scalekit.is_err_and(|reason| reason.is_missing_at_start());
        let missing = shape
            .requirements
            .missing(self.state, has_session, has_scalekit);
        self.missing.extend(
            missing
                .iter()
                .map(|problem| format!("{source}: the handler of `{name}` {problem}")),
        );
        if !has_session && !terms.scopes.is_empty() {
            self.missing.push(format!(
                "{source}: `{name}` asks for scopes, and no auth provider says what a caller holds: wire a provider in \
                 src/middleware.rs, or take `scopes` out of METADATA"
            ));
        }
        if self.wired.sessions == Sessions::Optional
            && terms.is_open()
            && shape.requirements.wants_session()
        {
            self.missing.push(format!(
                "{source}: the handler of `{name}` takes `Session`, and is for callers without one too: take `Option<Session>`, or \
                 take `.public(true)` out of METADATA"
            ));
        }
    }

    /// The entry, unless its schema cannot be served.
    pub(super) fn schema<T>(
        &mut self,
        source: &str,
        name: &str,
        entry: Result<T, String>,
    ) -> Option<Arc<T>> {
        entry
            .map_err(|problem| {
                self.refused
                    .push(format!("{source}: the schema of `{name}` {problem}"));
            })
            .ok()
            .map(Arc::new)
    }

    /// Fails with all problems of a kind.
    pub(super) fn none(self) -> Result<(), StartError> {
        if !self.missing.is_empty() {
            return Err(StartError::Requirements(self.missing));
        }
        if !self.refused.is_empty() {
            return Err(StartError::Schema(self.refused));
        }
        Ok(())
    }
}
