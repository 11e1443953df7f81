//! How to reach an environment, and what it has to be asked with.

use std::fmt;

use crate::{environment::Environment, state::State};

/// Addresses and credentials of an environment, whoever runs it.
#[derive(Clone, PartialEq, Eq)]
pub struct Connection {
    environment_url: String,
    port: u16,
    resource_id: String,
    server_url: String,
    environment_client: Credentials,
    mcp_client: Credentials,
    organization_client: Credentials,
}

/// A client's id and secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    id: String,
    secret: String,
}

impl Credentials {
    /// The client id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The client secret.
    pub fn secret(&self) -> &str {
        &self.secret
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("id", &self.id)
            .field("secret", &format_args!("****"))
            .finish()
    }
}

impl fmt::Debug for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Connection")
            .field("environment_url", &self.environment_url)
            .field("resource_id", &self.resource_id)
            .field("server_url", &self.server_url)
            .finish_non_exhaustive()
    }
}

impl Connection {
    pub(crate) fn of(environment: &Environment) -> Self {
        environment
            .store
            .read(|state| Self::of_state(state, environment.url.clone()))
    }

    pub(crate) fn of_state(state: &State, environment_url: String) -> Self {
        let credentials = |id: &String| Credentials {
            id: id.clone(),
            secret: state
                .clients
                .get(id)
                .and_then(|client| client.secret.clone())
                .unwrap_or_default(),
        };
        Self {
            environment_url,
            port: state.port,
            resource_id: state.resource_id.clone(),
            server_url: state.server_url.clone(),
            environment_client: credentials(&state.built_in.environment),
            mcp_client: credentials(&state.built_in.mcp),
            organization_client: credentials(&state.built_in.organization),
        }
    }

    /// `SCALEKIT_ENVIRONMENT_URL`, without a slash at the end.
    pub fn environment_url(&self) -> &str {
        &self.environment_url
    }

    /// The port of [`environment_url`](Self::environment_url), on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// `SCALEKIT_RESOURCE_ID`.
    pub fn resource_id(&self) -> &str {
        &self.resource_id
    }

    /// The URL of the MCP server that tokens are for.
    pub fn server_url(&self) -> &str {
        &self.server_url
    }

    /// `SCALEKIT_CLIENT_ID` and `SCALEKIT_CLIENT_SECRET`: they open the REST interface. No MCP server takes their tokens.
    pub fn environment_client(&self) -> &Credentials {
        &self.environment_client
    }

    /// A machine client of the MCP server.
    pub fn mcp_client(&self) -> &Credentials {
        &self.mcp_client
    }

    /// A machine of an organization. Its tokens have no audience.
    pub fn organization_client(&self) -> &Credentials {
        &self.organization_client
    }

    /// What its program says when it runs: where it is, the variables of a server that uses it, and how to sign in. It holds the
    /// emulator's made-up secrets.
    pub fn introduction(&self) -> String {
        format!(
            "Scalekit emulator running on {url}\n\n\
             SCALEKIT_ENVIRONMENT_URL={url}\n\
             SCALEKIT_RESOURCE_ID={resource}\n\
             SCALEKIT_CLIENT_ID={client}\n\
             SCALEKIT_CLIENT_SECRET={secret}\n\n{help}",
            url = self.environment_url,
            resource = self.resource_id,
            client = self.environment_client.id(),
            secret = self.environment_client.secret(),
            help = self.sign_in_help(&self.server_url),
        )
    }

    /// Command lines to sign in to the MCP server at `server_url`, to be copied.
    pub fn sign_in_help(&self, server_url: &str) -> String {
        let environment = &self.environment_url;
        let (id, secret) = (self.mcp_client.id(), self.mcp_client.secret());
        format!(
            "\
Sign in with a client:
  claude mcp add --transport http local {server_url}
  npx @modelcontextprotocol/inspector --transport http --server-url {server_url}
Or take a token of a user (ada, grace or alan), and call with it:
  TOKEN=$(curl -s {environment}/emulator/token -d user=ada -d resource={server_url})
  curl -s {server_url} -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' \
-H 'Accept: application/json, text/event-stream' \
-d '{{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{{\"name\":\"whoami\",\"arguments\":{{}}}}}}'
A token of a machine is the access_token of:
  curl -s {environment}/oauth/token -d grant_type=client_credentials -d client_id={id} -d client_secret={secret}
"
        )
    }
}
