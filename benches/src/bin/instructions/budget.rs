//! The checked-in budgets: one case a line, its name and its instructions.

use std::{fs, io, path::PathBuf};

pub const FILE: &str = "benches/instructions.txt";

/// How far above its budget a case may be.
pub const TOLERANCE: f64 = 0.05;

const HEAD: &str = "\
# Instructions a request, by `bash benches/instructions.sh`. The gate fails at 5 % above. Rewritten, on purpose, by
# `bash benches/instructions.sh --update`.
";

pub struct Budgets(Vec<(String, u64)>);

impl Budgets {
    /// No file is no budgets.
    pub fn read() -> io::Result<Self> {
        let text = match fs::read_to_string(path()) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let budget = |line: &str| {
            let (name, budget) = line.split_once(' ')?;
            Some((name.to_owned(), budget.trim().parse().ok()?))
        };
        text.lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| {
                budget(line).ok_or_else(|| io::Error::other(format!("{FILE}: what is `{line}`?")))
            })
            .collect::<io::Result<_>>()
            .map(Self)
    }

    pub fn of(&self, case: &str) -> Option<u64> {
        let Self(budgets) = self;
        let (_, budget) = budgets.iter().find(|(name, _)| name == case)?;
        Some(*budget)
    }
}

/// By how much of its budget a case is above it.
pub fn change(instructions: u64, budget: u64) -> f64 {
    instructions as f64 / budget as f64 - 1.0
}

pub fn write(counts: &[(&str, u64)]) -> io::Result<()> {
    let lines = counts
        .iter()
        .map(|(name, count)| format!("{name:<18} {count:>9}\n"));
    fs::write(path(), HEAD.to_owned() + &lines.collect::<String>())
}

fn path() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("instructions.txt")
}
