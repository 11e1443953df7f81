//! What is said when there is no room: to the client always, to the log one line of a kind in a while.

use axum::response::Response;

use crate::{http::too_many_of_caller, seldom::Seldom};

/// Lines in the log, one for each kind of place that can be taken.
pub(crate) struct Told {
    pub(crate) sessions: Seldom,
    pub(crate) subscriptions: Seldom,
    /// That one caller has its share of something.
    pub(crate) share: Seldom,
}

impl Told {
    pub(super) fn new() -> Self {
        Self {
            sessions: Seldom::new(),
            subscriptions: Seldom::new(),
            share: Seldom::new(),
        }
    }

    /// The answer to a caller that has its share of something.
    pub(crate) fn too_many_of_caller(&self, what: &str) -> Response {
        if let Some(left_out) = self.share.next() {
            tracing::warn!(
                left_out,
                "refused a caller that has its share of all {what}"
            );
        }
        too_many_of_caller(&format!(
            "you have too many {what}, try again when one has ended"
        ))
    }
}
