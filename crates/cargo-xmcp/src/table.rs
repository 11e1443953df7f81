//! Tables for people, as wide as the terminal.

use comfy_table::{Cell, ContentArrangement, Table, presets};

use crate::text;

/// How wide a table is when nobody says how wide the terminal is.
const WIDTH: u16 = 100;

/// How much of a cell's text is shown.
const CELL: usize = 300;

/// Lines with a heading, indented by two. Cells are texts of strangers: each is one line, printable and bounded.
pub(crate) fn table<const COLUMNS: usize>(
    heading: [&str; COLUMNS],
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
) -> String {
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width().saturating_sub(1))
        .set_header(heading)
        .add_rows(
            rows.into_iter()
                .map(|row| row.map(|cell| Cell::new(text::line(&cell, CELL)))),
        );
    let lines: Vec<_> = table
        .lines()
        .map(|line| format!(" {}", line.trim_end()))
        .collect();
    lines.join("\n")
}

/// The terminal's width, or what `COLUMNS` says.
fn width() -> u16 {
    let said = || std::env::var("COLUMNS").ok()?.parse().ok();
    terminal_size::terminal_size()
        .map(|(width, _)| width.0)
        .or_else(said)
        .unwrap_or(WIDTH)
        .clamp(40, 200)
}

#[cfg(test)]
mod tests {
    use super::table;

    #[test]
    fn a_long_cell_goes_on_below_itself() {
        let drawn = table(
            ["NAME", "DESCRIPTION"],
            [["greet".to_owned(), "word ".repeat(40)]],
        );

        let lines: Vec<_> = drawn.lines().collect();
        assert!(lines.len() > 2, "{drawn}");
        assert!(lines.iter().all(|line| line.len() <= 200), "{drawn}");
        assert!(lines[1].starts_with("  greet"), "{drawn}");
        assert!(lines[2].starts_with("         "), "{drawn}");
    }
}
