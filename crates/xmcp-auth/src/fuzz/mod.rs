//! Fuzz targets: what strangers and authorization servers send, given to what reads it here. Each is a function of bytes that panics
//! when a property does not hold. `fuzz/README.md` says how to run them; here they get their corpus and changes of it.

mod authorization;
mod claims;
mod discovery;
mod forwarded;
mod key_set;
mod metadata;
mod token;

pub use authorization::authorization;
pub use claims::claims;
pub use discovery::discovery;
pub use forwarded::forwarded;
pub use key_set::key_set;
pub use metadata::metadata;
pub use token::{jose_header, token};

pub use crate::{dpop::fuzz::dpop_proof, introspection::fuzz::introspection};

use serde_json::Value;

use crate::Algorithm;

/// All that there are: no target is spared what another configuration would read.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::Rs256,
    Algorithm::Rs384,
    Algorithm::Rs512,
    Algorithm::Ps256,
    Algorithm::Ps384,
    Algorithm::Ps512,
    Algorithm::Es256,
    Algorithm::Es384,
    Algorithm::EdDsa,
];

/// Whether there is a number in it that is no integer: reading it, serde_json may miss the nearest one by a bit.
fn has_fraction(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(items) => items.iter().any(has_fraction),
        Value::Object(members) => members.values().any(has_fraction),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use fuzz_corpus::check;

    #[test]
    fn a_header_that_is_accepted_has_exactly_one_token() {
        check("authorization", super::authorization);
    }

    #[test]
    fn a_token_that_is_taken_apart_is_three_canonical_parts_and_is_not_believed() {
        check("token", super::token);
    }

    #[test]
    fn a_jose_header_that_is_accepted_names_an_algorithm_and_brings_no_key() {
        check("jose_header", super::jose_header);
    }

    #[test]
    fn claims_that_are_accepted_are_for_us_and_now_to_any_reader() {
        check("claims", super::claims);
    }

    #[test]
    fn a_key_set_that_is_accepted_has_public_keys_only_and_verifies_no_garbage() {
        check("key_set", super::key_set);
    }

    #[test]
    fn a_token_that_an_endpoint_vouches_for_is_active_and_for_us() {
        check("introspection", super::introspection);
    }

    #[test]
    fn a_proof_that_is_accepted_is_by_its_own_key_for_one_request_and_of_now() {
        check("dpop_proof", super::dpop_proof);
    }

    #[test]
    fn nothing_that_a_stranger_writes_gets_past_what_a_trusted_proxy_saw() {
        check("forwarded", super::forwarded);
    }

    #[test]
    fn metadata_leads_to_keys_at_the_issuers_own_places_only() {
        check("discovery", super::discovery);
    }

    #[test]
    fn metadata_that_is_passed_on_has_known_members_only() {
        check("metadata", super::metadata);
    }
}
