//! Whether two names of a resource are the same name.

/// The same text, or the same URL: scheme and host in any case, the scheme's own port said or not, a `/` at the end or not.
/// Nothing else is mended: another path, port, query or prefix is another resource.
pub(super) fn same(one: &str, other: &str) -> bool {
    one == other
        || match (Parts::of(one), Parts::of(other)) {
            (Some(one), Some(other)) => one == other,
            _ => false,
        }
}

struct Parts<'a> {
    scheme: &'static str,
    authority: &'a str,
    path: &'a str,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str) -> Option<Self> {
        let (scheme, rest) = text.split_once("://")?;
        let (scheme, port) = if scheme.eq_ignore_ascii_case("https") {
            ("https", ":443")
        } else if scheme.eq_ignore_ascii_case("http") {
            ("http", ":80")
        } else {
            return None;
        };
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        if authority.is_empty() || authority.contains(['@', '\\']) {
            return None;
        }
        Some(Self {
            scheme,
            authority: authority.strip_suffix(port).unwrap_or(authority),
            path: path.strip_suffix('/').unwrap_or(path),
        })
    }
}

impl PartialEq for Parts<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.scheme == other.scheme
            && self.authority.eq_ignore_ascii_case(other.authority)
            && self.path == other.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_url_are_the_same() {
        for other in [
            "http://localhost:3001/mcp",
            "http://localhost:3001/mcp/",
            "HTTP://LOCALHOST:3001/mcp",
        ] {
            assert!(same("http://localhost:3001/mcp", other), "{other}");
        }
        assert!(same("https://a.example:443/mcp", "https://A.example/mcp"));
        assert!(same("https://a.example/", "https://a.example"));
    }

    #[test]
    fn other_resources_are_not() {
        for other in [
            "http://localhost:3002/mcp",
            "http://localhost:3001",
            "http://localhost:3001/mcp2",
            "http://localhost:3001/MCP",
            "http://localhost:3001/mcp//",
            "http://localhost:3001/mcp?a",
            "http://localhost:3001/mcp#a",
            "https://localhost:3001/mcp",
            "http://localhost:3001@evil.example/mcp",
            "http://evil@localhost:3001/mcp",
            "localhost:3001/mcp",
            "",
        ] {
            assert!(!same("http://localhost:3001/mcp", other), "{other}");
        }
        assert!(!same("res_1", "RES_1"));
        assert!(!same("res_1", "res_1/"));
    }
}
