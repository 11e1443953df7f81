//! Text of strangers on the way to a terminal. What a server says could move the cursor, hide what follows or set the window's title;
//! here all of that becomes visible.

use std::fmt::Write;

/// `text` with everything that a terminal would obey, or that would not be seen, in the form `\u{1b}`. Line breaks and tabs stay.
pub(crate) fn printable(text: &str) -> String {
    escaped(text, |character| matches!(character, '\n' | '\t'))
}

/// `text` as one line of at most `limit` characters.
pub(crate) fn line(text: &str, limit: usize) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    let text = words.join(" ");
    let mut characters = text.chars();
    let mut cut: String = characters.by_ref().take(limit).collect();
    if characters.next().is_some() {
        cut.push('…');
    }
    escaped(&cut, |_| false)
}

fn escaped(text: &str, stays: impl Fn(char) -> bool) -> String {
    let mut printable = String::with_capacity(text.len());
    for character in text.chars() {
        if is_hidden(character) && !stays(character) {
            let _ = write!(printable, "\\u{{{:x}}}", u32::from(character));
        } else {
            printable.push(character);
        }
    }
    printable
}

/// Whether a terminal obeys it, or shows nothing or another order for it: control characters, and Unicode's marks of direction, of no
/// width and of language.
pub(crate) fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::{line, printable};

    #[test]
    fn what_a_terminal_would_obey_is_shown_instead() {
        assert_eq!(
            printable("a\u{1b}]0;title\u{7}\r\u{9b}2J\n\tb\u{202e}c\u{e0041}"),
            "a\\u{1b}]0;title\\u{7}\\u{d}\\u{9b}2J\n\tb\\u{202e}c\\u{e0041}"
        );
        assert_eq!(printable("Größe 👩‍💻 日本"), "Größe 👩‍💻 日本");
    }

    #[test]
    fn a_line_is_one_and_ends_somewhere() {
        assert_eq!(line("a\n  b\tc", 10), "a b c");
        assert_eq!(line("abcdef", 3), "abc…");
        assert_eq!(line("a\u{1b}b", 10), "a\\u{1b}b");
    }
}
