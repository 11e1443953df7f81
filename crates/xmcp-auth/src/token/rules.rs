//! What the claims of a token must say to be for us, now.

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};

use super::audience;
use crate::{Reason, VerifyError, claims};

/// No issuer names anyone with more.
pub(crate) const MAX_SUBJECT: usize = 255;

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
    /// What else claims must say.
    pub(crate) demands: Vec<Demand>,
    /// Whether only tokens are good whose header says that they are access tokens.
    pub(crate) at_jwt_only: bool,
}

/// Something that a claim must say: to tell access tokens from other tokens of their issuer (RFC 8725, section 3.12), or callers from
/// callers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Demand {
    /// This claim says one of these: it is one of them, or a list that has one of them.
    Says(String, Vec<String>),
    /// One of these claims is there.
    Has(&'static [&'static str]),
}

impl Demand {
    pub(crate) fn says<S: Into<String>>(
        name: impl Into<String>,
        texts: impl IntoIterator<Item = S>,
    ) -> Self {
        Self::Says(name.into(), texts.into_iter().map(Into::into).collect())
    }

    fn check(&self, claims: &Map<String, Value>) -> Result<(), Reason> {
        let (name, is_met) = match self {
            Self::Says(name, texts) => (
                name.as_str(),
                claims::texts(claims, name)
                    .iter()
                    .any(|text| texts.contains(text)),
            ),
            Self::Has(names) => (
                names.first().copied().unwrap_or_default(),
                names
                    .iter()
                    .any(|name| claims::text(claims, name).is_some()),
            ),
        };
        match is_met {
            true => Ok(()),
            false => Err(Reason::Demand(name.to_owned())),
        }
    }
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
        self.demands
            .iter()
            .try_for_each(|demand| demand.check(claims))
            .map_err(invalid)?;
        self.check_resource(claims)
    }

    fn check_times(&self, claims: &Map<String, Value>, now: SystemTime) -> Result<(), VerifyError> {
        let expires_at = self.check_end(claims, now)?;
        self.check_begin(claims, now)?;
        let issued_at = self.check_issue(claims, now)?;
        match expires_at.duration_since(issued_at) {
            Ok(lifetime) if lifetime <= self.max_lifetime => Ok(()),
            _ => Err(invalid(Reason::Lifetime)),
        }
    }

    /// The same of claims that need not be there, because whoever said the others knows whether the token is good.
    pub(crate) fn check_times_if_said(
        &self,
        claims: &Map<String, Value>,
        now: SystemTime,
    ) -> Result<(), VerifyError> {
        if claims.contains_key("exp") {
            self.check_end(claims, now)?;
        }
        self.check_begin(claims, now)?;
        if claims.contains_key("iat") {
            self.check_issue(claims, now)?;
        }
        Ok(())
    }

    fn check_end(
        &self,
        claims: &Map<String, Value>,
        now: SystemTime,
    ) -> Result<SystemTime, VerifyError> {
        let expires_at = time(claims, "exp")?;
        match expires_at
            .checked_add(self.leeway)
            .is_some_and(|end| end <= now)
        {
            true => Err(VerifyError::Expired),
            false => Ok(expires_at),
        }
    }

    fn check_begin(&self, claims: &Map<String, Value>, now: SystemTime) -> Result<(), VerifyError> {
        if claims.contains_key("nbf") && time(claims, "nbf")? > self.later(now)? {
            return Err(invalid(Reason::NotYetValid));
        }
        Ok(())
    }

    fn check_issue(
        &self,
        claims: &Map<String, Value>,
        now: SystemTime,
    ) -> Result<SystemTime, VerifyError> {
        let issued_at = time(claims, "iat")?;
        match issued_at > self.later(now)? {
            true => Err(invalid(Reason::IssuedInFuture)),
            false => Ok(issued_at),
        }
    }

    /// What clocks that differ may call now.
    fn later(&self, now: SystemTime) -> Result<SystemTime, VerifyError> {
        now.checked_add(self.leeway)
            .ok_or(invalid(Reason::Claim("iat")))
    }

    /// Whether the token names an issuer that is trusted, if it is that issuer's.
    pub(crate) fn check_issuer(&self, claims: &Map<String, Value>) -> Result<(), VerifyError> {
        let Some(Value::String(issuer)) = claims.get("iss") else {
            return Err(invalid(Reason::Claim("iss")));
        };
        match self.issuers.iter().any(|known| known == issuer) {
            true => Ok(()),
            false => Err(invalid(Reason::Issuer)),
        }
    }

    pub(crate) fn check_audience(&self, claims: &Map<String, Value>) -> Result<(), VerifyError> {
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

    pub(crate) fn check_resource(&self, claims: &Map<String, Value>) -> Result<(), VerifyError> {
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

fn time(claims: &Map<String, Value>, name: &'static str) -> Result<SystemTime, VerifyError> {
    claims::time(claims, name).ok_or(invalid(Reason::Claim(name)))
}
