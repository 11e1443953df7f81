//! A token, taken apart.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

use super::{Algorithm, header::Header};
use crate::{Reason, json, keys::Key};

/// No longer token is looked at.
pub(crate) const MAX_LENGTH: usize = 8 * 1024;

/// A token whose header we accept, and of which nothing else is believed yet.
pub(crate) struct SignedToken<'a> {
    header: Header,
    /// Header and claims as they were signed, with the dot between them.
    signed: &'a str,
    claims: Map<String, Value>,
    signature: Vec<u8>,
}

impl<'a> SignedToken<'a> {
    pub(crate) fn parse(token: &'a str, allowed: &[Algorithm]) -> Result<Self, Reason> {
        if token.len() > MAX_LENGTH {
            return Err(Reason::Malformed);
        }
        let mut parts = token.split('.');
        let (Some(header), Some(claims), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Reason::Malformed);
        };
        let signed = &token[..header.len() + 1 + claims.len()];
        let header = Header::parse(header, allowed)?;
        let signature = URL_SAFE_NO_PAD
            .decode(signature)
            .map_err(|_| Reason::Malformed)?;
        let claims = URL_SAFE_NO_PAD
            .decode(claims)
            .map_err(|_| Reason::Malformed)?;
        Ok(Self {
            header,
            signed,
            claims: json::object(&claims).ok_or(Reason::Malformed)?,
            signature,
        })
    }

    pub(crate) fn algorithm(&self) -> Algorithm {
        self.header.algorithm
    }

    pub(crate) fn key_id(&self) -> Option<&str> {
        self.header.key_id.as_deref()
    }

    /// Whether its header says that it is an access token and nothing else.
    pub(crate) fn is_access_token(&self) -> bool {
        self.header.is_access_token
    }

    /// What the token claims, which anybody can have written. Good for refusing it, and for nothing else.
    pub(crate) fn unverified(&self) -> &Map<String, Value> {
        &self.claims
    }

    /// The claims, if one of these keys signed them.
    pub(crate) fn claims(self, keys: &[impl AsRef<Key>]) -> Result<Map<String, Value>, Reason> {
        let signed = keys.iter().any(|key| {
            key.as_ref().verifies(
                self.header.algorithm,
                self.signed.as_bytes(),
                &self.signature,
            )
        });
        match signed {
            true => Ok(self.claims),
            false => Err(Reason::Signature),
        }
    }
}

/// Nothing of the token but what its header says of the key.
impl fmt::Debug for SignedToken<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_tuple("SignedToken")
            .field(&self.header)
            .finish()
    }
}
