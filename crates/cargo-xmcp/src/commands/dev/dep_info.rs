//! What cargo says that a program is made of: a file beside it, in the language of make. Files from anywhere are in it, those of
//! `include_str!` and of packages outside of the workspace among them.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A longer one is not read.
const LONGEST: u64 = 4 << 20;

/// The files that the program at this path is made of, as far as somebody says.
pub(super) fn files(program: &Path) -> Vec<PathBuf> {
    let path = program.with_extension("d");
    let is_fit = fs::metadata(&path).is_ok_and(|file| file.len() <= LONGEST);
    let text = is_fit.then(|| fs::read_to_string(&path).ok()).flatten();
    text.map(|text| parsed(&text)).unwrap_or_default()
}

fn parsed(text: &str) -> Vec<PathBuf> {
    let lines = text.lines().filter_map(|line| line.split_once(": "));
    lines.flat_map(|(_, files)| words(files)).collect()
}

/// Words with a blank between them; one in a word has a backslash before it.
fn words(text: &str) -> Vec<PathBuf> {
    let mut words = vec![String::new()];
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, words.last_mut()) {
            ('\\', Some(word)) if characters.peek() == Some(&' ') => {
                characters.next();
                word.push(' ');
            }
            (' ', _) => words.push(String::new()),
            (character, Some(word)) => word.push(character),
            (_, None) => {}
        }
    }
    let words = words.into_iter().filter(|word| !word.is_empty());
    words.map(PathBuf::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_read_with_the_blanks_in_its_name() {
        let text = "/app/target/debug/app: /app/src/main.rs /my\\ files/a.txt /b.rs\n";
        let files = ["/app/src/main.rs", "/my files/a.txt", "/b.rs"];
        assert_eq!(parsed(text), files.map(PathBuf::from));
        assert!(parsed("no rule").is_empty());
    }
}
