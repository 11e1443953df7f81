//! The two members that every skill has, by the rules of the Agent Skills specification ("Frontmatter").

use super::front_matter::FrontMatter;
use crate::diagnostic::Report;

const NAME: usize = 64;
const DESCRIPTION: usize = 1024;

/// Whether the skill has a name, which is that of its folder.
pub(super) fn check(front_matter: &FrontMatter<'_>, folder: &str, report: &mut Report<'_>) -> bool {
    let place = front_matter.place("name");
    if !is_legal(folder) {
        let message = format!(
            "skill name `{folder}` is not legal: rename the folder, with at most {NAME} of `a-z`, `0-9` and `-`, with `-` between two \
             others only"
        );
        report.error(place, message);
        return false;
    }
    let Some(name) = front_matter.text("name") else {
        report.error(
            place,
            format!("skill has no name: write `name: {folder}` into its front matter"),
        );
        return false;
    };
    if name != folder {
        report.error(
            place,
            format!("skill name `{name}` is not that of its folder: write `name: {folder}`, or rename the folder"),
        );
        return false;
    }
    true
}

fn is_legal(name: &str) -> bool {
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .chars()
                .all(|character| character.is_ascii_lowercase() || character.is_ascii_digit())
    };
    name.len() <= NAME && name.split('-').all(is_word)
}

/// Whether the skill says what it is for.
pub(super) fn check_description(front_matter: &FrontMatter<'_>, report: &mut Report<'_>) -> bool {
    let place = front_matter.place("description");
    let description = front_matter.text("description").map(str::trim);
    let message = match description {
        None | Some("") => {
            "skill has no description: say in its front matter what it is for, as `description: ..`"
                .to_owned()
        }
        Some(text) => match text.chars().count() {
            count if count > DESCRIPTION => format!(
                "description has {count} characters, more than {DESCRIPTION}: shorten it, and say the rest below the front matter"
            ),
            _ => return true,
        },
    };
    report.error(place, message);
    false
}

#[cfg(test)]
mod tests {
    use super::is_legal;

    #[test]
    fn names_are_words_with_hyphens_between_them() {
        for legal in ["a", "git-workflow", "pdf2", "1-2-3", &"a".repeat(64)] {
            assert!(is_legal(legal), "{legal}");
        }
        for illegal in [
            "",
            "-a",
            "a-",
            "a--b",
            "A",
            "a_b",
            "a b",
            "é",
            &"a".repeat(65),
        ] {
            assert!(!is_legal(illegal), "{illegal}");
        }
    }
}
