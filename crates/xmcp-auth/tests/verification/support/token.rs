use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{RESOURCE, SigningKey, ada};

/// A token in the making.
#[derive(Clone)]
pub(crate) struct Token {
    header: Value,
    claims: Value,
}

impl Token {
    /// The shape of a live token, header and claims.
    pub(crate) fn good(env: &str, now: u64) -> Self {
        Self {
            header: json!({ "alg": "RS256", "kid": ada().id, "typ": "JWT" }),
            claims: json!({
                "aud": [RESOURCE, "res_1"], "client_id": "https://client.example/metadata.json",
                "iss": env, "sub": "usr_1", "oid": "org_1", "resid": "res_1", "roles": ["admin"],
                "scope": "openid todo:read", "scopes": ["openid", "todo:read"], "sid": "ses_1",
                "exp": now + 600, "iat": now, "nbf": now, "jti": "tkn_1",
            }),
        }
    }

    pub(crate) fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims[name] = value.into();
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.claims.as_object_mut().unwrap().remove(name);
        self
    }

    pub(crate) fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header[name] = value.into();
        self
    }

    pub(crate) fn without_header(mut self, name: &str) -> Self {
        self.header.as_object_mut().unwrap().remove(name);
        self
    }

    /// Named after this key and signed by it.
    pub(crate) fn by(self, key: &SigningKey) -> String {
        self.header("kid", key.id).signed_by(key)
    }

    /// Signed by this key, whatever the header says.
    pub(crate) fn signed_by(&self, key: &SigningKey) -> String {
        signed(&self.header.to_string(), &self.claims.to_string(), key)
    }

    /// Signed by the authorization server.
    pub(crate) fn sign(&self) -> String {
        self.signed_by(ada())
    }

    /// Signed by the authorization server, claims written by hand.
    pub(crate) fn sign_claims(&self, claims: &str) -> String {
        signed(&self.header.to_string(), claims, ada())
    }

    /// Signed by the authorization server, header written by hand.
    pub(crate) fn sign_header(&self, header: &str) -> String {
        signed(header, &self.claims.to_string(), ada())
    }

    pub(crate) fn claims_text(&self) -> String {
        self.claims.to_string()
    }

    /// Header and claims, with the dot between them.
    pub(crate) fn unsigned(&self) -> String {
        unsigned(&self.header.to_string(), &self.claims.to_string())
    }
}

fn unsigned(header: &str, claims: &str) -> String {
    format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(header),
        URL_SAFE_NO_PAD.encode(claims)
    )
}

fn signed(header: &str, claims: &str, key: &SigningKey) -> String {
    let message = unsigned(header, claims);
    let algorithm = serde_json::from_str::<Value>(header)
        .ok()
        .and_then(|header| header["alg"].as_str().map(str::to_owned))
        .unwrap_or_default();
    let signature = key.sign(&algorithm, message.as_bytes());
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}
