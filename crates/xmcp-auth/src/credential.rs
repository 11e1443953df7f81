//! What a request brings to say who calls.

use std::fmt;

use serde_json::Value;

use crate::{Reason, VerifyError};

/// One credential, of a kind that the provider takes. `Debug` shows the kind and nothing else.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum Credential<'a> {
    /// A token whose bearer proves nothing else: `Authorization: Bearer` (RFC 6750, section 2.1).
    Bearer(&'a str),
    /// A token whose sender has proven to hold a key: `Authorization: DPoP`, with a proof that was found good (RFC 9449).
    Dpop {
        /// The token.
        token: &'a str,
        /// The thumbprint of the key (RFC 7638, SHA-256, base64url).
        thumbprint: &'a str,
    },
    /// A key of an application: `x-api-key`, or `Authorization: ApiKey`.
    ApiKey(&'a str),
}

impl<'a> Credential<'a> {
    /// The access token, if it is one.
    pub fn token(self) -> Option<&'a str> {
        match self {
            Self::Bearer(token) | Self::Dpop { token, .. } => Some(token),
            Self::ApiKey(_) => None,
        }
    }

    /// The key of an application, if it is one.
    pub fn api_key(self) -> Option<&'a str> {
        match self {
            Self::ApiKey(key) => Some(key),
            Self::Bearer(_) | Self::Dpop { .. } => None,
        }
    }

    /// Whether a token that is confirmed like this (its `cnf`, RFC 7800) was sent by whom it is bound to. To be asked at every
    /// request, also for a token that was verified a moment ago.
    ///
    /// # Errors
    ///
    /// A bound token came without a proof, by another key's, or is bound in a way that nobody proved; or a token that is bound to
    /// nothing came with a proof.
    pub fn check_binding(self, confirmation: Option<&Value>) -> Result<(), VerifyError> {
        let agrees = match (self, confirmation) {
            (Self::Bearer(_) | Self::ApiKey(_), None) => true,
            (Self::Dpop { thumbprint, .. }, Some(Value::Object(members))) => {
                members.len() == 1 && members.get("jkt").and_then(Value::as_str) == Some(thumbprint)
            }
            _ => false,
        };
        match agrees {
            true => Ok(()),
            false => Err(VerifyError::Invalid(Reason::Claim("cnf"))),
        }
    }
}

impl fmt::Debug for Credential<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Bearer(_) => "Bearer(****)",
            Self::Dpop { .. } => "Dpop(****)",
            Self::ApiKey(_) => "ApiKey(****)",
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_bound_token_is_good_with_the_proof_of_its_key_alone() {
        let bound = json!({ "jkt": "key-1" });
        let proven = |thumbprint| Credential::Dpop {
            token: "t",
            thumbprint,
        };
        for (credential, confirmation, good) in [
            (Credential::Bearer("t"), None, true),
            (Credential::Bearer("t"), Some(&bound), false),
            (Credential::Bearer("t"), Some(&json!(null)), false),
            (proven("key-1"), Some(&bound), true),
            (proven("key-2"), Some(&bound), false),
            (proven("key-1"), None, false),
            (proven("key-1"), Some(&json!("key-1")), false),
            (proven("key-1"), Some(&json!({ "jkt": ["key-1"] })), false),
            (
                proven("key-1"),
                Some(&json!({ "jkt": "key-1", "x5t#S256": "c" })),
                false,
            ),
        ] {
            assert_eq!(
                credential.check_binding(confirmation).is_ok(),
                good,
                "{credential:?} {confirmation:?}"
            );
        }
    }

    #[test]
    fn a_credential_shows_its_kind_alone() {
        let shown = [
            Credential::Bearer("hush"),
            Credential::Dpop {
                token: "hush",
                thumbprint: "hush",
            },
            Credential::ApiKey("hush"),
        ]
        .map(|credential| format!("{credential:?}"));
        assert_eq!(shown, ["Bearer(****)", "Dpop(****)", "ApiKey(****)"]);
    }
}
