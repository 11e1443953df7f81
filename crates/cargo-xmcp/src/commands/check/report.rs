//! What a check came to, for machines and in a line for people.

use serde::Serialize;
use xmcp_build::{App, Severity};

use crate::drawing::Finding;

/// The document of `--json`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report<'a> {
    pub(super) errors: usize,
    pub(super) warnings: usize,
    tools: usize,
    prompts: usize,
    resources: usize,
    findings: Vec<Entry<'a>>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry<'a> {
    severity: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    lint: Option<&'static str>,
    file: &'a str,
    line: usize,
    column: usize,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
}

impl<'a> Report<'a> {
    pub(super) fn new(app: &App, findings: &'a [Finding]) -> Self {
        let count = |severity| {
            let of = findings
                .iter()
                .filter(|finding| finding.diagnostic.severity == severity);
            of.count()
        };
        Self {
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            tools: app.tools.len(),
            prompts: app.prompts.len(),
            resources: app.resources.len(),
            findings: findings.iter().map(Entry::from).collect(),
        }
    }

    /// What was found, and in what.
    pub(super) fn summary(&self) -> String {
        let found = match (self.errors, self.warnings) {
            (0, 0) => "nothing to say".to_owned(),
            (0, warnings) => counted(warnings, "warning"),
            (errors, 0) => counted(errors, "error"),
            (errors, warnings) => {
                let warnings = counted(warnings, "warning");
                format!("{}, {warnings}", counted(errors, "error"))
            }
        };
        let files = [
            counted(self.tools, "tool"),
            counted(self.prompts, "prompt"),
            counted(self.resources, "resource"),
        ];
        format!("{}: {found}", files.join(", "))
    }
}

impl<'a> From<&'a Finding> for Entry<'a> {
    fn from(finding: &'a Finding) -> Self {
        let diagnostic = &finding.diagnostic;
        Self {
            severity: diagnostic.severity.to_string(),
            lint: finding.lint,
            file: &diagnostic.file,
            line: diagnostic.place.line,
            column: diagnostic.place.column,
            message: finding.what(),
            help: finding.help(),
        }
    }
}

fn counted(count: usize, what: &str) -> String {
    match count {
        1 => format!("1 {what}"),
        _ => format!("{count} {what}s"),
    }
}
