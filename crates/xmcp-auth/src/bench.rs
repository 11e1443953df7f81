//! What cannot be reached from outside, for `benches/` of the workspace. No part of the interface.

use crate::{Algorithm, keys::KeySet};

/// How many keys of a document are fit for one of these algorithms.
pub fn key_set(document: &[u8], algorithms: &[Algorithm]) -> usize {
    KeySet::parse(document, algorithms).map_or(0, |keys| keys.len())
}
