//! The table: what was measured, what it may be, and whether it is.

use std::{
    fmt::{self, Display},
    io::{self, Write},
};

/// What a figure has to keep to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Budget {
    AtLeast(f64),
    AtMost(f64),
    /// This much around one.
    Within(f64),
    /// Nothing: it is said, not judged.
    Stated,
}

/// What a figure is told in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unit {
    /// A multiple of somebody else's.
    Ratio,
    Milliseconds,
    Mebibytes,
    Seconds,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    Ok,
    Short,
    Stated,
    /// It could not be measured, for this reason.
    Missing(String),
}

pub struct Row {
    what: String,
    figure: Option<f64>,
    unit: Unit,
    budget: Budget,
    verdict: Verdict,
    /// What a reader of the figure has to know.
    note: String,
}

impl Budget {
    fn is_kept_by(self, figure: f64) -> bool {
        match self {
            Self::AtLeast(least) => figure >= least,
            Self::AtMost(most) => figure <= most,
            Self::Within(share) => (figure - 1.0).abs() <= share,
            Self::Stated => true,
        }
    }

    fn text(self, unit: Unit) -> String {
        match self {
            Self::AtLeast(least) => format!(">= {}", unit.text(least)),
            Self::AtMost(most) => format!("<= {}", unit.text(most)),
            Self::Within(share) => format!("1 +- {share:.2}"),
            Self::Stated => "stated".to_owned(),
        }
    }
}

impl Unit {
    fn text(self, figure: f64) -> String {
        match self {
            Self::Ratio => format!("{figure:.3}"),
            Self::Milliseconds => format!("{figure:.1} ms"),
            Self::Mebibytes => format!("{figure:.2} MiB"),
            Self::Seconds => format!("{figure:.1} s"),
        }
    }
}

impl Row {
    /// The figure, or why there is none.
    pub fn new(
        what: impl Display,
        unit: Unit,
        budget: Budget,
        figure: io::Result<f64>,
        note: impl Display,
    ) -> Self {
        let verdict = match &figure {
            Err(error) => Verdict::Missing(error.to_string()),
            Ok(figure) if !figure.is_finite() => Verdict::Missing("it is no number".to_owned()),
            Ok(_) if budget == Budget::Stated => Verdict::Stated,
            Ok(figure) if budget.is_kept_by(*figure) => Verdict::Ok,
            Ok(_) => Verdict::Short,
        };
        Self {
            what: what.to_string(),
            figure: figure.ok(),
            unit,
            budget,
            verdict,
            note: note.to_string(),
        }
    }

    pub fn ratio(
        what: impl Display,
        budget: Budget,
        figure: io::Result<f64>,
        note: impl Display,
    ) -> Self {
        Self::new(what, Unit::Ratio, budget, figure, note)
    }
}

impl Display for Row {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let figure = self
            .figure
            .map_or("-".to_owned(), |figure| self.unit.text(figure));
        let budget = self.budget.text(self.unit);
        let verdict = match &self.verdict {
            Verdict::Ok => "ok",
            Verdict::Short => "SHORT",
            Verdict::Stated => "stated",
            Verdict::Missing(_) => "NOT MEASURED",
        };
        write!(
            formatter,
            "{:<69} {figure:>10}  {budget:<13} {verdict}",
            self.what
        )?;
        if let Verdict::Missing(why) = &self.verdict {
            write!(formatter, ": {why}")?;
        }
        if !self.note.is_empty() {
            write!(formatter, "  ({})", self.note)?;
        }
        Ok(())
    }
}

/// All rows, each of which is printed as soon as it is known.
#[derive(Default)]
pub struct Table {
    rows: Vec<Row>,
}

impl Table {
    pub fn add(&mut self, row: Row) {
        say(&row);
        self.rows.push(row);
    }

    /// Says how many rows fell short, and returns whether none did.
    pub fn end(&self) -> bool {
        let of = |is: fn(&Verdict) -> bool| self.rows.iter().filter(|row| is(&row.verdict)).count();
        let short = of(|verdict| *verdict == Verdict::Short);
        let missing = of(|verdict| matches!(verdict, Verdict::Missing(_)));
        let ok = of(|verdict| *verdict == Verdict::Ok);
        say(format_args!(
            "{ok} rows ok, {short} short, {missing} not measured, {} stated",
            self.rows.len() - ok - short - missing
        ));
        short + missing == 0 && !self.rows.is_empty()
    }
}

/// A line for the person who started this.
pub fn say(line: impl Display) {
    // Who does not listen has no use for the rest either.
    let _ = writeln!(io::stdout(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(budget: Budget, figure: io::Result<f64>) -> Verdict {
        Row::ratio("a row", budget, figure, "").verdict
    }

    #[test]
    fn a_figure_is_ok_up_to_its_budget_and_short_beyond() {
        for (budget, ok, short) in [
            (Budget::AtLeast(0.9), 0.9, 0.899),
            (Budget::AtMost(1.5), 1.5, 1.501),
            (Budget::Within(0.03), 0.971, 0.969),
            (Budget::Within(0.03), 1.029, 1.031),
        ] {
            assert_eq!(verdict(budget, Ok(ok)), Verdict::Ok);
            assert_eq!(verdict(budget, Ok(short)), Verdict::Short);
        }
        assert_eq!(verdict(Budget::Stated, Ok(7.0)), Verdict::Stated);
    }

    #[test]
    fn what_could_not_be_measured_is_not_ok_and_says_why() {
        let missing = || Row::ratio("a row", Budget::Stated, Err(io::Error::other("no wrk")), "");
        assert!(missing().to_string().contains("NOT MEASURED: no wrk"));
        assert!(matches!(
            verdict(Budget::AtMost(1.0), Ok(f64::NAN)),
            Verdict::Missing(_)
        ));
        let mut table = Table::default();
        table.add(missing());
        assert!(!table.end());
    }

    #[test]
    fn a_table_without_rows_is_not_ok() {
        assert!(!Table::default().end());
    }
}
