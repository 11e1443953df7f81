//! Our own look at the files, while the build already runs.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use tokio::task::JoinHandle;
use xmcp_build::{App, Profile, Severity};

use super::build::Built;
use crate::{Failure, Result, drawing::Finding};

/// The look, at work or done.
pub(super) enum Planning {
    AtWork(JoinHandle<Planned>),
    Done(Box<Planned>),
}

impl Planning {
    pub(super) async fn result(self) -> Result<Planned> {
        match self {
            Self::Done(planned) => Ok(*planned),
            Self::AtWork(work) => work
                .await
                .map_err(|error| Failure::new("the app's files could not be read").because(&error)),
        }
    }
}

/// What the files say, drawn.
pub(super) struct Planned {
    pub(super) app: App,
    pub(super) errors: Vec<String>,
    pub(super) warnings: Vec<String>,
    /// What is generated of it.
    pub(super) text: String,
    took: Duration,
}

impl Planned {
    pub(super) fn of(root: &Path) -> Self {
        let started = Instant::now();
        let (app, diagnostics) = xmcp_build::plan(root);
        let of = |severity: Severity| {
            let some = diagnostics
                .iter()
                .filter(move |one| one.severity == severity);
            some.map(|diagnostic| Finding::from(diagnostic).draw(root))
                .collect()
        };
        Self {
            errors: of(Severity::Error),
            warnings: of(Severity::Warning),
            text: xmcp_build::generate(&app, Profile::Debug, &diagnostics),
            app,
            took: started.elapsed(),
        }
    }

    pub(super) fn steps(&self) -> Vec<(&'static str, Duration)> {
        vec![("check", self.took)]
    }

    /// A build that has ended here.
    pub(super) fn failed(self) -> Built {
        Built {
            steps: self.steps(),
            app: self.app,
            result: Err(self.errors),
            warnings: self.warnings,
            shown: None,
        }
    }
}
