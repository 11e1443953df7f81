//! A diagnostic of the build as rustc draws one: what is wrong, and the line it is about.

use std::{fs, path::Path};

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use xmcp_build::{Diagnostic, Place, Severity};

/// The diagnostic of the app in `root`, in colour; whoever prints it takes the colours away where nobody wants them. A file that cannot be
/// read is named without its line.
pub(crate) fn draw(root: &Path, diagnostic: &Diagnostic) -> String {
    let text = fs::read_to_string(root.join(&diagnostic.file)).unwrap_or_default();
    drawn(&Renderer::styled(), &text, diagnostic)
}

fn drawn(renderer: &Renderer, text: &str, diagnostic: &Diagnostic) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(&diagnostic.message);
    let Place { line, column } = diagnostic.place;
    let group: Group<'_> = match span(text, diagnostic.place) {
        Some(span) => title.element(
            Snippet::source(text)
                .path(&diagnostic.file)
                .annotation(AnnotationKind::Primary.span(span)),
        ),
        None => title.element(
            Origin::path(&diagnostic.file)
                .line(line)
                .char_column(column),
        ),
    };
    renderer.render(&[group])
}

/// The word that begins at the place, as bytes of the text.
fn span(text: &str, place: Place) -> Option<std::ops::Range<usize>> {
    let before: usize = text
        .split_inclusive('\n')
        .take(place.line - 1)
        .map(str::len)
        .sum();
    let line = text[before..].lines().next()?;
    let (at, first) = line.char_indices().nth(place.column - 1)?;
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let length = match is_word(first) {
        true => line[at..].chars().take_while(|next| is_word(*next)),
        false => return Some(before + at..before + at + first.len_utf8()),
    };
    let length: usize = length.map(char::len_utf8).sum();
    Some(before + at..before + at + length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, line: usize, column: usize) -> String {
        let diagnostic = Diagnostic {
            file: "tools/greet.rs".to_owned(),
            place: Place { line, column },
            severity: Severity::Error,
            message: "tool has no handler: add one".to_owned(),
        };
        drawn(&Renderer::plain(), text, &diagnostic)
    }

    #[test]
    fn the_word_that_is_meant_is_underlined() {
        assert_eq!(
            shown("//! ä\npub fn händler() {}\n", 2, 8),
            "\
error: tool has no handler: add one
 --> tools/greet.rs:2:8
  |
2 | pub fn händler() {}
  |        ^^^^^^^"
        );
    }

    #[test]
    fn a_place_that_is_not_in_the_text_is_named_all_the_same() {
        assert_eq!(
            shown("", 1, 1),
            "\
error: tool has no handler: add one
 --> tools/greet.rs:1:1"
        );
    }
}
