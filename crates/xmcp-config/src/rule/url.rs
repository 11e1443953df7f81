//! URLs of the server itself and of pages: `http` or `https`, and never with a user or a password in them.

use crate::{
    authority::Authority,
    reason::{Reason, shown_without_user},
};

/// The parts of a URL that the checks need.
struct Url<'a> {
    before_path: &'a str,
    path: &'a str,
    /// With its `?` or `#`.
    rest: &'a str,
}

fn parse(text: &str) -> Result<Url<'_>, Reason> {
    let refuse = |problem, remedy: &str| {
        Err(Reason::Url {
            found: shown_without_user(text),
            problem,
            remedy: remedy.to_owned(),
        })
    };
    let example = "a URL such as `https://mcp.example.com`";
    let Some((scheme, after)) = text.split_once("://") else {
        return refuse("the scheme is missing", example);
    };
    if !matches!(scheme, "http" | "https") {
        return refuse("the scheme is neither `https` nor `http`", example);
    }
    let end = after.find(['/', '?', '#']).unwrap_or(after.len());
    let (authority, after) = after.split_at(end);
    if authority.contains('@') {
        return refuse("it contains a user or a password", "the URL without them");
    }
    if let Err(problem) = Authority::parse(authority) {
        return refuse(problem, example);
    }
    if !text.bytes().all(|byte| {
        byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'>' | b'\\' | b'`' | b'{' | b'}')
    }) {
        return refuse(
            "it contains a character that must be percent-encoded",
            example,
        );
    }
    let (path, rest) = after.split_at(after.find(['?', '#']).unwrap_or(after.len()));
    Ok(Url {
        before_path: &text[..scheme.len() + 3 + authority.len()],
        path,
        rest,
    })
}

/// The URL of the server, to which paths are added.
pub(super) fn check_public(text: &str) -> Result<(), Reason> {
    let url = parse(text)?;
    let path = url.path.trim_end_matches('/');
    let refuse = |problem| {
        Err(Reason::Url {
            found: shown_without_user(text),
            problem,
            remedy: format!("`{}{path}`", url.before_path),
        })
    };
    if !url.rest.is_empty() {
        return refuse("it has a query or a fragment");
    }
    if path != url.path {
        return refuse("it ends with `/`");
    }
    Ok(())
}

/// The URL of a page.
pub(super) fn check_link(text: &str) -> Result<(), Reason> {
    parse(text).map(|_| ())
}
