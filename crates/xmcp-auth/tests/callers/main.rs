//! Callers of several kinds: with tokens that say nothing by themselves, with keys, and all of them at one resource.

#[path = "../support/log.rs"]
mod log;

mod api_keys;
mod fixture;
mod introspection;
mod several;
