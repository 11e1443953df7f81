//! What this server can do, as it announces it: nothing but what works.

use serde_json::{Map, Value, json};

use super::{Method, Registry};

/// What this server can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Capabilities {
    prompts: bool,
    resources: bool,
    completions: bool,
    logging: bool,
}

impl Capabilities {
    pub(crate) fn of(registry: &Registry) -> Self {
        Self {
            prompts: !registry.prompts.is_empty(),
            resources: !registry.resources.is_empty() || !registry.templates.is_empty(),
            completions: registry.can_complete(),
            logging: registry.can_log(),
        }
    }

    /// Whether a method belongs to something that is there. One that does not is answered as one that nobody knows (2025-11-25
    /// basic/lifecycle, "Operation").
    pub(crate) fn has(self, method: Method) -> bool {
        match method {
            Method::ListPrompts | Method::GetPrompt => self.prompts,
            Method::ListResources | Method::ListTemplates | Method::ReadResource => self.resources,
            Method::Complete => self.completions,
            Method::SetLevel => self.logging,
            Method::Initialize
            | Method::Ping
            | Method::Discover
            | Method::ListTools
            | Method::CallTool => true,
        }
    }

    /// `ServerCapabilities` of the schema.
    pub(crate) fn to_json(self) -> Value {
        let mut capabilities = Map::new();
        let mut insert = |name: &str, is_there: bool| {
            if is_there {
                capabilities.insert(name.to_owned(), json!({}));
            }
        };
        insert("tools", true);
        insert("prompts", self.prompts);
        insert("resources", self.resources);
        insert("completions", self.completions);
        insert("logging", self.logging);
        Value::Object(capabilities)
    }
}
