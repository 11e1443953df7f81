//! The path of the endpoint: nothing that the router or a client would read in another way.

use crate::reason::{Reason, shown};

/// The paths that the server answers itself.
const RESERVED: [&str; 2] = ["/health", "/.well-known"];

pub(super) fn check(text: &str) -> Result<(), Reason> {
    let refuse = |problem, remedy: String| {
        Err(Reason::Endpoint {
            found: shown(text),
            problem,
            remedy,
        })
    };
    let trimmed = format!("/{}", text.trim_matches('/'));
    if text.is_empty() || trimmed == "/" {
        return refuse(
            "`/` is the page for people",
            "a path such as `/mcp`".to_owned(),
        );
    }
    if text.contains("://") {
        return refuse(
            "it is a URL",
            "the path alone, such as `/mcp`, and the URL as `public_url`".to_owned(),
        );
    }
    // `{` and `*` would be patterns for the router, `?` and `#` never reach it as part of a path, and `%` has several spellings.
    let plain =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'.' | b'_' | b'~');
    if !text.bytes().all(plain) {
        return refuse(
            "a path has only letters, digits, `/`, `-`, `.`, `_` and `~`",
            "a path such as `/mcp`".to_owned(),
        );
    }
    if !text.starts_with('/') {
        return refuse("it does not begin with `/`", format!("`{trimmed}`"));
    }
    if text.ends_with('/') {
        return refuse("it ends with `/`", format!("`{trimmed}`"));
    }
    if text[1..]
        .split('/')
        .any(|segment| matches!(segment, "" | "." | ".."))
    {
        return refuse(
            "a segment is empty, `.` or `..`",
            "a path such as `/mcp`".to_owned(),
        );
    }
    let reserved = |taken: &str| {
        text.strip_prefix(taken)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    if RESERVED.into_iter().any(reserved) {
        return refuse(
            "the server answers `/health` and `/.well-known` itself",
            "another path, such as `/mcp`".to_owned(),
        );
    }
    Ok(())
}
