//! What the claims of a token must say to be for us, now.

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};

use super::audience;
use crate::{Reason, VerifyError, claims};

/// No issuer names anyone with more.
const MAX_SUBJECT: usize = 255;

/// What configuration says of claims.
#[derive(Debug, Clone)]
pub(crate) struct Rules {
    /// `iss`, to the letter.
    pub(crate) issuers: Vec<String>,
    /// `aud` must name one of them.
    pub(crate) audiences: Vec<String>,
    /// `resource`, if a token has it, must name one of them. Empty: the claim is not looked at.
    pub(crate) resources: Vec<String>,
    /// How far clocks may differ.
    pub(crate) leeway: Duration,
    /// How long a token may be meant to live.
    pub(crate) max_lifetime: Duration,
}

impl Rules {
    /// Says in a fixed order what is wrong with the claims of a token whose signature is good.
    pub(crate) fn check(
        &self,
        claims: &Map<String, Value>,
        now: SystemTime,
    ) -> Result<(), VerifyError> {
        self.check_times(claims, now)?;
        self.check_issuer(claims)?;
        self.check_audience(claims)?;
        self.check_subject(claims)?;
        self.check_resource(claims)
    }

    fn check_times(&self, claims: &Map<String, Value>, now: SystemTime) -> Result<(), VerifyError> {
        let time = |name| claims::time(claims, name).ok_or(invalid(Reason::Claim(name)));
        let later = now
            .checked_add(self.leeway)
            .ok_or(invalid(Reason::Claim("iat")))?;

        let expires_at = time("exp")?;
        if expires_at
            .checked_add(self.leeway)
            .is_some_and(|end| end <= now)
        {
            return Err(VerifyError::Expired);
        }
        if claims.contains_key("nbf") && time("nbf")? > later {
            return Err(invalid(Reason::NotYetValid));
        }
        let issued_at = time("iat")?;
        if issued_at > later {
            return Err(invalid(Reason::IssuedInFuture));
        }
        match expires_at.duration_since(issued_at) {
            Ok(lifetime) if lifetime <= self.max_lifetime => Ok(()),
            _ => Err(invalid(Reason::Lifetime)),
        }
    }

    fn check_issuer(&self, claims: &Map<String, Value>) -> Result<(), VerifyError> {
        let Some(Value::String(issuer)) = claims.get("iss") else {
            return Err(invalid(Reason::Claim("iss")));
        };
        match self.issuers.iter().any(|known| known == issuer) {
            true => Ok(()),
            false => Err(invalid(Reason::Issuer)),
        }
    }

    fn check_audience(&self, claims: &Map<String, Value>) -> Result<(), VerifyError> {
        let found: Option<Vec<&str>> = match claims.get("aud") {
            Some(Value::String(one)) => Some(vec![one]),
            Some(Value::Array(several)) => several.iter().map(Value::as_str).collect(),
            _ => None,
        };
        let found = found
            .filter(|found| !found.is_empty())
            .ok_or(invalid(Reason::Claim("aud")))?;
        let ours = |name: &&str| {
            self.audiences
                .iter()
                .any(|audience| audience::same(audience, name))
        };
        match found.iter().any(ours) {
            true => Ok(()),
            false => Err(invalid(Reason::audience(&found))),
        }
    }

    fn check_subject(&self, claims: &Map<String, Value>) -> Result<(), VerifyError> {
        match claims.get("sub") {
            Some(Value::String(subject)) if !subject.is_empty() && subject.len() <= MAX_SUBJECT => {
                Ok(())
            }
            _ => Err(invalid(Reason::Claim("sub"))),
        }
    }

    fn check_resource(&self, claims: &Map<String, Value>) -> Result<(), VerifyError> {
        match claims.get("resource") {
            _ if self.resources.is_empty() => Ok(()),
            None => Ok(()),
            Some(Value::String(name))
                if self.resources.iter().any(|ours| audience::same(ours, name)) =>
            {
                Ok(())
            }
            Some(_) => Err(invalid(Reason::Claim("resource"))),
        }
    }
}

fn invalid(reason: Reason) -> VerifyError {
    VerifyError::Invalid(reason)
}
