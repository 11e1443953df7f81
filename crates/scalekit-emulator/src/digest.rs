//! SHA-256 as base64url, and comparisons that take the same time for every input of one length.

use aws_lc_rs::{
    constant_time,
    digest::{SHA256, digest},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

/// What PKCE calls S256, and what stands in the state folder instead of a refresh token.
pub(crate) fn sha256(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()))
}

/// Whether two secrets are the same.
pub(crate) fn same(one: &str, other: &str) -> bool {
    constant_time::verify_slices_are_equal(one.as_bytes(), other.as_bytes()).is_ok()
}
