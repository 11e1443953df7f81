//! What this server can do, as it announces it: nothing but what works.

use serde_json::{Map, Value, json};

use super::{Method, registry::Primitives, skills, subscriptions::Filter, tasks};
use crate::Era;

/// What this server can do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Capabilities {
    prompts: bool,
    resources: bool,
    completions: bool,
    logging: bool,
    /// Whether any tool runs as a task.
    tasks: bool,
    skills: bool,
    /// Whether anybody can say that something has changed.
    changes: bool,
    /// Whether clients before 2026-07-28 can be told.
    tells_legacy: bool,
}

/// What decides about changes beside the handlers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Telling {
    /// Clients before 2026-07-28 can be told.
    pub(crate) legacy: bool,
    /// Something is said to have changed outside of any request: by the app's state, which has the server's handle, or by a supervisor.
    pub(crate) outside: bool,
}

impl Capabilities {
    pub(crate) fn of(registry: &Primitives, telling: Telling) -> Self {
        Self {
            prompts: !registry.prompts.is_empty(),
            resources: !registry.resources.is_empty() || !registry.templates.is_empty(),
            completions: registry.can_complete(),
            logging: registry.can_log(),
            tasks: registry.has_tasks(),
            skills: registry.has_skills(),
            changes: telling.outside || registry.can_change(),
            tells_legacy: telling.legacy,
        }
    }

    /// Whether a method belongs to something that is there. One that does not is answered as one that nobody knows (2025-11-25
    /// basic/lifecycle, "Operation").
    pub(crate) fn has(self, method: Method) -> bool {
        match method {
            Method::ListPrompts | Method::GetPrompt => self.prompts,
            Method::ListResources | Method::ListTemplates | Method::ReadResource => self.resources,
            Method::Complete => self.completions,
            Method::GetTask | Method::UpdateTask | Method::CancelTask => self.tasks,
            Method::ListSkills | Method::GetSkill | Method::ReadDirectory => self.skills,
            Method::SetLevel => self.logging,
            Method::Subscribe | Method::Unsubscribe => self.resources && self.tells_legacy,
            Method::Initialize
            | Method::Ping
            | Method::Discover
            | Method::Listen
            | Method::ListTools
            | Method::CallTool => true,
        }
    }

    /// What of a filter this server can tell of.
    pub(crate) fn tellable(self, filter: Filter) -> Filter {
        Filter {
            tools_list_changed: filter.tools_list_changed,
            prompts_list_changed: filter.prompts_list_changed && self.prompts,
            resources_list_changed: filter.resources_list_changed && self.resources,
            resource_subscriptions: match self.resources {
                true => filter.resource_subscriptions,
                false => Vec::new(),
            },
        }
    }

    /// The extensions of the protocol that work here, each with its settings.
    fn extensions(self, era: Era) -> Map<String, Value> {
        let mut extensions = Map::new();
        if self.tasks && era == Era::Modern {
            extensions.insert(tasks::EXTENSION.to_owned(), Value::Object(Map::new()));
        }
        if self.skills && era == Era::Modern {
            extensions.insert(
                skills::EXTENSION.to_owned(),
                json!({ "directoryRead": true }),
            );
        }
        extensions
    }

    /// `ServerCapabilities` of the schema.
    pub(crate) fn to_json(self, era: Era) -> Value {
        let changes = self.changes && (era == Era::Modern || self.tells_legacy);
        let mut capabilities = Map::new();
        let mut insert = |name: &str, is_there: bool, members: &[&str]| {
            if is_there {
                let members = members.iter().filter(|_| changes);
                let members = members.map(|member| ((*member).to_owned(), Value::Bool(true)));
                capabilities.insert(name.to_owned(), Value::Object(members.collect()));
            }
        };
        insert("tools", true, &["listChanged"]);
        insert("prompts", self.prompts, &["listChanged"]);
        insert("resources", self.resources, &["subscribe", "listChanged"]);
        insert("completions", self.completions, &[]);
        insert("logging", self.logging, &[]);
        let extensions = self.extensions(era);
        if !extensions.is_empty() {
            capabilities.insert("extensions".to_owned(), Value::Object(extensions));
        }
        Value::Object(capabilities)
    }
}
