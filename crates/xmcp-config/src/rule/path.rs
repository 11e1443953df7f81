//! Paths of the project's files, written the same on every platform.

use crate::reason::{Reason, shown};

pub(super) fn check(text: &str) -> Result<(), Reason> {
    let refuse = |problem, remedy: &str| {
        Err(Reason::Path {
            found: shown(text),
            problem,
            remedy: remedy.to_owned(),
        })
    };
    if text.is_empty() {
        return refuse(
            "it is empty",
            "a path such as `tools`, or `false` to turn it off",
        );
    }
    if text.contains('\\') {
        return refuse(
            "it contains a backslash",
            "it with `/`, which works on every platform",
        );
    }
    if text.starts_with('/') || text.contains(':') {
        return refuse("it is absolute", "it relative to `xmcp.toml`");
    }
    if text
        .split('/')
        .any(|segment| matches!(segment, "" | "." | ".."))
    {
        return refuse(
            "a segment is empty, `.` or `..`",
            "it relative to `xmcp.toml`",
        );
    }
    super::line(text)
}
