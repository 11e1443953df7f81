//! A change on its way to be served.

use std::time::{Duration, Instant};

use super::report;
use crate::Output;

/// What was written, and how long each step took so far.
pub(super) struct Edit {
    since: Instant,
    pub(super) built: Option<Instant>,
    paths: Vec<String>,
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

    /// Says that it is served, by what changed in `what` is served, else by the files.
    pub(super) fn served(&mut self, what: &str, output: &Output) {
        let files = self.paths.join(" ");
        let what = if what.is_empty() { &files } else { what };
        if let Some(built) = self.built {
            self.steps.push(("start", built.elapsed()));
        }
        report::served(what, self.since.elapsed(), &self.steps, output);
    }
}
