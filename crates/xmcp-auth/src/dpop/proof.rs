//! One proof: a JWT that its own key signed, for one request (RFC 9449, section 4).

use std::time::{Duration, SystemTime};

use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::Method;
use serde_json::{Map, Value};

use super::{ALGORITHMS, Place, thumbprint::thumbprint};
use crate::{
    Algorithm, Reason, claims,
    fingerprint::Fingerprint,
    json,
    keys::{Key, Unfit},
};

/// No proof is longer.
const MAX_LENGTH: usize = 8 * 1024;

/// How old a proof may be. It is made for one request, and a slow network takes its time.
const BACK: Duration = Duration::from_secs(60);

/// How far the client's clock may be ahead of ours.
const AHEAD: Duration = Duration::from_secs(30);

/// How long the same proof can be good.
pub(super) const LIFETIME: Duration = Duration::from_secs(BACK.as_secs() + AHEAD.as_secs());

/// What names a proof is no longer.
const MAX_ID: usize = 256;

/// Parameters that name a key elsewhere, or change what is signed.
const FORBIDDEN: [&str; 5] = ["crit", "jku", "x5u", "x5c", "b64"];

/// What a proof must be a proof of.
pub(super) struct Expected<'a> {
    pub(super) method: &'a Method,
    pub(super) path: &'a str,
    pub(super) place: &'a Place,
    pub(super) token: &'a str,
    pub(super) now: SystemTime,
}

/// A proof that is good. Whether it was used before is another question.
#[derive(Debug)]
pub(crate) struct Proof {
    thumbprint: String,
    id: Fingerprint,
}

/// Why a request proves nothing. For the log only; what a stranger wrote is cut short and escaped.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ProofError {
    #[error("there is no `DPoP` header")]
    Missing,
    #[error("there is more than one `DPoP` header")]
    Several,
    #[error("it is no signed JWT, or too long")]
    Malformed,
    #[error("header parameter `{0}` is not acceptable")]
    Header(&'static str),
    #[error("algorithm `{0}` is not in use here")]
    Algorithm(String),
    #[error("the key in its header is {0}")]
    Key(Unfit),
    #[error("the signature is not by the key in its header")]
    Signature,
    #[error("claim `{0}` is missing or not what it must be")]
    Claim(&'static str),
    #[error("it is for another method, `{0}`")]
    Method(String),
    #[error("it is for another URL, `{0}`")]
    Url(String),
    #[error("it was made more than {} seconds ago", BACK.as_secs())]
    TooOld,
    #[error("it was made in the future: the client's clock is ahead by more than {} seconds", AHEAD.as_secs())]
    InFuture,
    #[error("it is for another token")]
    Token,
    #[error("it was used before")]
    Replayed,
}

impl Proof {
    /// The proof that this text is, checked in full. What costs little is looked at first: whoever made it chose the key as well, so the
    /// signature says no more of the rest than that nobody changed it.
    pub(super) fn check(text: &[u8], expected: &Expected<'_>) -> Result<Self, ProofError> {
        let text = std::str::from_utf8(text).map_err(|_| ProofError::Malformed)?;
        if text.len() > MAX_LENGTH {
            return Err(ProofError::Malformed);
        }
        let mut parts = text.split('.');
        let (Some(header), Some(claims), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(ProofError::Malformed);
        };
        let signed = &text[..header.len() + 1 + claims.len()];
        let (algorithm, jwk) = header_of(object(header)?)?;
        let claims = object(claims)?;
        expected.check(&claims)?;
        let id = claims::text(&claims, "jti")
            .filter(|id| id.len() <= MAX_ID)
            .ok_or(ProofError::Claim("jti"))?;
        let thumbprint = thumbprint(&jwk).ok_or(ProofError::Key(Unfit::Unknown));
        let key = Key::parse(jwk, &[algorithm]).map_err(ProofError::Key)?;
        let thumbprint = thumbprint?;
        let signature = URL_SAFE_NO_PAD
            .decode(signature)
            .map_err(|_| ProofError::Malformed)?;
        if !key.verifies(algorithm, signed.as_bytes(), &signature) {
            return Err(ProofError::Signature);
        }
        Ok(Self {
            id: Fingerprint::of(&format!("{thumbprint} {id}")),
            thumbprint,
        })
    }

    /// The thumbprint of the key that was proven, to be compared with the token's `cnf.jkt`.
    pub(crate) fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// What no other proof of this key has.
    pub(super) fn id(&self) -> &Fingerprint {
        &self.id
    }

    #[cfg(test)]
    pub(super) fn of_test(thumbprint: &str, id: &str) -> Self {
        Self {
            id: Fingerprint::of(&format!("{thumbprint} {id}")),
            thumbprint: thumbprint.to_owned(),
        }
    }
}

impl Expected<'_> {
    fn check(&self, claims: &Map<String, Value>) -> Result<(), ProofError> {
        let text = |name| claims::text(claims, name).ok_or(ProofError::Claim(name));
        let method = text("htm")?;
        if method != self.method.as_str() {
            return Err(ProofError::Method(Reason::excerpt(method)));
        }
        let url = text("htu")?;
        if !self.place.is_at(url, self.path) {
            return Err(ProofError::Url(Reason::excerpt(url)));
        }
        self.check_times(claims)?;
        let digest = digest::digest(&digest::SHA256, self.token.as_bytes());
        match text("ath")? == URL_SAFE_NO_PAD.encode(digest) {
            true => Ok(()),
            false => Err(ProofError::Token),
        }
    }

    fn check_times(&self, claims: &Map<String, Value>) -> Result<(), ProofError> {
        let time = |name| claims::time(claims, name).ok_or(ProofError::Claim(name));
        let latest = self.now.checked_add(AHEAD);
        let is_to_come = |time| latest.is_none_or(|latest| time > latest);
        let made_at = time("iat")?;
        if is_to_come(made_at) {
            return Err(ProofError::InFuture);
        }
        if made_at.checked_add(BACK).is_some_and(|end| end <= self.now) {
            return Err(ProofError::TooOld);
        }
        // Neither has to be there; what is there holds (RFC 7519, sections 4.1.4 and 4.1.5).
        if claims.contains_key("exp") && time("exp")? <= self.now {
            return Err(ProofError::TooOld);
        }
        if claims.contains_key("nbf") && is_to_come(time("nbf")?) {
            return Err(ProofError::InFuture);
        }
        Ok(())
    }
}

fn object(part: &str) -> Result<Map<String, Value>, ProofError> {
    let text = URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| ProofError::Malformed)?;
    json::object(&text).ok_or(ProofError::Malformed)
}

/// The algorithm and the key that the header brings.
fn header_of(
    mut header: Map<String, Value>,
) -> Result<(Algorithm, Map<String, Value>), ProofError> {
    if header.get("typ").and_then(Value::as_str) != Some("dpop+jwt") {
        return Err(ProofError::Header("typ"));
    }
    let Some(Value::String(name)) = header.get("alg") else {
        return Err(ProofError::Header("alg"));
    };
    let algorithm = ALGORITHMS
        .into_iter()
        .find(|algorithm| algorithm.name() == name)
        .ok_or_else(|| ProofError::Algorithm(Reason::excerpt(name)))?;
    if let Some(name) = FORBIDDEN.iter().find(|name| header.contains_key(**name)) {
        return Err(ProofError::Header(name));
    }
    match header.remove("jwk") {
        Some(Value::Object(jwk)) => Ok((algorithm, jwk)),
        _ => Err(ProofError::Header("jwk")),
    }
}
