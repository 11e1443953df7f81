//! The endpoint's URL, for people to copy.

use std::net::SocketAddr;

use xmcp_config::{Authority, DEFAULT_PORT, HttpSettings};

use super::loopback::{is_loopback_host, without_brackets};

/// The endpoint as clients reach it: under the public URL, else under a name that the Host check accepts.
///
/// `settings` are those in effect: host and port are the ones that are listened on.
pub(crate) fn endpoint_url(settings: &HttpSettings) -> String {
    let endpoint = &settings.endpoint;
    if let Some(public_url) = &settings.public_url {
        return format!("{}{endpoint}", public_url.trim_end_matches('/'));
    }
    let port = settings.port.unwrap_or(DEFAULT_PORT);
    if let (false, Some(name)) = (
        is_loopback_host(&settings.host),
        settings.allowed_hosts.first(),
    ) {
        return match Authority::parse_sent(name) {
            Some(Authority { port: Some(_), .. }) => format!("http://{name}{endpoint}"),
            _ => format!("http://{name}:{port}{endpoint}"),
        };
    }
    let authority = Authority {
        host: without_brackets(&settings.host),
        port: Some(port),
    };
    format!("http://{authority}{endpoint}")
}

/// The endpoint under the name that one registers with an authorization server, which clients have to use too: what they are
/// given is what their tokens are for. A server on this machine alone is `localhost`.
pub(crate) fn registered_url(settings: &HttpSettings) -> String {
    match settings.host.as_str() {
        "127.0.0.1" => endpoint_url(&HttpSettings {
            host: "localhost".to_owned(),
            ..settings.clone()
        }),
        _ => endpoint_url(settings),
    }
}

/// Whether the public URL ends in the endpoint, which is put behind it. It may be meant so, behind a proxy.
pub(crate) fn has_endpoint_twice(settings: &HttpSettings) -> bool {
    let public_url = settings.public_url.as_deref().unwrap_or_default();
    settings.endpoint != "/"
        && public_url
            .trim_end_matches('/')
            .ends_with(&settings.endpoint)
}

/// The endpoint at the address that is listened on.
pub(crate) fn listening_url(address: SocketAddr, settings: &HttpSettings) -> String {
    format!("http://{address}{}", settings.endpoint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn has_the_endpoint_once_unless_the_public_url_has_it_too() {
        let is_twice = |public_url: &str| {
            has_endpoint_twice(&HttpSettings {
                public_url: Some(public_url.into()),
                ..HttpSettings::default()
            })
        };
        assert!(is_twice("https://mcp.example.com/mcp"));
        assert!(is_twice("https://mcp.example.com/mcp/"));
        assert!(!is_twice("https://mcp.example.com"));
        assert!(!is_twice("https://example.com/mcp/tools"));
        assert!(!has_endpoint_twice(&HttpSettings::default()));
    }

    #[test]
    fn is_registered_as_localhost_or_under_the_public_name() {
        let local = HttpSettings {
            port: Some(4001),
            ..HttpSettings::default()
        };
        assert_eq!(registered_url(&local), "http://localhost:4001/mcp");
        let public = HttpSettings {
            public_url: Some("https://mcp.example.com".into()),
            ..local.clone()
        };
        assert_eq!(registered_url(&public), "https://mcp.example.com/mcp");
        // `localhost` may be another address to the client than the one that is listened on.
        let other = HttpSettings {
            host: "::1".into(),
            ..local
        };
        assert_eq!(registered_url(&other), "http://[::1]:4001/mcp");
    }

    #[test]
    fn is_the_one_that_clients_reach() {
        let settings = HttpSettings::default();
        assert_eq!(endpoint_url(&settings), "http://127.0.0.1:3001/mcp");
        let loopback = HttpSettings {
            host: "::1".into(),
            port: Some(80),
            ..settings.clone()
        };
        assert_eq!(endpoint_url(&loopback), "http://[::1]:80/mcp");
        let public = HttpSettings {
            public_url: Some("https://mcp.example.com/".into()),
            ..settings.clone()
        };
        assert_eq!(endpoint_url(&public), "https://mcp.example.com/mcp");
        let hosts = |host: &str| HttpSettings {
            host: "0.0.0.0".into(),
            allowed_hosts: vec![host.into()],
            ..settings.clone()
        };
        assert_eq!(
            endpoint_url(&hosts("mcp.local")),
            "http://mcp.local:3001/mcp"
        );
        assert_eq!(
            endpoint_url(&hosts("mcp.local:8080")),
            "http://mcp.local:8080/mcp"
        );
    }
}
