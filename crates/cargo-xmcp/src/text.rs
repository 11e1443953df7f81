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

/// A JSON document with nothing in it that a terminal would obey or hide: all of it is in strings, where an escape means the same.
pub(crate) fn json(document: &str) -> String {
    let mut printable = String::with_capacity(document.len());
    for character in document.chars() {
        if is_hidden(character) && character != '\n' {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                let _ = write!(printable, "\\u{unit:04x}");
            }
        } else {
            printable.push(character);
        }
    }
    printable
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
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use super::{json, line, printable};

    #[test]
    fn what_a_terminal_would_obey_is_shown_instead() {
        assert_eq!(
            printable("a\u{1b}]0;title\u{7}\r\u{9b}2J\n\tb\u{202e}c\u{e0041}"),
            "a\\u{1b}]0;title\\u{7}\\u{d}\\u{9b}2J\n\tb\\u{202e}c\\u{e0041}"
        );
        assert_eq!(printable("Größe 👩‍💻 日本"), "Größe 👩‍💻 日本");
    }

    #[test]
    fn a_json_document_says_the_same_in_other_letters() {
        let value = serde_json::json!({ "a": "b\u{9b}2J\u{e0041}\u{7f}\n" });
        let document = json(&serde_json::to_string_pretty(&value).unwrap());

        assert_eq!(
            document,
            "{\n  \"a\": \"b\\u009b2J\\udb40\\udc41\\u007f\\n\"\n}"
        );
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&document).unwrap(),
            value
        );
    }

    #[test]
    fn a_line_is_one_and_ends_somewhere() {
        assert_eq!(line("a\n  b\tc", 10), "a b c");
        assert_eq!(line("abcdef", 3), "abc…");
        assert_eq!(line("a\u{1b}b", 10), "a\\u{1b}b");
    }
}
