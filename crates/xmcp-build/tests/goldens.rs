//! What becomes of an app, folder by folder: the generated text in `expected.rs`, the problems in `expected.txt`, and in the
//! folder `editor` the text that an editor gets in spite of them in `editor.rs`.
//!
//! `UPDATE_EXPECT=1 cargo test -p xmcp-build --test goldens` writes what is expected anew.

use std::path::{Path, PathBuf};
use std::{env, fs};

use xmcp_build::{Diagnostics, Profile};

/// The generated text is there when nothing stops the build, and the problems when there are any.
#[derive(Debug, PartialEq)]
struct Outcome {
    generated: Option<String>,
    problems: Option<String>,
    for_editor: Option<String>,
}

impl Outcome {
    fn of(case: &Path) -> Self {
        let (app, diagnostics) = xmcp_build::plan(case);
        let generate = |problems: &Diagnostics| {
            let text = xmcp_build::generate(&app, Profile::Debug, problems);
            text.replace(
                case.to_str().expect("the repository's path is UTF-8"),
                "<root>",
            )
        };
        Self {
            generated: (!diagnostics.has_errors()).then(|| generate(&Diagnostics::default())),
            problems: (!diagnostics.is_empty()).then(|| diagnostics.to_string()),
            for_editor: case.ends_with("editor").then(|| generate(&diagnostics)),
        }
    }

    fn expected(case: &Path) -> Self {
        let read = |name| fs::read_to_string(case.join(name)).ok();
        Self {
            generated: read("expected.rs"),
            problems: read("expected.txt"),
            for_editor: read("editor.rs"),
        }
    }

    fn write(&self, case: &Path) {
        for (name, text) in [
            ("expected.rs", &self.generated),
            ("expected.txt", &self.problems),
            ("editor.rs", &self.for_editor),
        ] {
            match text {
                Some(text) => fs::write(case.join(name), text).expect("a case can be written to"),
                None => drop(fs::remove_file(case.join(name))),
            }
        }
    }
}

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let entries = fs::read_dir(folder).expect("the cases are in the repository");
    let mut cases: Vec<_> = entries
        .map(|entry| entry.expect("a folder can be listed").path())
        .collect();
    cases.sort();
    cases
}

#[test]
fn every_case_becomes_what_is_expected_of_it() {
    let is_update = env::var_os("UPDATE_EXPECT").is_some();
    let mut failures = String::new();
    for case in cases() {
        let (outcome, expected) = (Outcome::of(&case), Outcome::expected(&case));
        if is_update {
            outcome.write(&case);
        } else if outcome != expected {
            failures += &format!(
                "\n{}\n expected {expected:#?}\n got {outcome:#?}\n",
                case.display()
            );
        }
    }
    assert!(failures.is_empty(), "{failures}");
}
