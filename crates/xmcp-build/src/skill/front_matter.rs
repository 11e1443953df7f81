//! What stands between the `---` lines of a `SKILL.md`: YAML, which hosts get as JSON, every member of it.

use serde_json::{Map, Value};
use yaml_serde::Mapping;

use crate::Place;
use crate::diagnostic::Report;

const FENCE: &str = "---";

/// The members of a front matter.
pub(super) struct FrontMatter<'a> {
    /// The YAML, which begins in the file's second line.
    text: &'a str,
    members: Map<String, Value>,
}

impl<'a> FrontMatter<'a> {
    pub(super) fn read(text: &'a str, report: &mut Report<'_>) -> Option<Self> {
        let Some(text) = between_fences(text) else {
            let message = "file does not begin with front matter: write `---`, `name: ..`, `description: ..` and `---` in lines of their own";
            report.error(Place::START, message);
            return None;
        };
        // Read as YAML first: that refuses a member that is there twice, which JSON would not see.
        let members: Result<Map<String, Value>, _> = yaml_serde::from_str::<Mapping>(text)
            .and_then(|mapping| yaml_serde::from_value(yaml_serde::Value::Mapping(mapping)));
        match members {
            Ok(members) => Some(Self { text, members }),
            Err(error) => {
                let place = error.location().map_or(Place::START, |location| Place {
                    line: location.line() + 1,
                    column: location.column(),
                });
                report.error(
                    place,
                    format!(
                        "front matter is not readable ({}): mend its YAML",
                        reason(&error)
                    ),
                );
                None
            }
        }
    }

    /// The text of a member, and `None` when it is no text.
    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.members.get(name)?.as_str()
    }

    /// Where a member stands, or else the file begins.
    pub(super) fn place(&self, name: &str) -> Place {
        let is_member = |line: &str| {
            line.strip_prefix(name)
                .is_some_and(|rest| rest.trim_start().starts_with(':'))
        };
        self.text
            .lines()
            .position(is_member)
            .map_or(Place::START, |index| Place {
                line: index + 2,
                column: 1,
            })
    }

    /// All of it as one line of JSON.
    pub(super) fn json(&self) -> String {
        Value::Object(self.members.clone()).to_string()
    }
}

fn between_fences(text: &str) -> Option<&str> {
    let start = text.find('\n')? + 1;
    let mut end = start;
    if text[..start].trim_end() != FENCE {
        return None;
    }
    for line in text[start..].split_inclusive('\n') {
        if line.trim_end() == FENCE {
            return Some(&text[start..end]);
        }
        end += line.len();
    }
    None
}

/// What is wrong, without the place that the parser adds.
fn reason(error: &yaml_serde::Error) -> String {
    let text = error.to_string();
    match text.find(" at line ") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}
