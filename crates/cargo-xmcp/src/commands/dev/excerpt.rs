//! What is shown of a build of cargo's that failed: all that a person has to read, and not the thousands of lines that come of it.

/// What to do when the disk is full.
const FULL: &str = "The disk is full: make room, `cargo clean` empties the target folder, and save a file to build again.";

/// How much is shown of what says so.
const LINE: usize = 300;

/// The last lines that are shown of what a build script said before it failed. One that compiles C says thousands.
const LAST: usize = 20;

/// What to show, of what the compiler found and of what cargo said besides.
pub(super) fn of(errors: &[String], plain: &[String]) -> Vec<String> {
    // What has a place in a source is about that, whatever words stand there.
    let placeless = errors.iter().filter(|error| !error.contains("--> "));
    let mut lines = placeless.chain(plain).flat_map(|text| text.lines());
    if let Some(full) = lines.find(|line| is_full(line)) {
        let full = anstream::adapter::strip_str(full).to_string();
        let full = full.trim().chars().take(LINE).collect();
        return vec![full, FULL.to_owned()];
    }
    match errors.is_empty() {
        true => vec![shortened(plain).join("\n")],
        false => errors.to_vec(),
    }
}

/// The lines, with the last ones alone of what a build script said: its warnings, and each of its streams.
fn shortened(lines: &[String]) -> Vec<String> {
    let mut shown = Vec::new();
    for said in lines.chunk_by(|one, next| is_of_package(one) == is_of_package(next)) {
        for said in said.chunk_by(|_, next| !is_stream(next)) {
            let (first, said) = match said.split_first() {
                Some((first, rest)) if is_stream(first) => (Some(first.clone()), rest),
                _ => (None, said),
            };
            // Behind a stream are lines that are no part of it.
            let length = match &first {
                Some(_) => said.iter().take_while(|line| line.starts_with(' ')).count(),
                None if said.first().is_some_and(|line| is_of_package(line)) => said.len(),
                None => 0,
            };
            let skipped = length.saturating_sub(LAST);
            shown.extend(first);
            if skipped > 0 {
                shown.push(format!("  ({skipped} lines before these are left out)"));
            }
            shown.extend_from_slice(&said[skipped..]);
        }
    }
    shown
}

fn is_stream(line: &str) -> bool {
    matches!(line.trim(), "--- stdout" | "--- stderr")
}

/// Whether it is a warning of a package's build script: `warning: name@1.2.3: text`.
fn is_of_package(line: &str) -> bool {
    let rest = line.strip_prefix("warning: ");
    let package = rest.and_then(|rest| rest.split_once(": "));
    package.is_some_and(|(package, _)| package.contains('@') && !package.contains(' '))
}

/// Whether it says that the disk is full, as the system says it.
fn is_full(text: &str) -> bool {
    text.contains("No space left on device")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_build_script_that_failed_the_last_lines_are_shown() {
        let mut lines = vec![
            "error: failed to run custom build command for `clib v1.0.0`".to_owned(),
            "  --- stdout".to_owned(),
        ];
        for number in 1..=3000 {
            lines.push(format!("  compiling {number}"));
        }
        lines.push("  --- stderr".to_owned());
        lines.push("  no compiler".to_owned());
        lines.push("error: something else".to_owned());
        let said = of(&[], &lines).concat();
        assert!(
            said.contains(
                "\n  --- stdout\n  (2980 lines before these are left out)\n  compiling 2981\n"
            ),
            "{said}"
        );
        assert!(
            said.ends_with("compiling 3000\n  --- stderr\n  no compiler\nerror: something else"),
            "{said}"
        );
        assert_eq!(said.lines().count(), 26);
    }

    #[test]
    fn that_the_disk_is_full_is_said_without_all_that_comes_of_it() {
        let mut lines = vec![
            "warning: clib@1.0.0: a.s: can't write 1 byte: 'No space left on device'".to_owned(),
        ];
        for _ in 0..100 {
            lines.push("warning: clib@1.0.0: a.o: no such file".to_owned());
        }
        lines.push("error: failed to run custom build command for `clib v1.0.0`".to_owned());
        assert_eq!(
            of(&[], &lines),
            [
                "warning: clib@1.0.0: a.s: can't write 1 byte: 'No space left on device'",
                FULL
            ]
        );
    }

    #[test]
    fn an_error_in_a_source_is_shown_whatever_its_words_are() {
        let errors = [
            "error: unexpected\n --> src/lib.rs:1:1\n1 | \"No space left on device\"".to_owned(),
        ];
        assert_eq!(of(&errors, &[]), errors);
        let errors = ["error: linking failed\n  = note: ld: No space left on device".to_owned()];
        assert_eq!(
            of(&errors, &[]),
            ["= note: ld: No space left on device", FULL]
        );
    }

    #[test]
    fn of_the_warnings_of_a_build_script_the_last_ones_are_shown() {
        let mut lines = Vec::new();
        for number in 1..=100 {
            lines.push(format!("warning: clib@1.0.0: warning {number}"));
        }
        lines.push("error: failed to run custom build command for `clib v1.0.0`".to_owned());
        let said = of(&[], &lines).concat();
        assert!(
            said.starts_with(
                "  (80 lines before these are left out)\nwarning: clib@1.0.0: warning 81\n"
            ),
            "{said}"
        );
        assert_eq!(said.lines().count(), 22);
    }
}
