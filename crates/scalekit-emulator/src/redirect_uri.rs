//! Redirect URIs: which may be registered, and when one that is asked for is one that was registered.

use url::{Host, Url};

/// The longest that is taken.
const LONGEST: usize = 2048;
/// Schemes that a browser runs or reads itself instead of handing them to an app.
const DANGEROUS: [&str; 9] = [
    "about",
    "blob",
    "chrome",
    "data",
    "file",
    "ftp",
    "javascript",
    "vbscript",
    "view-source",
];

/// Whether a client may register `uri`: https, http to this machine, or an app's own scheme; no fragment, nobody's password.
pub(crate) fn is_allowed(uri: &str) -> bool {
    let Some(url) = parse(uri) else { return false };
    match url.scheme() {
        "https" => true,
        "http" => is_loopback(&url),
        scheme => !DANGEROUS.contains(&scheme),
    }
}

/// Whether `asked` is `registered`. They are compared letter by letter, except that on this machine the port may differ: a native app
/// takes one that is free (RFC 8252, section 7.3).
pub(crate) fn matches(registered: &str, asked: &str) -> bool {
    if registered == asked {
        return true;
    }
    let (Some(mut one), Some(mut other)) = (parse(registered), parse(asked)) else {
        return false;
    };
    if one.scheme() != "http" || !is_loopback(&one) || !is_loopback(&other) {
        return false;
    }
    one.set_port(None).is_ok() && other.set_port(None).is_ok() && one == other
}

/// Whether a browser that is sent to `uri` stays on this machine.
pub(crate) fn is_local(uri: &str) -> bool {
    parse(uri).is_some_and(|url| url.scheme() == "http" && is_loopback(&url))
}

/// Whether the host is this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn parse(uri: &str) -> Option<Url> {
    if uri.len() > LONGEST || !uri.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let url = Url::parse(uri).ok()?;
    let is_plain =
        url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    is_plain.then_some(url)
}

#[cfg(test)]
mod tests {
    use super::{is_allowed, matches};

    #[test]
    fn https_loopback_and_app_schemes_may_be_registered() {
        for uri in [
            "https://app.example/callback",
            "http://localhost:6274/oauth/callback",
            "http://127.0.0.1/callback",
            "http://[::1]:1234/",
            "cursor://anysphere.cursor-retrieval/oauth/callback",
        ] {
            assert!(is_allowed(uri), "{uri}");
        }
    }

    #[test]
    fn what_a_browser_would_run_or_send_in_the_clear_may_not() {
        for uri in [
            "http://app.example/callback",
            "http://localhost.example/callback",
            "https://app.example/callback#fragment",
            "https://user:password@app.example/",
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "data:text/html,x",
            "/callback",
            "",
            "https://app.example/call back",
        ] {
            assert!(!is_allowed(uri), "{uri}");
        }
    }

    #[test]
    fn a_port_may_differ_on_this_machine_and_nothing_else_anywhere() {
        let registered = "http://127.0.0.1:3334/callback";
        assert!(matches(registered, "http://127.0.0.1:9/callback"));
        assert!(matches("http://localhost/cb", "http://localhost:9/cb"));
        for asked in [
            "http://127.0.0.1:3334/callback/",
            "http://127.0.0.1:3334/callback?x=1",
            "http://localhost:3334/callback",
            "http://127.0.0.1.example:3334/callback",
            "https://127.0.0.1:3334/callback",
        ] {
            assert!(!matches(registered, asked), "{asked}");
        }
        assert!(!matches(
            "https://app.example/cb",
            "https://app.example:444/cb"
        ));
        assert!(!matches("https://app.example/cb", "https://app.example/CB"));
    }
}
