//! Metadata of an authorization server (RFC 8414), as it is passed on to old clients.

use serde_json::{Map, Value};

use super::has_fraction;
use crate::scalekit::legacy::{MEMBERS, known_members};

/// The document of an authorization server: what is passed on names its issuer, has known members only with their values as they
/// were, and is the same when it is passed on again.
pub fn metadata(data: &[u8]) {
    let Some(document) = known_members(data) else {
        return;
    };
    let [before, after]: [Map<String, Value>; 2] =
        [data, &document].map(|text| serde_json::from_slice(text).expect("it is a JSON object"));
    assert!(after["issuer"].is_string());
    for (name, value) in &after {
        assert!(MEMBERS.contains(&name.as_str()), "{name}");
        assert!(
            before.get(name) == Some(value) || has_fraction(value),
            "{name}"
        );
    }
    let again = known_members(&document).expect("it was passed on before");
    assert!(again == document || has_fraction(&after.into()));
}
