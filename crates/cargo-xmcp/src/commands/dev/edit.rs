//! A change on its way to be served.

use std::time::{Duration, Instant};

/// What was written, and how long each step took so far.
pub(super) struct Edit {
    pub(super) since: Instant,
    pub(super) built: Option<Instant>,
    pub(super) paths: Vec<String>,
    pub(super) steps: Vec<(&'static str, Duration)>,
}

impl Edit {
    pub(super) fn of(since: Instant, paths: Vec<String>) -> Self {
        Self {
            since,
            built: None,
            paths,
            steps: vec![("notice", since.elapsed())],
        }
    }
}
