//! What a provider protects here: the endpoint, under the names by which clients call it.

use xmcp_auth::{Limits, Protected, Provider, Resource};
use xmcp_config::HttpSettings;

use super::Server;
use crate::{
    StartError,
    http::{is_loopback_host, registered_url},
};

/// The layer and the metadata of this server's endpoint.
///
/// # Errors
///
/// What the provider cannot protect, all of it at once.
pub(super) fn protect(
    provider: Provider,
    server: &Server,
    dev: bool,
) -> Result<Protected, StartError> {
    let settings = &server.settings.http;
    let mut resource = match &settings.public_url {
        Some(public_url) => Resource::new(format!("{public_url}{}", settings.endpoint)),
        None if !is_loopback_host(&settings.host) => {
            return Err(StartError::Settings(vec![format!(
                "listening on `{}` with an auth provider needs the URL that clients use, for their tokens name it: set \
                 BASE_URL=https://mcp.example.com, or `public_url` under [http] in xmcp.toml",
                settings.host
            )]));
        }
        // Without a public name the server is on this machine alone, which has three.
        None => Resource::on_loopback(
            settings.port.unwrap_or(xmcp_config::DEFAULT_PORT),
            &settings.endpoint,
        ),
    };
    let name = server
        .settings
        .server
        .title
        .as_ref()
        .unwrap_or(&server.settings.server.name);
    resource = resource.name(name).limits(limits(settings));
    let registry = server.registry.now();
    let listed = registry.listed();
    let scopes = listed.flat_map(|listed| listed.scopes.iter().map(|scope| &**scope));
    resource = resource.scopes_supported(scopes);
    if dev {
        let (name, url) = (&server.settings.server.name, registered_url(settings));
        resource = resource.sign_in(format!(
            "to sign in, connect a client that speaks OAuth: claude mcp add --transport http {name} {url}"
        ));
    }
    provider.protect(resource).map_err(|error| {
        StartError::Settings(error.to_string().lines().map(str::to_owned).collect())
    })
}

/// How often an address may be wrong, and a caller may come, unless the provider says otherwise.
fn limits(settings: &HttpSettings) -> Limits {
    let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Limits::default()
        .auth_failures_per_minute(number(settings.limits.auth_failures_per_minute))
        .caller_requests_per_minute(number(settings.limits.caller_requests_per_minute))
        .caller_burst(number(settings.limits.caller_burst))
        .trusted_proxies(&settings.trusted_proxies)
}
