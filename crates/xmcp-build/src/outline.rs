//! What a file shows to those who look at it before it runs, as `cargo xmcp check` does. No code is generated from it.

use crate::Place;

/// The parts of a file that matter to its readers, each with its place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// Where its description stands: its first `//!` line, or a `///` line of its handler.
    pub description: Option<Place>,
    /// Where its `METADATA` is named.
    pub metadata: Option<Place>,
    /// The methods that its `METADATA` calls, in their order.
    pub calls: Vec<Call>,
    /// The fields of `Schema` that callers fill, by the names that serde gives them.
    pub arguments: Vec<Named>,
    /// The enums that callers choose from: those that derive both `Deserialize` and `JsonSchema`.
    pub enums: Vec<Choice>,
}

/// A call of a method, `.title("..")`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The name of the method.
    pub method: String,
    /// Where that stands.
    pub place: Place,
    /// Its argument, if that is a literal.
    pub value: Option<Literal>,
}

/// A value that stands in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// `true` or `false`.
    Boolean(bool),
    /// A text between quotes.
    Text(String),
}

/// A name, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The name.
    pub name: String,
    /// Where it stands.
    pub place: Place,
}

/// An enum that callers choose from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Its name in the code.
    pub name: String,
    /// Its variants without documentation, by their names in the code.
    pub undocumented: Vec<Named>,
}

impl Outline {
    /// The last call of a method, which is the one that counts.
    pub fn call(&self, method: &str) -> Option<&Call> {
        self.calls.iter().rev().find(|call| call.method == method)
    }

    /// What a method is told last, if that is `true` or `false`.
    pub fn boolean(&self, method: &str) -> Option<bool> {
        match self.call(method)?.value {
            Some(Literal::Boolean(value)) => Some(value),
            _ => None,
        }
    }
}
