//! The URLs by which clients know what is behind the layer.

use std::fmt::Write;

use url::Url;

use crate::resource::Identifier;

/// One name of a resource: its identifier, and the origin of everything beside it.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    origin: String,
    identifier: String,
    /// The identifier's, as it is written.
    path: String,
}

impl Place {
    pub(crate) fn new(identifier: &Identifier) -> Self {
        let text = identifier.as_str();
        Self {
            origin: identifier.origin().to_owned(),
            identifier: normal(text).unwrap_or_else(|| text.to_owned()),
            path: identifier.path().to_owned(),
        }
    }

    /// Whether this URL, as a stranger writes it, is the one of a request for this path: both without query and fragment, and compared
    /// by what they mean and not by how they are written (RFC 3986, sections 6.2.2 and 6.2.3).
    pub(super) fn is_at(&self, url: &str, path: &str) -> bool {
        let Some(url) = normal(url) else {
            return false;
        };
        // What routes saw of the path may lack its beginning: a proxy took it off, or a router in which this one is nested.
        let is_shortened = self.path.len() > path.len() && self.path.ends_with(path);
        (is_shortened && url == self.identifier)
            || normal(&format!("{}{path}", self.origin)).is_some_and(|expected| url == expected)
    }
}

/// The URL in its normal form, less query and fragment: case of scheme and host, default port, dot segments, and escapes of what
/// needs none. `None` for what is no `http` URL, and for what readers of URLs mend each in their own way.
fn normal(text: &str) -> Option<String> {
    let is_plain =
        |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'"' | b'<' | b'>');
    if !text.bytes().all(is_plain) {
        return None;
    }
    let url = Url::parse(text).ok()?;
    let is_http = matches!(url.scheme(), "http" | "https") && text.contains("://");
    if !is_http || !url.username().is_empty() || url.password().is_some() {
        return None;
    }
    let mut normal = url.origin().ascii_serialization();
    let mut rest = url.path();
    while let Some(escape) = rest.find('%') {
        normal.push_str(&rest[..escape]);
        let digits = rest.get(escape + 1..escape + 3)?;
        let byte = u8::from_str_radix(digits, 16).ok()?;
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                normal.push(char::from(byte));
            }
            _ => write!(normal, "%{byte:02X}").ok()?,
        }
        rest = &rest[escape + 3..];
    }
    normal.push_str(rest);
    Some(normal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_at(identifier: &str, url: &str, path: &str) -> bool {
        Place::new(&Identifier::parse(identifier).unwrap()).is_at(url, path)
    }

    /// RFC 9449, section 4.3, check 9.
    #[test]
    fn spellings_of_one_url_are_the_same() {
        for url in [
            "https://mcp.example.com/mcp",
            "HTTPS://MCP.Example.com/mcp",
            "https://mcp.example.com:443/mcp",
            "https://mcp.example.com/mcp?session=1",
            "https://mcp.example.com/mcp#there",
            "https://mcp.example.com/a/../mcp",
            "https://mcp.example.com/./mcp",
            "https://mcp.example.com/%6dcp",
            "https://mcp.example.com/%6Dcp",
        ] {
            assert!(is_at("https://mcp.example.com/mcp", url, "/mcp"), "{url}");
        }
        assert!(is_at("https://h/a%2fb", "https://h/a%2Fb", "/a%2fb"));
        assert!(is_at(
            "http://[::1]:3001/mcp",
            "http://[0:0::1]:3001/mcp",
            "/mcp"
        ));
        for url in ["https://h", "https://h/", "https://h?a"] {
            assert!(is_at("https://h", url, "/"), "{url}");
            assert!(is_at("https://h/", url, "/"), "{url}");
        }
    }

    #[test]
    fn other_urls_are_not() {
        for url in [
            "http://mcp.example.com/mcp",
            "https://mcp.example.com:8443/mcp",
            "https://mcp.example.com/mcp/",
            "https://mcp.example.com/MCP",
            "https://mcp.example.com/",
            "https://mcp.example.com",
            "https://mcp.example.com.evil.example/mcp",
            "https://mcp.example.com@evil.example/mcp",
            "https://user@mcp.example.com/mcp",
            "https://:pass@mcp.example.com/mcp",
            "https:mcp.example.com/mcp",
            "https:\\\\mcp.example.com\\mcp",
            "https://mcp.example.com/mc\tp",
            " https://mcp.example.com/mcp",
            "https://mcp.example.com/mcp ",
            "https://mcp.example.com/mcp%",
            "https://mcp.example.com/mcp%0",
            "https://mcp.example.com/mcp%+f",
            "https://mcp.example.com/mcp%\u{e9}\u{e9}",
            "ws://mcp.example.com/mcp",
            "/mcp",
            "mcp",
            "",
        ] {
            assert!(!is_at("https://mcp.example.com/mcp", url, "/mcp"), "{url}");
        }
        assert!(!is_at("https://h/a%2fb", "https://h/a/b", "/a%2fb"));
    }

    #[test]
    fn what_is_beside_the_endpoint_has_its_origin() {
        let identifier = "https://mcp.example.com/mcp";
        assert!(is_at(
            identifier,
            "https://mcp.example.com/export",
            "/export"
        ));
        assert!(!is_at(identifier, "https://mcp.example.com/mcp", "/export"));
        assert!(!is_at(identifier, "https://mcp.example.com/export", "/mcp"));
    }

    #[test]
    fn behind_a_proxy_that_takes_off_the_beginning_the_identifier_itself_is_good() {
        let identifier = "https://example.com/tools/mcp";
        assert!(is_at(identifier, "https://example.com/tools/mcp", "/mcp"));
        assert!(is_at(
            identifier,
            "https://example.com/tools/mcp",
            "/tools/mcp"
        ));
        assert!(!is_at(
            identifier,
            "https://example.com/tools/mcp",
            "/export"
        ));
    }
}
