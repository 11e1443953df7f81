//! What requests cost in instructions: the table of `benches/instructions.sh`, read.

use std::{
    io,
    process::{Command, Stdio},
};

use xmcp_benches::program::beside;

use crate::row::{Budget, Row, Table};

/// A case of that table, and what of the limit it may be.
const CASES: [(&str, &str, f64); 3] = [
    ("greet-legacy", "greet 2025-11-25", 1.4),
    ("greet-modern", "greet 2026-07-28", 1.4),
    ("greet-signed-in", "greet with a known token", 1.8),
];
const LONG_LIST: &str = "list-of-500";

pub fn requests(table: &mut Table) {
    let text = run(&[]);
    for (case, what, most) in CASES {
        let ratio = lines(&text).and_then(|text| {
            let line = line(text, case)?;
            Ok(line.ours / line.limit)
        });
        let what = format!("instructions, {what}: of limit");
        table.add(Row::ratio(what, Budget::AtMost(most), ratio, ""));
    }
    let share = lines(&text).and_then(|text| {
        let line = line(text, LONG_LIST)?;
        Ok(line.ours / line.most)
    });
    let what = "instructions, list of 500: of 120,000 and one a byte";
    table.add(Row::ratio(what, Budget::AtMost(1.0), share, ""));
}

/// What the program for instructions prints.
pub fn run(arguments: &[&str]) -> io::Result<String> {
    let output = Command::new(beside("instructions"))
        .args(arguments)
        .stderr(Stdio::inherit())
        .output()?;
    // It fails above what is checked in, too, which is for others to say.
    String::from_utf8(output.stdout).map_err(io::Error::other)
}

fn lines(text: &io::Result<String>) -> io::Result<&str> {
    match text {
        Ok(text) => Ok(text),
        Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
    }
}

#[derive(Debug, PartialEq)]
struct Line {
    ours: f64,
    limit: f64,
    /// The most that the case's aim allows.
    most: f64,
}

/// `CASE OURS LIMIT RATIO MOST ...`.
fn line(text: &str, case: &str) -> io::Result<Line> {
    text.lines()
        .find_map(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let [name, ours, limit, _ratio, most, ..] = fields[..] else {
                return None;
            };
            (name == case).then_some(Line {
                ours: ours.parse().ok()?,
                limit: limit.parse().ok()?,
                most: most.parse().ok()?,
            })
        })
        .ok_or_else(|| io::Error::other(format!("the instructions of `{case}` are not known")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_case_is_read_from_the_table_that_is_printed() {
        let text = "\
case                  ours     limit  ratio      most     budget  change  aim
greet-legacy         46405     26680   1.74     37352      51000   -9.0 %  1.40 x limit: not met
list-of-500          44102    157021   0.28    250000       none          120000 + bytes: met
";
        let legacy = line(text, "greet-legacy").unwrap();
        assert_eq!((legacy.ours, legacy.limit), (46405.0, 26680.0));
        assert_eq!(line(text, "list-of-500").unwrap().most, 250_000.0);
        assert!(line(text, "case").is_err());
        assert!(line(text, "greet-modern").is_err());
        assert!(line("", "greet-legacy").is_err());
    }
}
