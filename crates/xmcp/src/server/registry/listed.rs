//! What lists, gates and logs know of a primitive of any kind.

use std::borrow::Cow;

use serde::Serialize;

use crate::{Era, codegen::Shape, dynamic::Common, metadata::Terms};

/// What lists, gates and logs know of a tool, a prompt or a resource.
pub(crate) struct Listed {
    /// The name, or the URI of a resource.
    pub(crate) key: Cow<'static, str>,
    pub(crate) description: Cow<'static, str>,
    /// The scopes without which it cannot be used.
    pub(crate) scopes: Vec<Cow<'static, str>>,
    /// Whether it is for everybody whom the provider lets in.
    pub(crate) public: bool,
    pub(crate) order: i32,
    /// Whether the handler can send something before it answers.
    pub(crate) can_talk_back: bool,
    /// Whether the handler can say that something has changed.
    pub(crate) can_change: bool,
    definition: DefinitionText,
}

/// A definition as JSON text.
pub(crate) struct DefinitionText {
    legacy: String,
    /// Where it is another one.
    modern: Option<String>,
}

impl DefinitionText {
    /// One for both generations.
    pub(crate) fn of(written: &impl Serialize) -> Self {
        Self {
            legacy: text(written),
            modern: None,
        }
    }

    /// One a generation.
    pub(super) fn by_era(legacy: &impl Serialize, modern: &impl Serialize) -> Self {
        Self {
            legacy: text(legacy),
            modern: Some(text(modern)),
        }
    }
}

fn text(written: &impl Serialize) -> String {
    serde_json::to_string(written).expect("members have names, and every value is one of JSON")
}

impl Listed {
    pub(crate) fn new(
        key: Cow<'static, str>,
        description: Cow<'static, str>,
        definition: DefinitionText,
    ) -> Self {
        Self {
            key,
            description,
            scopes: Vec::new(),
            public: false,
            order: 0,
            can_talk_back: false,
            can_change: false,
            definition,
        }
    }

    /// With what a file's `METADATA` and its handler's arguments say.
    pub(super) fn of_file(self, terms: Terms, shape: &Shape) -> Self {
        Self {
            scopes: terms.scopes.iter().copied().map(Cow::Borrowed).collect(),
            public: terms.public,
            order: terms.order,
            can_talk_back: shape.can_talk_back,
            can_change: shape.can_change(),
            ..self
        }
    }

    /// What is said of one of run time. Its handler has the request, so it can do everything.
    pub(super) fn dynamic(key: String, common: &Common, definition: DefinitionText) -> Self {
        Self {
            scopes: common.scopes.iter().cloned().map(Cow::Owned).collect(),
            public: common.public,
            order: common.order,
            can_talk_back: true,
            can_change: true,
            ..Self::new(
                Cow::Owned(key),
                Cow::Owned(common.description.clone()),
                definition,
            )
        }
    }

    /// What no other of its kind has: the key, and of a template its shape, whatever its parameters are called.
    pub(super) fn identity(&self) -> String {
        let segments = self.key.split('/').map(|segment| match segment {
            rest if rest.starts_with("{+") => "{+}",
            parameter if parameter.starts_with('{') => "{}",
            literal => literal,
        });
        segments.collect::<Vec<_>>().join("/")
    }

    /// The definition in a list of that generation.
    pub(crate) fn definition(&self, era: Era) -> &str {
        let DefinitionText { legacy, modern } = &self.definition;
        match era {
            Era::Legacy => legacy,
            Era::Modern => modern.as_ref().unwrap_or(legacy),
        }
    }
}

/// A tool, a prompt or a resource.
pub(crate) trait Primitive {
    fn listed(&self) -> &Listed;
}
