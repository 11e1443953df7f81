//! A stranger's text, fit to stand in a message or a log line: bounded, on one line, and without characters that act on a
//! terminal or end the quotation.

/// What of it is shown, in characters. Host names of cloud previews, which people copy from here, are shorter.
const LIMIT: usize = 128;

/// The beginning of the text, in backticks.
pub(crate) fn excerpt(text: &str) -> String {
    let mut excerpt = String::from("`");
    let mut characters = text.chars();
    for character in characters.by_ref().take(LIMIT) {
        match character {
            // A backslash before a quote would look like a part of the text.
            '"' | '\'' | '\\' => excerpt.push(character),
            '`' => excerpt.extend(character.escape_unicode()),
            _ => excerpt.extend(character.escape_debug()),
        }
    }
    if characters.next().is_some() {
        excerpt.push('…');
    }
    excerpt.push('`');
    excerpt
}

/// The beginning of a header's value, in backticks.
pub(crate) fn excerpt_of_bytes(value: &[u8]) -> String {
    excerpt(&String::from_utf8_lossy(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strangers_text_is_bounded_and_harmless() {
        assert_eq!(excerpt("evil.example"), "`evil.example`");
        assert_eq!(excerpt(r#"it's a "\d""#), r#"`it's a "\d"`"#);
        assert_eq!(
            excerpt_of_bytes(b"a\x1b[31m`b\n\xff"),
            "`a\\u{1b}[31m\\u{60}b\\n\u{fffd}`"
        );
        assert_eq!(
            excerpt(&"x".repeat(1000)),
            format!("`{}…`", "x".repeat(128))
        );
    }
}
