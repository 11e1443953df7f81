//! The tools, prompts and resources, compiled at start: names to entries, schemas to checks.

mod icons;
mod input;
mod listed;
mod problems;
mod prompt;
mod resource;
mod routes;
mod table;
mod tool;
mod uri;

use std::sync::Arc;

use xmcp_config::Settings;

use self::{input::Rules, problems::Problems};
pub(crate) use self::{
    listed::{Listed, Primitive},
    prompt::{Argument, CompleteHandler, PromptEntry},
    resource::ResourceEntry,
    routes::{Found, Routes},
    table::Table,
    tool::ToolEntry,
};
use super::{
    Sessions,
    list::{ListKind, Written},
};
use crate::{App, AppState, StartError};

/// Every tool, prompt and resource of the app.
pub(crate) struct Registry {
    pub(crate) tools: Table<ToolEntry>,
    pub(crate) prompts: Table<PromptEntry>,
    /// Resources that have one URI.
    pub(crate) resources: Table<ResourceEntry>,
    /// Resources whose URI has parameters.
    pub(crate) templates: Table<ResourceEntry>,
    routes: Routes,
    /// The lists of this state of things, as they were written for everybody.
    written: Written,
}

impl Registry {
    /// Checks what handlers need and compiles every schema. Fails with all problems of a kind at once.
    pub(crate) fn compile(
        app: &App,
        settings: &Settings,
        state: &AppState,
        sessions: Sessions,
    ) -> Result<Self, StartError> {
        let mut problems = Problems::new(state, sessions);
        let rules = Rules {
            strict: settings.server.strict,
        };
        let mut tools = Vec::with_capacity(app.tools.len());
        for tool in app.tools {
            let shape = (tool.shape)();
            problems.handler(tool.source, tool.name, &shape, tool.metadata.scopes);
            let entry = ToolEntry::compile(tool, shape, rules);
            tools.extend(problems.schema(tool.source, tool.name, entry));
        }
        let mut prompts = Vec::with_capacity(app.prompts.len());
        for prompt in app.prompts {
            let shape = (prompt.shape)();
            problems.handler(prompt.source, prompt.name, &shape, prompt.metadata.scopes);
            let entry = PromptEntry::compile(prompt, shape);
            prompts.extend(problems.schema(prompt.source, prompt.name, entry));
        }
        let (mut resources, mut templates) = (Vec::new(), Vec::new());
        for resource in app.resources {
            let shape = (resource.shape)();
            problems.handler(
                resource.source,
                resource.uri,
                &shape,
                resource.metadata.scopes,
            );
            let entry = ResourceEntry::compile(resource, shape);
            let list = match resource.parameters {
                [] => &mut resources,
                _ => &mut templates,
            };
            list.extend(problems.schema(resource.source, resource.uri, entry));
        }
        problems.none()?;
        Ok(Self::new(
            Table::new(tools),
            Table::new(prompts),
            Table::new(resources),
            Table::new(templates),
        ))
    }

    fn new(
        tools: Table<ToolEntry>,
        prompts: Table<PromptEntry>,
        resources: Table<ResourceEntry>,
        templates: Table<ResourceEntry>,
    ) -> Self {
        let mut routes = Routes::default();
        for entry in resources.iter().chain(templates.iter()) {
            routes.add(Arc::clone(entry));
        }
        Self {
            tools,
            prompts,
            resources,
            templates,
            routes,
            written: Written::default(),
        }
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
        }
    }

    pub(super) fn written(&self) -> &Written {
        &self.written
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

    /// Whether any tool runs as a task.
    pub(crate) fn has_tasks(&self) -> bool {
        self.tools.iter().any(|tool| tool.task.is_some())
    }

    /// Whether any handler can send log messages.
    pub(crate) fn can_log(&self) -> bool {
        self.listed().any(|listed| listed.can_talk_back)
    }
}
