//! Text of strangers on the way to a terminal. What a server says could move the cursor, hide what follows or set the window's title;
//! here all of that becomes visible.

use std::fmt::Write;

/// `text` with everything that a terminal would obey, or that would not be seen, in the form `\u{1b}`. Line breaks and tabs stay.
pub(crate) fn printable(text: &str) -> String {
    escaped(text, |character| matches!(character, '\n' | '\t'))
}

/// `text` as one line, whole: the name of a file, or what quotes one.
pub(crate) fn name(text: &str) -> String {
    escaped(text, |_| false)
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

/// Whether a terminal obeys it, or shows nothing or another order for it: control characters, and what Unicode calls ignorable
/// (`Default_Ignorable_Code_Point`), in which a text for a model can be hidden from its reader. The joiners and the two selectors that
/// scripts and emoji are written with stay.
fn is_hidden(character: char) -> bool {
    let is_written = matches!(character, '\u{200c}' | '\u{200d}' | '\u{fe0e}' | '\u{fe0f}');
    let is_ignorable = matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    );
    character.is_control() || is_ignorable && !is_written
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
        assert_eq!(printable("Größe 👩‍💻 ❤️ 日本"), "Größe 👩‍💻 ❤️ 日本");
        // Bytes of a hidden text, as some write them behind a letter that is seen.
        assert_eq!(
            printable("a\u{e0100}\u{e01ef}\u{fe00}b\u{ad}\u{3164}c"),
            "a\\u{e0100}\\u{e01ef}\\u{fe00}b\\u{ad}\\u{3164}c"
        );
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
