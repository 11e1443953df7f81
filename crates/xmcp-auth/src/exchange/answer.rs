//! What the token endpoint answered (RFC 8693, section 2.2).

use std::time::{Duration, SystemTime};

use http::StatusCode;
use serde_json::{Map, Value};

use super::{AccessToken, ExchangeError};
use crate::{Reason, ScopeSet, http::Answer, json};

/// What a token may be called that goes after `Bearer`.
const ISSUED: [&str; 2] = [
    "urn:ietf:params:oauth:token-type:access_token",
    "urn:ietf:params:oauth:token-type:jwt",
];

/// No token is longer.
const MAX_LENGTH: usize = 8 * 1024;

/// The token of an answer to a request that was sent then, for these scopes.
pub(super) fn token(
    answer: &Answer,
    sent_at: SystemTime,
    asked: &ScopeSet,
) -> Result<AccessToken, ExchangeError> {
    if answer.status.is_server_error() || answer.status == StatusCode::TOO_MANY_REQUESTS {
        return Err(ExchangeError::Unavailable);
    }
    let members =
        json::object(&answer.body).ok_or(ExchangeError::Unexpected("it is no JSON object"))?;
    if answer.status != StatusCode::OK {
        return Err(refused(&members));
    }
    let text = |name| members.get(name).and_then(Value::as_str);
    if !text("token_type").is_some_and(|kind| kind.eq_ignore_ascii_case("Bearer")) {
        return Err(ExchangeError::Unexpected("`token_type` is not `Bearer`"));
    }
    let is_other = |value: &Value| !value.as_str().is_some_and(|kind| ISSUED.contains(&kind));
    if members.get("issued_token_type").is_some_and(is_other) {
        return Err(ExchangeError::Unexpected(
            "`issued_token_type` is not that of an access token",
        ));
    }
    let expires_at = members
        .get("expires_in")
        .and_then(Value::as_u64)
        .and_then(|seconds| sent_at.checked_add(Duration::from_secs(seconds)));
    let scopes = text("scope").map_or_else(|| asked.clone(), ScopeSet::parse);
    text("access_token")
        .filter(|token| token.len() <= MAX_LENGTH)
        .and_then(|token| AccessToken::new(token, expires_at, scopes))
        .ok_or(ExchangeError::Unexpected(
            "`access_token` is missing or not the text of a token",
        ))
}

fn refused(members: &Map<String, Value>) -> ExchangeError {
    let text = |name| members.get(name).and_then(Value::as_str);
    match text("error").filter(|code| !code.is_empty()) {
        Some(code) => {
            let code = Reason::excerpt(code);
            let description = text("error_description").map(Reason::excerpt);
            tracing::debug!(
                code,
                description,
                "the authorization server refused to exchange a token"
            );
            ExchangeError::Refused { code }
        }
        None => ExchangeError::Unexpected("it is a refusal without an `error`"),
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use serde_json::json;

    use super::*;

    fn of(status: u16, body: impl Into<String>) -> Result<AccessToken, ExchangeError> {
        let answer = Answer {
            status: StatusCode::from_u16(status).unwrap(),
            headers: HeaderMap::new(),
            body: body.into().into(),
        };
        token(&answer, SystemTime::UNIX_EPOCH, &ScopeSet::parse("a b"))
    }

    fn good() -> Value {
        json!({ "access_token": "t", "issued_token_type": ISSUED[0], "token_type": "bearer", "expires_in": 60 })
    }

    #[test]
    fn a_token_says_when_it_ends_and_what_it_is_good_for() {
        let token = of(200, good().to_string()).unwrap();
        assert_eq!(token.expose(), "t");
        assert_eq!(token.authorization(), "Bearer t");
        assert!(token.authorization().is_sensitive());
        let end = SystemTime::UNIX_EPOCH + Duration::from_secs(60);
        assert_eq!(token.expires_at(), Some(end));
        assert_eq!(token.scopes().to_string(), "a b");
        let mut other = good();
        other["scope"] = json!("a");
        other["expires_in"] = json!(u64::MAX);
        let token = of(200, other.to_string()).unwrap();
        assert_eq!(
            (token.scopes().to_string().as_str(), token.expires_at()),
            ("a", None)
        );
    }

    #[test]
    fn what_is_no_bearer_token_is_refused() {
        for (name, value) in [
            ("access_token", json!(null)),
            ("access_token", json!("")),
            ("access_token", json!("a b")),
            ("access_token", json!("a\r\nb")),
            ("access_token", json!("a".repeat(9000))),
            ("access_token", json!(["t"])),
            ("token_type", json!(null)),
            ("token_type", json!("DPoP")),
            ("token_type", json!("N_A")),
            (
                "issued_token_type",
                json!("urn:ietf:params:oauth:token-type:saml2"),
            ),
            ("issued_token_type", json!(7)),
        ] {
            let mut body = good();
            body[name] = value;
            let refused = of(200, body.to_string());
            assert!(
                matches!(refused, Err(ExchangeError::Unexpected(_))),
                "{body}: {refused:?}"
            );
        }
        for body in [
            "",
            "[]",
            "<html>",
            r#"{"token_type":"Bearer","token_type":"Bearer"}"#,
        ] {
            assert!(
                matches!(of(200, body), Err(ExchangeError::Unexpected(_))),
                "{body}"
            );
        }
    }

    #[test]
    fn a_refusal_is_its_code_and_a_failure_is_none() {
        let code = |body: &str| match of(400, body) {
            Err(ExchangeError::Refused { code }) => Some(code),
            _ => None,
        };
        assert_eq!(
            code(r#"{"error":"invalid_target"}"#).as_deref(),
            Some("invalid_target")
        );
        assert_eq!(
            code(r#"{"error":"\u001b[2J"}"#).as_deref(),
            Some("\\u{1b}[2J")
        );
        let long = code(&format!(r#"{{"error":"{}"}}"#, "e".repeat(500)));
        assert_eq!(long.map(|code| code.len()), Some(64));
        assert_eq!(code(r#"{"error":""}"#), None);
        for status in [500, 503, 429] {
            assert_eq!(
                of(status, r#"{"error":"x"}"#).unwrap_err(),
                ExchangeError::Unavailable
            );
        }
    }
}
