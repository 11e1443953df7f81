//! The filter of the log: `level` or `target=level`, separated by commas.

use crate::{
    nearest::nearest,
    reason::{Reason, shown},
};

const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

/// Text that says which lines are logged. What says nothing would log nothing, which `off` says aloud.
pub(super) fn check(text: &str) -> Result<(), Reason> {
    let parts = text.split(',').map(str::trim);
    let mut said = parts.filter(|part| !part.is_empty()).peekable();
    if said.peek().is_none() {
        return Err(Reason::Empty {
            expected: "a level such as `info`, or `off` for no line at all",
        });
    }
    said.try_for_each(check_part)
}

fn check_part(part: &str) -> Result<(), Reason> {
    let refuse = |problem, remedy: String| {
        Err(Reason::Filter {
            found: shown(part),
            problem,
            remedy,
        })
    };
    let example = || "`level` or `target=level`, such as `info,rmcp=warn`".to_owned();
    if part.contains(['[', '{', '}', ']']) {
        return refuse(
            "lines are chosen by their target alone, and not by spans and fields",
            example(),
        );
    }
    match part.split_once('=') {
        // Anything else is a target, which logs all that it says. One that looks like a level is a slip.
        None if is_level(part) => Ok(()),
        None => match slip(part) {
            Some(level) => refuse(
                "it is no level",
                format!("`{level}`, or for a target of this name `{part}=trace`"),
            ),
            None => Ok(()),
        },
        Some((target, _)) if target.trim().is_empty() => refuse("it has no target", example()),
        Some((_, level)) if is_level(level) => Ok(()),
        Some((target, level)) => match nearest(level, LEVELS) {
            Some(level) => refuse("its level is not known", format!("`{target}={level}`")),
            None => refuse(
                "its level is not known",
                "one of `off`, `error`, `warn`, `info`, `debug`, `trace`".to_owned(),
            ),
        },
    }
}

/// The level that a word is a letter away from. More, and it may well be the name of a crate.
fn slip(word: &str) -> Option<&'static str> {
    let word = word.to_lowercase();
    let is_near = |level: &&str| strsim::osa_distance(&word, level) == 1;
    match word.as_str() {
        "warning" => Some("warn"),
        _ => LEVELS.into_iter().find(is_near),
    }
}

/// As tracing reads them: by name, whatever the case, or from 0 to 5.
fn is_level(text: &str) -> bool {
    LEVELS.iter().any(|level| level.eq_ignore_ascii_case(text))
        || text
            .parse()
            .is_ok_and(|number: usize| number < LEVELS.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_and_targets_are_taken_and_so_is_a_comma_too_many() {
        for text in [
            "info",
            "WARN, xmcp=Debug,xmcp::audit=off,",
            "3",
            "off",
            "tracing",
            "info_desk,debugger=5",
        ] {
            assert_eq!(check(text), Ok(()), "{text}");
        }
    }

    #[test]
    fn a_slip_is_no_target() {
        for (word, level) in [("debgu", "debug"), ("Warning", "warn"), ("eror", "error")] {
            let said = check(word).unwrap_err().to_string();
            assert!(said.contains(&format!("write `{level}`")), "{said}");
        }
    }
}
