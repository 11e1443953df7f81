//! A problem as rustc draws one: what it is, the line of the file with a caret below, and what to write instead.

use std::{fs, ops::Range, path::Path};

use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};
use xmcp_build::{Diagnostic, Place, Severity};

use crate::text;

/// A problem and, where it is one of `cargo xmcp check`, the name of its lint.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    pub(crate) diagnostic: Diagnostic,
    pub(crate) lint: Option<&'static str>,
}

impl From<&Diagnostic> for Finding {
    fn from(diagnostic: &Diagnostic) -> Self {
        Self {
            diagnostic: diagnostic.clone(),
            lint: None,
        }
    }
}

impl Finding {
    /// What is wrong.
    pub(crate) fn what(&self) -> &str {
        split(&self.diagnostic.message).0
    }

    /// What to write instead, if the message says it.
    pub(crate) fn help(&self) -> Option<&str> {
        split(&self.diagnostic.message).1
    }

    /// The problem with the line that it is in, of the app in `root`. It has colours, which [`Output`](crate::Output) leaves out where
    /// there is no terminal.
    pub(crate) fn draw(&self, root: &Path) -> String {
        let Diagnostic {
            file,
            place,
            severity,
            ..
        } = &self.diagnostic;
        let level = match severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let path = root.join(file);
        // What is no file may have no end, or never a beginning.
        let is_file = fs::metadata(&path).is_ok_and(|found| found.is_file());
        let source = is_file.then(|| fs::read_to_string(&path).ok());
        let source = source.flatten().unwrap_or_default();
        // They hold names of files, which may be anything.
        let (file, what) = (text::name(file), text::name(self.what()));
        let mut title = level.primary_title(what.as_str());
        if let Some(lint) = self.lint {
            title = title.id(lint);
        }
        let mut drawn = match span(&source, *place) {
            Some(span) => title.element(
                Snippet::source(source.as_str())
                    .path(file.as_str())
                    .annotation(AnnotationKind::Primary.span(span)),
            ),
            // A file that is empty, is missing, or is no text.
            None => title.element(
                Origin::path(file.as_str())
                    .line(place.line)
                    .char_column(place.column),
            ),
        };
        if let Some(help) = self.help() {
            drawn = drawn.element(Level::HELP.message(text::name(help)));
        }
        Renderer::styled().render(&[drawn])
    }
}

/// `what: what to write`, at the first colon that is in no code and in no parentheses, and not right behind the name that is at fault.
fn split(message: &str) -> (&str, Option<&str>) {
    let (mut in_code, mut depth) = (false, 0_usize);
    for (at, character) in message.char_indices() {
        match character {
            '`' => in_code = !in_code,
            '(' if !in_code => depth += 1,
            ')' if !in_code => depth = depth.saturating_sub(1),
            ':' if !in_code && depth == 0 && !introduces(&message[..at]) => {
                if let Some(help) = message[at + 1..].strip_prefix(' ') {
                    return (&message[..at], Some(help));
                }
            }
            _ => {}
        }
    }
    (message, None)
}

/// Whether what follows is what is wrong, and no remedy: what a parser says of syntax, and what was found for a key.
fn introduces(what: &str) -> bool {
    let named = |what: &str| Some(!what.strip_prefix('`')?.strip_suffix('`')?.contains('`'));
    matches!(what, "syntax error" | "not valid TOML") || named(what).unwrap_or(false)
}

/// What a caret stands below: the word at the place, or the rest of the line where an item or a comment begins, or the end of a line
/// that lacks something there. Nothing if the file has no such place.
fn span(source: &str, place: Place) -> Option<Range<usize>> {
    let line = source.split_inclusive('\n').nth(place.line - 1)?;
    let before: usize = source
        .split_inclusive('\n')
        .take(place.line - 1)
        .map(str::len)
        .sum();
    let line = line.trim_end();
    let column = line
        .char_indices()
        .map(|(at, _)| at)
        .chain([line.len()])
        .nth(place.column - 1)?;
    let rest = &line[column..];
    let start = before + column;
    Some(start..start + extent(rest))
}

fn extent(rest: &str) -> usize {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let word = rest.find(|character| !is_word(character));
    let word = word.unwrap_or(rest.len());
    match &rest[..word] {
        "async" | "const" | "enum" | "fn" | "pub" | "static" | "struct" | "type" | "use" => {
            rest.trim_end_matches(['{', ' ']).len()
        }
        "" if rest.starts_with("//") || rest.starts_with('#') || rest.starts_with('[') => {
            rest.len()
        }
        "" if rest.starts_with('"') => rest[1..].find('"').map_or(rest.len(), |end| end + 2),
        "" => rest.chars().next().map_or(0, char::len_utf8),
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use xmcp_build::{Diagnostic, Place, Severity};

    use super::{Finding, span, split};

    #[test]
    fn what_a_file_is_called_is_neither_a_command_nor_a_line_of_ours() {
        let root = tempfile::tempdir().unwrap();
        let file = "a\u{1b}]0;title\u{7}\nerror: evil.rs";
        let message = format!("`{file}` is no name: rename `{file}`");
        for text in ["text", ""] {
            // Not every system has such files: what is not there is drawn too.
            let _ = std::fs::write(root.path().join(file), text);
            let finding = Finding {
                diagnostic: Diagnostic {
                    file: file.to_owned(),
                    place: Place::START,
                    severity: Severity::Error,
                    message: message.clone(),
                },
                lint: None,
            };

            let drawn = finding.draw(root.path());

            assert!(!drawn.contains("\u{1b}]"), "{drawn:?}");
            assert!(!drawn.contains("\nerror"), "{drawn:?}");
            assert_eq!(
                drawn.matches("a\\u{1b}]0;title\\u{7}\\u{a}error").count(),
                3
            );
        }
    }

    #[test]
    fn a_message_ends_with_what_to_write() {
        assert_eq!(
            split("handler is private: write `pub async fn handler`"),
            ("handler is private", Some("write `pub async fn handler`"))
        );
        assert_eq!(
            split("`a: b` (c: d) is no type: write `a: c`"),
            ("`a: b` (c: d) is no type", Some("write `a: c`"))
        );
        assert_eq!(split("`serde::x` it is"), ("`serde::x` it is", None));
        assert_eq!(
            split("syntax error: expected `,`"),
            ("syntax error: expected `,`", None)
        );
        assert_eq!(
            split("not valid TOML: unclosed table, expected `]`"),
            ("not valid TOML: unclosed table, expected `]`", None)
        );
        assert_eq!(
            split("`port`: found the string `abc`: write a whole number"),
            (
                "`port`: found the string `abc`",
                Some("write a whole number")
            )
        );
    }

    #[test]
    fn a_caret_stands_below_a_word_a_text_an_item_or_a_comment() {
        let source = "//! Aé b\nfn handler(a: u8) {\n    name(\"x y\")\n";
        let under = |line, column| &source[span(source, Place { line, column }).unwrap()];

        assert_eq!(under(1, 1), "//! Aé b");
        assert_eq!(under(1, 8), "b");
        assert_eq!(under(2, 1), "fn handler(a: u8)");
        assert_eq!(under(2, 12), "a");
        assert_eq!(under(3, 10), "\"x y\"");
        // Where something is missing behind what is there.
        assert_eq!(span(source, Place { line: 1, column: 9 }), Some(9..9));
        let beyond = |line, column| span(source, Place { line, column });
        assert_eq!(beyond(9, 1), None);
        assert_eq!(beyond(1, 40), None);
        assert_eq!(span("", Place::START), None);
    }
}
