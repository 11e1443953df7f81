//! Claims that somebody signed.

use std::time::{Duration, SystemTime};

use serde_json::{Map, Value};

use super::has_fraction;
use crate::{Credential, Session, claim_names::ClaimNames, json, token::Rules};

/// Now, for whoever reads the corpus.
const NOW: u64 = 1_800_000_000;
const LEEWAY: u64 = 30;
const LIFETIME: u64 = 24 * 60 * 60;
const ISSUER: &str = "https://auth.example.com";
const RESOURCE: &str = "https://notes.example.com/mcp";

/// The JSON of claims: what is accepted is for this resource and now, to a reader that minds nothing too, and becomes a session.
pub fn claims(data: &[u8]) {
    let Some(claims) = json::object(data) else {
        return;
    };
    let printed = Value::Object(claims.clone()).to_string();
    let again = json::object(printed.as_bytes()).expect("what is printed is read");
    assert!(again == claims || has_fraction(&again.into()), "{printed}");

    let rules = Rules {
        issuers: vec![ISSUER.to_owned()],
        audiences: vec![RESOURCE.to_owned(), "res_1".to_owned()],
        resources: vec![RESOURCE.to_owned()],
        leeway: Duration::from_secs(LEEWAY),
        max_lifetime: Duration::from_secs(LIFETIME),
        demands: Vec::new(),
        at_jwt_only: false,
    };
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(NOW);
    if rules.check(&claims, now).is_err() {
        // No claims at all may be a session's, but none may stop the process that asks.
        let _ = Session::from_claims(claims, &ClaimNames::default());
        return;
    }

    let read: Map<String, Value> = serde_json::from_slice(data).expect("it is JSON");
    let number = |name: &str| read[name].as_f64().expect("a time");
    let (now, leeway) = (NOW as f64, LEEWAY as f64);
    assert!(number("exp") + leeway > now);
    assert!(number("iat") < now + leeway + 1.0);
    assert!(number("exp") - number("iat") <= LIFETIME as f64 + 1.0);
    assert_eq!(read["iss"], ISSUER);
    let names = |value: &Value| value.as_str().is_some_and(is_ours);
    match &read["aud"] {
        Value::Array(several) => assert!(several.iter().any(names)),
        one => assert!(names(one)),
    }
    let bearer = Credential::Bearer("token").check_binding(read.get("cnf"));
    assert_eq!(bearer.is_ok(), !read.contains_key("cnf"));

    let session = Session::from_claims(claims, &ClaimNames::default())
        .expect("claims that are good are somebody's");
    assert_eq!(session.user_id(), read["sub"]);
    assert_eq!(session.issuer(), ISSUER);
    for scope in session.scopes().iter() {
        assert!(!scope.is_empty() && !scope.contains(char::is_whitespace));
        assert!(session.has_scope(scope));
    }
    assert!(!session.has_scope("no:such scope"));
    assert_eq!(
        format!("{session:?}"),
        format!("Session {{ user_id: {:?}, .. }}", session.user_id())
    );
}

/// Whether a name is one of this resource's, as a URL parser sees it.
fn is_ours(name: &str) -> bool {
    let normal = |name: &str| {
        let url = url::Url::parse(name).ok()?;
        let path = url.path().trim_end_matches('/').to_owned();
        Some((url.origin(), path, url.query().map(str::to_owned)))
    };
    name == "res_1"
        || name == RESOURCE
        || normal(name).is_some_and(|url| Some(url) == normal(RESOURCE))
}
