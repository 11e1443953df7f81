//! One file for each group of rows.

pub mod builds;
pub mod greet;
pub mod growth;
pub mod instructions;
pub mod list;
pub mod rmcp;
pub mod size;
pub mod start;
pub mod workers;

use std::io;

use crate::{
    rounds::{Figure, Rounds},
    row::{Budget, Row},
};

/// How the first contestant did beside another one.
fn compared(
    what: String,
    budget: Budget,
    measured: &io::Result<Rounds>,
    (figure, to): (Figure, usize),
) -> Row {
    let ratio = figure_of(measured, |rounds| rounds.ratio(figure, 0, to));
    let note = measured
        .as_ref()
        .map_or(String::new(), |rounds| rounds.note(figure, 0, to));
    Row::ratio(what, budget, ratio, note)
}

/// A figure of what was measured, or again why it was not.
fn figure_of<T>(measured: &io::Result<T>, figure: impl FnOnce(&T) -> f64) -> io::Result<f64> {
    match measured {
        Ok(measured) => Ok(figure(measured)),
        Err(error) => Err(io::Error::new(error.kind(), error.to_string())),
    }
}
