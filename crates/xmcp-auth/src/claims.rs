//! Claims, read with checks: a number that is no time, or a text that is no text, is nobody's session.

use std::time::{Duration, SystemTime};

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A claim that is not what was asked for. Says nothing of its value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("claim `{name}` is not a `{expected}`")]
pub struct ClaimError {
    name: String,
    expected: &'static str,
}

/// The claim as a `T`, none when it is missing or null.
pub(crate) fn typed<T: DeserializeOwned>(
    claims: &Map<String, Value>,
    name: &str,
) -> Result<Option<T>, ClaimError> {
    match claims.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => T::deserialize(value).map(Some).map_err(|_| ClaimError {
            name: name.to_owned(),
            expected: std::any::type_name::<T>(),
        }),
    }
}

/// The claim as a text that is not empty.
pub(crate) fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    claims
        .get(name)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
}

/// The texts of a claim that is a list; a text alone is a list of one.
pub(crate) fn texts(claims: &Map<String, Value>, name: &str) -> Vec<String> {
    match claims.get(name) {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(values)) => values
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    }
}

/// The claim as a point in time (RFC 7519, NumericDate): seconds since 1970, fractions dropped. None when it is missing, no
/// number, before 1970, or beyond what the system's clock can say.
pub(crate) fn time(claims: &Map<String, Value>, name: &str) -> Option<SystemTime> {
    let value = claims.get(name)?;
    let seconds = match value.as_u64() {
        Some(seconds) => Duration::from_secs(seconds),
        None => Duration::try_from_secs_f64(value.as_f64()?.trunc()).ok()?,
    };
    SystemTime::UNIX_EPOCH.checked_add(seconds)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claims(value: Value) -> Map<String, Value> {
        match value {
            Value::Object(claims) => claims,
            _ => Map::new(),
        }
    }

    #[test]
    fn a_time_is_checked_and_never_panics() {
        let of = |value: Value| time(&claims(json!({ "exp": value })), "exp");
        let at = |seconds| Some(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds));
        assert_eq!(of(json!(1_788_437_220)), at(1_788_437_220));
        assert_eq!(of(json!(1_788_437_220.75)), at(1_788_437_220));
        assert_eq!(of(json!(0)), at(0));
        for strange in [
            json!(null),
            json!("never"),
            json!(-5),
            json!(-5.5),
            json!(1e300),
            json!(u64::MAX),
            json!([1]),
        ] {
            assert_eq!(of(strange.clone()), None, "{strange}");
        }
        assert_eq!(time(&Map::new(), "exp"), None);
    }

    #[test]
    fn a_claim_of_another_type_is_an_error_that_does_not_show_it() {
        let claims = claims(json!({ "plan": "secret-plan", "seats": 5, "none": null }));
        assert_eq!(typed::<u32>(&claims, "seats"), Ok(Some(5)));
        assert_eq!(typed::<u32>(&claims, "none"), Ok(None));
        assert_eq!(typed::<u32>(&claims, "missing"), Ok(None));
        let error = typed::<u32>(&claims, "plan").unwrap_err();
        assert_eq!(error.to_string(), "claim `plan` is not a `u32`");
    }
}
