//! A compiled schema, and the two ways of asking it.

use std::borrow::Cow;
use std::fmt;

use serde_json::{Map, Value};

use super::compile;
use super::error::SchemaError;
use super::explain::Explain;
use super::node::Node;
use super::path::Path;
use super::violations::Violations;
use super::{accept, coerce, parse};

/// Depth of arguments beyond which they are refused: what serde_json reads.
pub(super) const DEEPEST: usize = 128;

/// The arguments of one tool, checked. Made once, at start.
pub(crate) struct InputCheck {
    nodes: Box<[Node]>,
    root: usize,
    strict: bool,
}

impl InputCheck {
    /// Compiles a schema.
    ///
    /// `strict` turns off every reading of a value as another type: strings that hold JSON, `1.0` for an
    /// integer, `null` for an absent member.
    ///
    /// # Errors
    ///
    /// The schema is no valid JSON Schema, refers to another document, or has a pattern that cannot be matched
    /// in linear time.
    pub(crate) fn compile(schema: &Map<String, Value>, strict: bool) -> Result<Self, SchemaError> {
        let (nodes, root) = compile::compile(schema)?;
        Ok(Self {
            nodes: nodes.into(),
            root,
            strict,
        })
    }

    /// Checks the JSON text of a call's arguments. What comes back is that text, or a new one where something
    /// was coerced.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with them, for the model to read.
    pub(crate) fn check<'a>(&self, arguments: &'a str) -> Result<Cow<'a, str>, Violations> {
        if accept::accepts(&self.nodes, self.root, !self.strict, arguments) {
            return Ok(Cow::Borrowed(arguments));
        }
        self.explain(arguments)
    }

    #[cfg(test)]
    pub(super) fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    #[cfg(test)]
    pub(super) fn root(&self) -> usize {
        self.root
    }

    /// The slow way: builds the value, coerces, and says what is wrong.
    pub(super) fn explain<'a>(&self, arguments: &'a str) -> Result<Cow<'a, str>, Violations> {
        let parsed = parse::value(arguments)?;
        let mut value = parsed.value;
        if !value.is_object() {
            let got = super::violations::excerpt(&value);
            return Err(Violations::of(
                &Path::Root,
                format_args!("expected an object with the arguments, got {got}"),
            ));
        }
        let changed = !self.strict && coerce::coerce(&self.nodes, self.root, &mut value);
        let mut explain = Explain::new(&self.nodes, &parsed.duplicates, arguments.len());
        explain.check(self.root, &value, &Path::Root, 0);
        let violations = explain.finish();
        if !violations.is_empty() {
            return Err(violations);
        }
        if !changed {
            return Ok(Cow::Borrowed(arguments));
        }
        match serde_json::to_string(&value) {
            Ok(text) => Ok(Cow::Owned(text)),
            Err(error) => Err(Violations::of(&Path::Root, error)),
        }
    }
}

impl fmt::Debug for InputCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InputCheck")
            .field("nodes", &self.nodes.len())
            .field("strict", &self.strict)
            .finish()
    }
}
