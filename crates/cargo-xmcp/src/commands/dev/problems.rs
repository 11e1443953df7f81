//! What a compiler found: each problem once, as a person reads it.

use std::collections::HashSet;

use cargo_metadata::diagnostic::{Diagnostic, DiagnosticLevel};

/// What has been found by now.
#[derive(Debug, Default)]
pub(super) struct Problems {
    seen: HashSet<String>,
    pub(super) errors: Vec<String>,
    pub(super) warnings: Vec<String>,
}

impl Problems {
    /// Takes one in. What only counts the others is left out.
    pub(super) fn take(&mut self, diagnostic: Diagnostic) {
        let is_summary = diagnostic.spans.is_empty() && diagnostic.code.is_none();
        let Some(rendered) = diagnostic.rendered else {
            return;
        };
        let text = rendered.trim_end().to_owned();
        let is_count = is_summary
            && (text.contains("warning emitted")
                || text.contains("warnings emitted")
                || text.contains("aborting due to"));
        if is_count || !self.seen.insert(text.clone()) {
            return;
        }
        match diagnostic.level {
            DiagnosticLevel::Error | DiagnosticLevel::Ice => self.errors.push(text),
            DiagnosticLevel::Warning => self.warnings.push(text),
            _ => {}
        }
    }
}
