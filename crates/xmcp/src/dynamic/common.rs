//! What tools, prompts and resources of run time have in common.

use serde_json::{Map, Value};

/// What lists say of a primitive of any kind.
#[derive(Clone, Debug, Default)]
pub(crate) struct Common {
    /// The name; the URI of a resource has a place of its own.
    pub(crate) name: String,
    pub(crate) title: Option<String>,
    pub(crate) description: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) public: bool,
    pub(crate) order: i32,
    pub(crate) meta: Option<Map<String, Value>>,
}

/// What a handler takes.
#[derive(Clone, Debug)]
pub(crate) enum Takes {
    Nothing,
    /// The schema of a type.
    Type(Map<String, Value>),
    /// A JSON Schema as it is.
    Schema(Value),
}

impl Common {
    pub(super) fn new(name: String) -> Self {
        Self {
            name,
            ..Self::default()
        }
    }

    /// `_meta` of the definition.
    pub(crate) fn meta(&self) -> Option<Value> {
        self.meta.clone().map(Value::Object)
    }
}

/// The members that every kind has, with the name of the kind in their texts.
macro_rules! common_members {
    ($noun:literal) => {
        /// With a name for people.
        #[must_use]
        pub fn title(mut self, title: impl Into<String>) -> Self {
            self.common.title = Some(title.into());
            self
        }

        #[doc = concat!("With what the ", $noun, " is for.")]
        #[must_use]
        pub fn description(mut self, description: impl Into<String>) -> Self {
            self.common.description = description.into();
            self
        }

        /// With the scopes that a caller's session must hold, all of them.
        #[must_use]
        pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
            self.common.scopes = scopes.into_iter().map(Into::into).collect();
            self
        }

        #[doc = concat!("Says whether the ", $noun, " is for everybody whom the auth provider lets in: under an")]
        /// [optional](xmcp_auth::Provider::optional) one also for who brings no credential. Scopes are asked for if there are any.
        #[must_use]
        pub fn public(mut self, public: bool) -> Self {
            self.common.public = public;
            self
        }

        /// With its place among those of run time, which all stand behind those of files: a smaller number stands first. Without it
        /// the number is 0.
        #[must_use]
        pub fn order(mut self, order: i32) -> Self {
            self.common.order = order;
            self
        }

        /// With members of `_meta` in its list, for programs that know them.
        #[must_use]
        pub fn meta(mut self, meta: serde_json::Map<String, serde_json::Value>) -> Self {
            self.common.meta = Some(meta);
            self
        }
    };
}
pub(super) use common_members;
