//! The other side's clock. Tokens say when they begin and end, so it matters.

use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};

use super::finding::Report;
use crate::wire::Answer;

/// By how many seconds clocks may differ before tokens are refused: the server's own leeway.
const LEEWAY: i64 = 30;

/// Compares the answer's `Date` with this machine's clock.
pub(super) fn examine(answer: &Answer, whose: &str, report: &mut Report) {
    let Some(date) = answer.header(http::header::DATE) else {
        report.ok("clock", format!("{whose} does not say its time"));
        return;
    };
    let Ok(time) = DateTimeParser::new().parse_timestamp(date) else {
        report.warning(
            "clock",
            format!("{whose} says a time that is none: `{date}`"),
            "see who writes the header `Date`",
        );
        return;
    };
    let apart = Timestamp::now().as_second() - time.as_second();
    let how = if apart > 0 { "behind" } else { "ahead of" };
    match apart.abs() {
        0..=5 => report.ok("clock", format!("that of {whose} is right")),
        6..=LEEWAY => report.warning(
            "clock",
            format!("that of {whose} is {} s {how} this machine's", apart.abs()),
            "set both by NTP",
        ),
        seconds => report.problem(
            "clock",
            format!("that of {whose} is {seconds} s {how} this machine's: good tokens are refused"),
            "set both by NTP",
        ),
    }
}
