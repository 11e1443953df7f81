//! The fuzz target of answers. `crate::fuzz` runs it.

use std::{
    sync::LazyLock,
    time::{Duration, SystemTime},
};

use serde_json::{Map, Value};

use super::{IntrospectionConfig, answer::Terms};

/// Now, for whoever reads the corpus.
const NOW: u64 = 1_800_000_000;
const LEEWAY: f64 = 30.0;
const ISSUER: &str = "https://auth.example.com";
const RESOURCE: &str = "https://notes.example.com/mcp";

static TERMS: LazyLock<Terms> = LazyLock::new(|| {
    let config = IntrospectionConfig::new("https://auth.example.com/introspect", ISSUER);
    Terms::new(
        &config.expect("the endpoint is a URL"),
        &[RESOURCE.to_owned()],
    )
});

/// What an introspection endpoint answers (RFC 7662, section 2.2): a token that is accepted is active, for us, and not over, to a reader
/// that minds nothing too.
pub fn introspection(data: &[u8]) {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW);
    let Ok(Ok(session)) = TERMS.session(data, now) else {
        return;
    };
    let read: Map<String, Value> = serde_json::from_slice(data).expect("it is JSON");
    assert_eq!(read["active"], true);
    assert_eq!(session.user_id(), read["sub"]);
    assert_eq!(session.issuer(), ISSUER);
    assert!(read.get("iss").is_none_or(|issuer| issuer == ISSUER));
    assert!(read.contains_key("aud"));
    if let Some(end) = read.get("exp") {
        assert!(end.as_f64().expect("a time") + LEEWAY > NOW as f64);
    }
    let refresh = |name| {
        read.get(name)
            .and_then(Value::as_str)
            .is_some_and(|text| text.eq_ignore_ascii_case("refresh"))
    };
    assert!(!refresh("typ") && !refresh("token_type"));
    for scope in session.scopes().iter() {
        assert!(!scope.is_empty() && !scope.contains(char::is_whitespace));
    }
}
