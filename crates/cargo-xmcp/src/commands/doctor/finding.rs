//! What was looked at, what was found, and what to do about it.

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::{Output, text};

/// How much is shown of what was found.
const LINE: usize = 400;

/// How well it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Level {
    Ok,
    /// Nothing is wrong, and something was not looked at.
    Note,
    Warning,
    Problem,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Finding {
    /// `app`, `server` or `auth`.
    area: &'static str,
    /// What was looked at.
    check: &'static str,
    level: Level,
    /// What was found, in a line. It may quote strangers.
    found: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    todo: Option<String>,
}

/// All findings, in the order in which they were made.
#[derive(Debug, Default)]
pub(super) struct Report {
    findings: Vec<Finding>,
    area: &'static str,
}

impl Report {
    /// What follows is about this.
    pub(super) fn area(&mut self, area: &'static str) -> &mut Self {
        self.area = area;
        self
    }

    pub(super) fn ok(&mut self, check: &'static str, found: impl Into<String>) {
        self.add(check, Level::Ok, found.into(), None);
    }

    pub(super) fn note(
        &mut self,
        check: &'static str,
        found: impl Into<String>,
        todo: impl Into<String>,
    ) {
        self.add(check, Level::Note, found.into(), Some(todo.into()));
    }

    pub(super) fn warning(
        &mut self,
        check: &'static str,
        found: impl Into<String>,
        todo: impl Into<String>,
    ) {
        self.add(check, Level::Warning, found.into(), Some(todo.into()));
    }

    pub(super) fn problem(
        &mut self,
        check: &'static str,
        found: impl Into<String>,
        todo: impl Into<String>,
    ) {
        self.add(check, Level::Problem, found.into(), Some(todo.into()));
    }

    fn add(&mut self, check: &'static str, level: Level, found: String, todo: Option<String>) {
        self.findings.push(Finding {
            area: self.area,
            check,
            level,
            found: text::line(&found, LINE),
            todo,
        });
    }

    pub(super) fn findings(&self) -> &[Finding] {
        &self.findings
    }

    pub(super) fn count(&self, level: Level) -> usize {
        self.findings.iter().filter(|it| it.level == level).count()
    }

    /// For people.
    pub(super) fn show(&self, output: &Output) {
        let mut area = "";
        for finding in &self.findings {
            if finding.area != area {
                if !area.is_empty() {
                    output.data("");
                }
                area = finding.area;
                output.data(area);
            }
            let (word, colour) = match finding.level {
                Level::Ok => ("ok     ", AnsiColor::Green),
                Level::Note => ("note   ", AnsiColor::Cyan),
                Level::Warning => ("warning", AnsiColor::Yellow),
                Level::Problem => ("problem", AnsiColor::Red),
            };
            let style: Style = colour.on_default().bold();
            output.data(&format!(
                "  {style}{word}{style:#}  {}: {}",
                finding.check, finding.found
            ));
            if let Some(todo) = &finding.todo {
                output.data(&format!("           {}", text::line(todo, LINE)));
            }
        }
        let many = |count, what: &str| match count {
            1 => format!("1 {what}"),
            count => format!("{count} {what}s"),
        };
        output.say(&format!(
            "{}, {}",
            many(self.count(Level::Problem), "problem"),
            many(self.count(Level::Warning), "warning")
        ));
    }
}
