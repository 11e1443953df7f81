//! What more tools cost: nothing a call, and little at the start.

use std::io;

use super::{instructions, start};
use crate::{
    options::Pace,
    programs::Programs,
    rounds::median,
    row::{Budget, Row, Table},
};

const SAME: Budget = Budget::Within(0.03);
const START: Budget = Budget::AtMost(20.0);

pub fn growth(programs: &Programs, pace: &Pace, table: &mut Table) {
    let counts = instructions::run(&["--growth"]).and_then(|text| counts(&text));
    for (place, tools) in [(1, "100"), (2, "1,000")] {
        let ratio = match &counts {
            Ok(counts) => Ok(counts[place] / counts[0]),
            Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
        };
        let what = format!("instructions, greet among {tools} tools: of one among 10");
        table.add(Row::ratio(what, SAME, ratio, ""));
    }
    table.add(start::first_answer(programs, 1000, pace.starts, START));
}

/// The medians of `greet-of-10`, `-100` and `-1000`: each is a line, its name and several counts.
fn counts(text: &str) -> io::Result<[f64; 3]> {
    let of = |name: &str| {
        text.lines()
            .find_map(|line| {
                let mut fields = line.split_whitespace();
                let is_it = fields.next() == Some(name);
                let counts = fields.map(str::parse).collect::<Result<Vec<f64>, _>>();
                counts.ok().filter(|counts| is_it && !counts.is_empty())
            })
            .map(median)
            .ok_or_else(|| io::Error::other(format!("the instructions of `{name}` are not known")))
    };
    Ok([
        of("greet-of-10")?,
        of("greet-of-100")?,
        of("greet-of-1000")?,
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_counts_the_median_is_taken() {
        let text = "greet-of-10 3 1 2\ngreet-of-100 5\ngreet-of-1000 8 6\n";
        assert_eq!(counts(text).unwrap(), [2.0, 5.0, 7.0]);
        assert!(counts("greet-of-10 3\ngreet-of-100\n").is_err());
    }
}
