//! A line of the table.

use std::fmt;

use super::{budget, case::Aim};

/// What one kind of request costs, and may cost.
pub struct Row {
    pub case: &'static str,
    pub ours: u64,
    pub limit: u64,
    pub aim: Aim,
    /// The most that the aim allows.
    pub most: u64,
    pub budget: Option<u64>,
}

impl Row {
    pub const HEAD: &str =
        "case                  ours     limit  ratio      most     budget  change  aim";

    /// Whether it keeps to its budget. Without one it does not.
    pub fn is_within(&self) -> bool {
        self.budget
            .is_some_and(|budget| budget::change(self.ours, budget) <= budget::TOLERANCE)
    }
}

impl fmt::Display for Row {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            case,
            ours,
            limit,
            most,
            ..
        } = self;
        let ratio = self.ours as f64 / self.limit as f64;
        write!(
            formatter,
            "{case:<16} {ours:>9} {limit:>9} {ratio:>6.2} {most:>9} "
        )?;
        match self.budget {
            Some(budget) => {
                let change = budget::change(self.ours, budget) * 100.0;
                write!(formatter, "{budget:>10} {change:>+5.1} %")?;
            }
            None => write!(formatter, "{:>10} {:>7}", "none", "")?,
        }
        let is_met = if self.ours <= self.most {
            "met"
        } else {
            "not met"
        };
        write!(formatter, "  {}: {is_met}", self.aim)
    }
}
