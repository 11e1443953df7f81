//! The schemas of tools: made so that every client accepts them, and enforced so that a handler never sees what
//! they forbid.
//!
//! [`input_schema`] and [`output_schema`] turn a Rust type into a portable JSON Schema. [`InputCheck`] compiles
//! any schema once, at start; at each call it walks the text of the arguments without building a value. Only
//! when that walk does not accept is a value built, to coerce what the schema leaves no doubt about and to tell
//! the model what to mend. [`deserialize`] says what serde alone refuses, in the same words.

mod accept;
mod alternatives;
mod check;
mod coerce;
mod compile;
mod deserialize;
mod dialect;
mod error;
mod expectation;
mod explain;
#[cfg(feature = "json-schema")]
mod foreign;
#[cfg(not(feature = "json-schema"))]
#[path = "foreign/absent.rs"]
mod foreign;
mod format;
mod generate;
mod keyword;
mod node;
mod number;
mod order;
mod parse;
mod path;
mod pattern;
mod portable;
mod root;
mod similar;
mod stop;
mod tags;
mod unique;
mod violations;

pub(crate) use self::check::InputCheck;
pub(crate) use self::deserialize::deserialize;
pub use self::generate::input_schema;
pub(crate) use self::generate::{OutputSchema, form_schema, output_schema};
pub(crate) use self::violations::Violations;

#[cfg(test)]
mod tests;
