//! The URL of a server, as a person types it.

use url::{Host, Url};

use crate::{Failure, Result};

/// `text` as the URL of an MCP endpoint.
pub(crate) fn parse(text: &str) -> Result<Url> {
    let hint = "write it with its scheme and path, like `http://localhost:3001/mcp`";
    let url = Url::parse(text).map_err(|error| {
        Failure::new(format!("`{text}` is no URL"))
            .because(&error)
            .hint(hint)
    })?;
    // `localhost:3001/mcp` parses as the scheme `localhost`.
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err(Failure::new(format!("`{text}` is no http or https URL")).hint(hint));
    }
    if !url.username().is_empty() || url.password().is_some() {
        // Not shown: it may hold a password.
        return Err(Failure::new("the URL has a user or a password in it")
            .hint("send credentials with `--header` or `--token`"));
    }
    if url.fragment().is_some() {
        return Err(Failure::new(format!("`{text}` has a fragment"))
            .hint("leave out what stands after `#`: no server sees it"));
    }
    Ok(url)
}

/// The host and port that the URL names, as people write it.
pub(crate) fn place(url: &Url) -> String {
    match (url.host_str(), url.port_or_known_default()) {
        (Some(host), Some(port)) => format!("{host}:{port}"),
        (host, _) => host.unwrap_or_default().to_owned(),
    }
}

/// Whether the URL's host is this machine.
pub(crate) fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// Whether the URL's host is one of those for examples, where nobody answers (RFC 2606).
pub(crate) fn is_example(url: &Url) -> bool {
    url.host_str().is_some_and(is_example_host)
}

/// Whether the host is one of those.
pub(crate) fn is_example_host(host: &str) -> bool {
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || ".-".contains(letter);
    if !host.chars().all(is_name) {
        return false;
    }
    ["example", "example.com", "example.net", "example.org"]
        .iter()
        .filter_map(|name| host.strip_suffix(name))
        .any(|before| before.is_empty() || before.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::{is_example_host, parse};

    #[test]
    fn a_host_of_examples_is_told_from_one_that_looks_like_it() {
        for host in ["example.com", "a.b.example.org", "sso.example"] {
            assert!(is_example_host(host), "{host}");
        }
        for host in [
            "myexample.com",
            "example.com.acme.com",
            "example.dev",
            "see example.com",
            "",
        ] {
            assert!(!is_example_host(host), "{host}");
        }
    }

    #[test]
    fn what_is_no_url_of_an_endpoint_is_said() {
        for text in [
            "localhost:3001/mcp",
            "example.com",
            "ftp://a/mcp",
            "http://user:pw@a/mcp",
            "http://a/mcp#x",
        ] {
            let said = parse(text).unwrap_err().to_string();
            assert!(
                said.contains("hint: ") && !said.contains("pw"),
                "{text}: {said}"
            );
        }
        assert!(parse("http://[::1]:3001/mcp").is_ok());
    }
}
