//! The authorization server's public keys.
//!
//! 1. A key set is read key by key: what we do not know or may not use is skipped and counted, and is no reason to refuse the rest.
//! 2. A key verifies what it says it is for, and no more: type, algorithm, use, operations, and a modulus long enough.
//! 3. Symmetric and private keys are never used, whoever publishes them. A secret comes from configuration alone.
//! 4. Strangers' tokens do not drive our traffic: see [`source`] for when a set is fetched.

mod absent;
mod key;
mod key_set;
mod location;
mod source;
mod supply;

pub(crate) use key::{Key, Unfit};
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use key_set::Found;
pub(crate) use key_set::KeySet;
pub(crate) use location::Location;
pub(crate) use source::{KeySource, NoKey, Notices};
pub(crate) use supply::Supply;
