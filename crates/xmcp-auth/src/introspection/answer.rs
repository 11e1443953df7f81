//! What the endpoint said of a token, and whether that makes it one for us, now.

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};

use super::config::{Audiences, IntrospectionConfig};
use crate::{
    Reason, ScopeSet, Session, VerifyError,
    claim_names::ClaimNames,
    claims, json,
    session::Whose,
    token::{MAX_SUBJECT, Rules},
};

/// What the types of access tokens are called (RFC 6749, section 7.1; RFC 9449, section 5; and what some servers say instead).
const TOKEN_TYPES: [&str; 3] = ["bearer", "dpop", "access_token"];
/// What some servers call tokens in `typ` that are for themselves or for clients.
const OTHER_TOKENS: [&str; 3] = ["refresh", "offline", "id"];

/// What an answer must say.
#[derive(Debug)]
pub(super) struct Terms {
    rules: Rules,
    must_name_audience: bool,
    issuer: String,
    user_claim: &'static str,
    scope_claims: Vec<String>,
}

/// An answer that is none: the endpoint failed, and nobody can tell.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("the answer is no JSON object that says whether the token is `active`")]
pub(super) struct NoAnswer;

impl Terms {
    pub(super) fn new(config: &IntrospectionConfig, identifiers: &[String]) -> Self {
        let (audiences, must_name_audience) = match &config.audiences {
            Audiences::Resource => (identifiers.to_vec(), true),
            Audiences::These(names) => (names.clone(), true),
            Audiences::ResourceIfNamed => (identifiers.to_vec(), false),
        };
        Self {
            rules: Rules {
                issuers: config.issuers.clone(),
                audiences,
                resources: identifiers.to_vec(),
                leeway: config.leeway,
                // The authorization server is asked again before long, so a token may live as long as it says.
                max_lifetime: Duration::MAX,
                demands: Vec::new(),
                at_jwt_only: false,
            },
            must_name_audience,
            issuer: config.issuer.clone(),
            user_claim: config.user_claim,
            scope_claims: config.scope_claims.clone(),
        }
    }

    /// The session of a token of which the endpoint said this.
    pub(super) fn session(
        &self,
        body: &[u8],
        now: SystemTime,
    ) -> Result<Result<Session, VerifyError>, NoAnswer> {
        let said = json::object(body).ok_or(NoAnswer)?;
        match said.get("active") {
            Some(Value::Bool(true)) => Ok(self.active(said, now)),
            Some(Value::Bool(false)) => Ok(Err(VerifyError::Invalid(Reason::Inactive))),
            _ => Err(NoAnswer),
        }
    }

    fn active(&self, said: Map<String, Value>, now: SystemTime) -> Result<Session, VerifyError> {
        let rules = &self.rules;
        rules.check_times_if_said(&said, now)?;
        if said.contains_key("iss") {
            rules.check_issuer(&said)?;
        }
        if self.must_name_audience || said.contains_key("aud") {
            rules.check_audience(&said)?;
        }
        rules.check_resource(&said)?;
        check_type(&said)?;
        let user_id = claims::text(&said, self.user_claim)
            .filter(|id| id.len() <= MAX_SUBJECT)
            .ok_or(VerifyError::Invalid(Reason::Claim(self.user_claim)))?;
        let whose = Whose {
            user_id: user_id.to_owned(),
            issuer: claims::text(&said, "iss")
                .unwrap_or(&self.issuer)
                .to_owned(),
            expires_at: claims::time(&said, "exp"),
            issued_at: claims::time(&said, "iat").unwrap_or(now),
        };
        let more: ScopeSet = self
            .scope_claims
            .iter()
            .flat_map(|name| claims::texts(&said, name))
            .flat_map(|text| ScopeSet::parse(&text).to_vec())
            .collect();
        Ok(Session::of_claims(whose, said, &ClaimNames::default()).granted(&more))
    }
}

/// Only access tokens: a refresh token is active as well, and is the client's alone.
fn check_type(said: &Map<String, Value>) -> Result<(), VerifyError> {
    let among = |name: &str, known: &[&str]| {
        said.get(name)
            .and_then(Value::as_str)
            .is_some_and(|text| known.iter().any(|known| known.eq_ignore_ascii_case(text)))
    };
    if said.contains_key("token_type") && !among("token_type", &TOKEN_TYPES) {
        return Err(VerifyError::Invalid(Reason::Claim("token_type")));
    }
    // RFC 9449, section 6.2: it says to which key, or anybody could send it.
    if among("token_type", &["dpop"]) && !said.contains_key("cnf") {
        return Err(VerifyError::Invalid(Reason::Claim("cnf")));
    }
    if among("typ", &OTHER_TOKENS) {
        return Err(VerifyError::Invalid(Reason::Claim("typ")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_token_that_is_bound_to_a_key_of_which_nobody_says_is_nobodys() {
        let config = IntrospectionConfig::new("https://a.example/i", "https://a.example").unwrap();
        let terms = Terms::new(&config, &[String::from("https://h.example/mcp")]);
        let mut said = json!({ "active": true, "sub": "ada", "aud": "https://h.example/mcp" });
        let is_good = |said: &Value| {
            let session = terms.session(said.to_string().as_bytes(), SystemTime::UNIX_EPOCH);
            session.unwrap().is_ok()
        };
        for (token_type, is_bound, expected) in [
            ("Bearer", false, true),
            ("DPoP", false, false),
            ("DPoP", true, true),
            ("N_A", false, false),
        ] {
            said["token_type"] = json!(token_type);
            said.as_object_mut().unwrap().remove("cnf");
            if is_bound {
                said["cnf"] = json!({ "jkt": "key" });
            }
            assert_eq!(is_good(&said), expected, "{said}");
        }
    }
}
