//! Origins, in the form in which browsers send them.

use crate::{
    authority::Authority,
    reason::{Reason, shown, shown_without_user},
};

/// `*`, which stands for every origin.
pub(super) fn check_any(any: bool, items: usize) -> Result<(), Reason> {
    let refuse = |problem, remedy: &str| {
        Err(Reason::Origin {
            found: shown("*"),
            problem,
            remedy: remedy.to_owned(),
        })
    };
    match (any, items) {
        (false, _) => refuse(
            "every page could then call the server, by DNS rebinding too",
            "each origin, such as `https://app.example.com`",
        ),
        (true, 1) => Ok(()),
        (true, _) => refuse(
            "the other origins mean nothing beside it",
            "`*` alone, or only the other origins",
        ),
    }
}

/// An origin as a browser sends it (RFC 6454, section 6.1), since it is compared with that byte for byte.
pub(super) fn check(text: &str) -> Result<(), Reason> {
    let refuse = |problem, remedy: String| {
        Err(Reason::Origin {
            found: shown_without_user(text),
            problem,
            remedy,
        })
    };
    let example = || "`https://app.example.com`".to_owned();
    let Some((scheme, after)) = text.split_once("://") else {
        return refuse("the scheme is missing", example());
    };
    let scheme_byte = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    if !scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        || !scheme.bytes().all(scheme_byte)
    {
        return refuse("the scheme has a character that none has", example());
    }
    let (authority, rest) = after.split_at(after.find(['/', '?', '#']).unwrap_or(after.len()));
    if authority.contains('@') {
        return refuse("it contains a user or a password", example());
    }
    let mut authority = match Authority::parse(authority) {
        Ok(authority) => authority,
        Err(problem) => return refuse(problem, example()),
    };
    let scheme = scheme.to_ascii_lowercase();
    if matches!(
        (scheme.as_str(), authority.port),
        ("http", Some(80)) | ("https", Some(443))
    ) {
        authority.port = None;
    }
    let sent = format!("{scheme}://{authority}").to_ascii_lowercase();
    if !rest.is_empty() {
        return refuse("an origin has no path", format!("`{sent}`"));
    }
    if text != sent {
        return refuse("browsers send it in another form", format!("`{sent}`"));
    }
    Ok(())
}
