//! Clients: those that an environment comes with, those that registered themselves, and those that describe themselves at a URL.

use serde::{Deserialize, Serialize};

use crate::digest;

/// A client as the authorization server knows it.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) name: Option<String>,
    pub(crate) kind: Kind,
    /// What a confidential client proves itself with.
    pub(crate) secret: Option<String>,
    #[serde(default)]
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) grants: Vec<Grant>,
    pub(crate) created: u64,
}

/// For whom a client's own tokens are.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// The environment's own credentials (`skc_`): they open the REST interface and no MCP server.
    Environment,
    /// A client of the MCP server.
    Mcp,
    /// A machine of one organization (`m2morg_`).
    Organization,
}

/// How a client gets tokens.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Grant {
    AuthorizationCode,
    RefreshToken,
    ClientCredentials,
    TokenExchange,
}

impl Grant {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "authorization_code" => Some(Self::AuthorizationCode),
            "refresh_token" => Some(Self::RefreshToken),
            "client_credentials" => Some(Self::ClientCredentials),
            "urn:ietf:params:oauth:grant-type:token-exchange" => Some(Self::TokenExchange),
            _ => None,
        }
    }
}

impl Client {
    pub(crate) fn may(&self, grant: Grant) -> bool {
        self.grants.contains(&grant)
    }

    /// Whether `secret` is what this client proves itself with. A public client has none and must send none.
    pub(crate) fn is_proven_by(&self, secret: Option<&str>) -> bool {
        match (&self.secret, secret) {
            (Some(own), Some(given)) => digest::same(own, given),
            (None, None) => true,
            _ => false,
        }
    }
}
