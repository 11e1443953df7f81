//! What can be wrong with the settings of the HTTP server, found before it listens.

/// A setting that cannot be served with, and what to write instead.
#[derive(Debug, thiserror::Error, PartialEq)]
pub(crate) enum StartProblem {
    /// An entry that is no `host` or `host:port`.
    #[error(
        "`{value}` in [http] allowed_hosts is not a host: write a name without scheme and path, like mcp.example.com or mcp.example.com:8443"
    )]
    AllowedHost { value: String },
    /// An entry that is no origin.
    #[error(
        "`{value}` in [http] {key} is not an origin: write scheme and host without a path, like https://app.example.com"
    )]
    Origin { key: &'static str, value: String },
    /// A public URL that no client could use.
    #[error(
        "[http] public_url (BASE_URL) `{value}` is not a URL of this server: write it like https://mcp.example.com, without a path or query"
    )]
    PublicUrl { value: String },
    /// Two routers that want the same path.
    #[error("two routes cannot share a path: {detail}")]
    Routes { detail: String },
}
