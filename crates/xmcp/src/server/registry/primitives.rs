//! Everything that there is at one time.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use super::{Argument, Found, Listed, PromptEntry, ResourceEntry, Routes, Table, ToolEntry};
use crate::server::{
    capabilities::{Capabilities, Telling},
    list::{ListKind, Written},
};

/// Every tool, prompt and resource at one time. What was written of them stays true, because nothing in here changes.
pub(crate) struct Primitives {
    pub(crate) tools: Arc<Table<ToolEntry>>,
    pub(crate) prompts: Arc<Table<PromptEntry>>,
    /// Resources that have one URI.
    pub(crate) resources: Arc<Table<ResourceEntry>>,
    /// Resources whose URI has parameters.
    pub(crate) templates: Arc<Table<ResourceEntry>>,
    routes: Arc<Routes>,
    /// What they make of the server.
    pub(crate) capabilities: Capabilities,
    /// The lists, as they were written for everybody.
    pub(crate) written: Written,
    /// The result of `server/discover`.
    pub(crate) discovered: OnceLock<Bytes>,
}

impl Primitives {
    pub(super) fn new(
        tools: Arc<Table<ToolEntry>>,
        prompts: Arc<Table<PromptEntry>>,
        resources: Arc<Table<ResourceEntry>>,
        templates: Arc<Table<ResourceEntry>>,
        telling: Telling,
    ) -> Self {
        let mut routes = Routes::default();
        for entry in resources.iter().chain(templates.iter()) {
            routes.add(Arc::clone(entry));
        }
        let mut primitives = Self {
            tools,
            prompts,
            resources,
            templates,
            routes: Arc::new(routes),
            capabilities: Capabilities::default(),
            written: Written::default(),
            discovered: OnceLock::new(),
        };
        primitives.capabilities = Capabilities::of(&primitives, telling);
        primitives
    }

    /// The same with other tools.
    pub(super) fn with_tools(&self, tools: Table<ToolEntry>, telling: Telling) -> Self {
        self.changed(|primitives| primitives.tools = Arc::new(tools), telling)
    }

    /// The same with other prompts.
    pub(super) fn with_prompts(&self, prompts: Table<PromptEntry>, telling: Telling) -> Self {
        self.changed(|primitives| primitives.prompts = Arc::new(prompts), telling)
    }

    fn changed(&self, change: impl FnOnce(&mut Self), telling: Telling) -> Self {
        let mut primitives = Self {
            tools: Arc::clone(&self.tools),
            prompts: Arc::clone(&self.prompts),
            resources: Arc::clone(&self.resources),
            templates: Arc::clone(&self.templates),
            routes: Arc::clone(&self.routes),
            capabilities: Capabilities::default(),
            written: Written::default(),
            discovered: OnceLock::new(),
        };
        change(&mut primitives);
        primitives.capabilities = Capabilities::of(&primitives, telling);
        primitives
    }

    /// The resource that this URI names, and what its parameters are.
    pub(crate) fn resource(&self, uri: &str) -> Option<Found> {
        match self.resources.get(uri) {
            Some(entry) => Some(Found::fixed(Arc::clone(entry))),
            None => self.routes.find(uri),
        }
    }

    /// One of the lists, in its order.
    pub(crate) fn list(&self, kind: ListKind) -> Box<dyn Iterator<Item = &Listed> + '_> {
        match kind {
            ListKind::Tools => Box::new(self.tools.listed()),
            ListKind::Prompts => Box::new(self.prompts.listed()),
            ListKind::Resources => Box::new(self.resources.listed()),
            ListKind::Templates => Box::new(self.templates.listed()),
            // They are no primitives: their files are, as resources.
            ListKind::Skills => Box::new(std::iter::empty()),
        }
    }

    /// What lists know of everything there is.
    pub(crate) fn listed(&self) -> impl Iterator<Item = &Listed> {
        let resources = self.resources.listed().chain(self.templates.listed());
        self.tools
            .listed()
            .chain(self.prompts.listed())
            .chain(resources)
    }

    /// Whether any argument can be completed.
    pub(crate) fn can_complete(&self) -> bool {
        let has_choices = |arguments: &[Argument]| {
            arguments
                .iter()
                .any(|argument| !argument.choices.is_empty())
        };
        self.prompts
            .iter()
            .any(|prompt| prompt.complete.is_some() || has_choices(&prompt.arguments))
            || self
                .templates
                .iter()
                .any(|template| template.complete.is_some() || has_choices(&template.arguments))
    }

    /// Whether any handler can say that something has changed.
    pub(crate) fn can_change(&self) -> bool {
        self.listed().any(|listed| listed.can_change)
    }

    /// Whether there are files of skills.
    pub(crate) fn has_skills(&self) -> bool {
        self.resources.iter().any(|resource| resource.is_embedded)
    }

    /// Whether any tool runs as a task.
    pub(crate) fn has_tasks(&self) -> bool {
        self.tools.iter().any(|tool| tool.task.is_some())
    }

    /// Whether any handler can send log messages.
    pub(crate) fn can_log(&self) -> bool {
        self.listed().any(|listed| listed.can_talk_back)
    }
}
