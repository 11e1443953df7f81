//! Tests of the module, from its outside.

mod agreement;
mod arguments;
mod coercion;
mod effort;
mod foreign;
mod portable;
mod serde;
mod texts;
