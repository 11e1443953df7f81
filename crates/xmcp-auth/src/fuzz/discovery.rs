//! Metadata of an authorization server, as it says where the keys are.

use std::sync::LazyLock;

use serde_json::{Map, Value};
use url::Url;

use crate::discovery::{Discovery, Documents};

const ISSUER: &str = "https://auth.example.com/tenant";

static DISCOVERY: LazyLock<Discovery> = LazyLock::new(|| {
    let elsewhere = Url::parse("https://keys.example.com").expect("it is a URL");
    Discovery::new(ISSUER, Documents::Either, [elsewhere.origin()]).expect("it is `https`")
});

/// The document at an issuer's well-known place (RFC 8414, section 3): what it says is followed only if it names this issuer to the
/// letter, and only to `https` at the issuer's own origin or a listed one.
pub fn discovery(data: &[u8]) {
    let Some(keys) = DISCOVERY.keys_in(data) else {
        return;
    };
    let keys = Url::parse(&keys).expect("it is a URL");
    assert_eq!(keys.scheme(), "https");
    assert!(
        matches!(
            keys.host_str(),
            Some("auth.example.com" | "keys.example.com")
        ),
        "{keys}"
    );
    assert_eq!(keys.port(), None);
    assert!(
        keys.username().is_empty() && keys.password().is_none(),
        "{keys}"
    );
    if let Ok(read) = serde_json::from_slice::<Map<String, Value>>(data) {
        assert_eq!(read["issuer"], ISSUER);
    }
}
