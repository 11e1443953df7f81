//! A change on its way to be served.

use std::time::{Duration, Instant};

use super::{changes::shortened, report};
use crate::Output;

/// What was written, and how long each step took so far.
pub(super) struct Edit {
    since: Instant,
    pub(super) built: Option<Instant>,
    /// The files.
    what: String,
    pub(super) steps: Vec<(&'static str, Duration)>,
}

impl Edit {
    pub(super) fn of(since: Instant, paths: Vec<String>) -> Self {
        Self {
            since,
            built: None,
            what: shortened(paths),
            steps: vec![("notice", since.elapsed())],
        }
    }

    /// Says that it is served, by what changed in `what` is served, else by the files.
    pub(super) fn served(&mut self, what: &str, output: &Output) {
        let what = if what.is_empty() { &self.what } else { what };
        if let Some(built) = self.built {
            self.steps.push(("start", built.elapsed()));
        }
        report::served(what, self.since.elapsed(), &self.steps, output);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_files_the_first_are_named_and_the_others_counted() {
        let paths = (0..49).map(|at| format!("src/{at:02}.rs")).collect();
        let edit = Edit::of(Instant::now(), paths);
        assert!(
            edit.what.ends_with("src/11.rs and 37 more"),
            "{}",
            edit.what
        );
    }
}
