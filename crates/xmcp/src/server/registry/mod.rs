//! The tools, prompts and resources, compiled at start: names to entries, schemas to checks.

mod icons;
mod input;
mod listed;
mod name;
mod primitives;
mod problems;
mod prompt;
mod resource;
mod routes;
mod table;
mod tool;
mod uri;

use std::sync::{Arc, PoisonError, RwLock, RwLockWriteGuard};

use xmcp_config::Settings;

#[cfg(any(test, feature = "fuzzing"))]
pub(super) use self::uri::Uri;
use self::{input::Rules, problems::Problems};
pub(crate) use self::{
    listed::{DefinitionText, Listed, Primitive},
    primitives::Primitives,
    prompt::{Argument, CompleteHandler, PromptEntry},
    resource::ResourceEntry,
    routes::{Found, Routes},
    table::Table,
    tool::ToolEntry,
};
use super::{Sessions, Wired, capabilities::Telling, skills::Named};
use crate::{
    App, AppState, DynamicPrompt, DynamicResource, DynamicTool, RegisterError, StartError,
};

/// The tools, prompts and resources of the app: those of files, which stay, and behind them those of run time.
pub(crate) struct Registry {
    rules: Rules,
    telling: Telling,
    files: Files,
    state: RwLock<State>,
}

/// What files made, in the order of the lists.
struct Files {
    tools: Vec<Arc<ToolEntry>>,
    prompts: Vec<Arc<PromptEntry>>,
    resources: Vec<Arc<ResourceEntry>>,
    templates: Vec<Arc<ResourceEntry>>,
}

/// What changes.
struct State {
    added: Added,
    now: Arc<Primitives>,
}

/// What was made at run time, in the order in which it was added.
#[derive(Default)]
struct Added {
    tools: Vec<Arc<ToolEntry>>,
    prompts: Vec<Arc<PromptEntry>>,
    /// Templates included.
    resources: Vec<Arc<ResourceEntry>>,
}

/// How many of each kind can be added.
const MOST: usize = 10_000;

impl Registry {
    /// Checks what handlers need and compiles every schema. Fails with all problems of a kind at once.
    pub(crate) fn compile(
        app: &App,
        settings: &Settings,
        state: &AppState,
        wired: &Wired,
    ) -> Result<Self, StartError> {
        let mut problems = Problems::new(state, wired);
        let rules = Rules {
            strict: settings.server.strict,
        };
        let mut tools = Vec::with_capacity(app.tools.len());
        for tool in app.tools {
            let shape = (tool.shape)();
            problems.handler(tool.source, tool.name, &shape, tool.metadata.terms());
            let entry = ToolEntry::compile(tool, shape, rules);
            tools.extend(problems.schema(tool.source, tool.name, entry));
        }
        let mut prompts = Vec::with_capacity(app.prompts.len());
        for prompt in app.prompts {
            let shape = (prompt.shape)();
            problems.handler(prompt.source, prompt.name, &shape, prompt.metadata.terms());
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
                resource.metadata.terms(),
            );
            let entry = ResourceEntry::compile(resource, shape);
            let list = match resource.parameters {
                [] => &mut resources,
                _ => &mut templates,
            };
            list.extend(problems.schema(resource.source, resource.uri, entry));
        }
        // Behind those of `resources/`, in the order of their paths.
        for named in Named::all(app.skills) {
            let entry = ResourceEntry::embedded(&named);
            resources.extend(problems.schema(named.file.uri, &named.name, entry));
        }
        problems.none()?;
        let files = Files {
            tools: in_order(tools),
            prompts: in_order(prompts),
            resources: in_order(resources),
            templates: in_order(templates),
        };
        let telling = Telling {
            legacy: settings.http.sessions || wired.sessions == Sessions::NoneHere,
            outside: state.has_server() || wired.is_supervised,
        };
        let now = Primitives::new(
            Arc::new(Table::new(files.tools.clone())),
            Arc::new(Table::new(files.prompts.clone())),
            Arc::new(Table::new(files.resources.clone())),
            Arc::new(Table::new(files.templates.clone())),
            telling,
        );
        let state = State {
            added: Added::default(),
            now: Arc::new(now),
        };
        Ok(Self {
            rules,
            telling,
            files,
            state: RwLock::new(state),
        })
    }

    /// Everything that there is now.
    pub(crate) fn now(&self) -> Arc<Primitives> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&state.now)
    }

    /// Adds a tool behind those of files, in the place of one that was added under the same name.
    pub(super) fn add_tool(&self, tool: DynamicTool) -> Result<(), RegisterError> {
        let entry = ToolEntry::dynamic(tool, self.rules)?;
        let mut state = self.changing();
        add(&self.files.tools, &mut state.added.tools, entry)?;
        self.update_tools(&mut state);
        Ok(())
    }

    /// Removes a tool that was added.
    pub(super) fn remove_tool(&self, name: &str) -> bool {
        let mut state = self.changing();
        let removed = remove(&mut state.added.tools, name);
        if removed {
            self.update_tools(&mut state);
        }
        removed
    }

    /// Adds a prompt behind those of files, in the place of one that was added under the same name.
    pub(super) fn add_prompt(&self, prompt: DynamicPrompt) -> Result<(), RegisterError> {
        let entry = PromptEntry::dynamic(prompt)?;
        let mut state = self.changing();
        add(&self.files.prompts, &mut state.added.prompts, entry)?;
        self.update_prompts(&mut state);
        Ok(())
    }

    /// Removes a prompt that was added.
    pub(super) fn remove_prompt(&self, name: &str) -> bool {
        let mut state = self.changing();
        let removed = remove(&mut state.added.prompts, name);
        if removed {
            self.update_prompts(&mut state);
        }
        removed
    }

    /// Adds a resource or a template behind those of files, in the place of one that was added under the same URI.
    pub(super) fn add_resource(&self, resource: DynamicResource) -> Result<(), RegisterError> {
        let entry = ResourceEntry::dynamic(resource)?;
        let files = match entry.parameters.is_empty() {
            true => &self.files.resources,
            false => &self.files.templates,
        };
        let mut state = self.changing();
        add(files, &mut state.added.resources, entry)?;
        self.update_resources(&mut state);
        Ok(())
    }

    /// Removes a resource or a template that was added.
    pub(super) fn remove_resource(&self, uri: &str) -> bool {
        let mut state = self.changing();
        let removed = remove(&mut state.added.resources, uri);
        if removed {
            self.update_resources(&mut state);
        }
        removed
    }

    fn changing(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn update_tools(&self, state: &mut State) {
        let tools = behind(&self.files.tools, &state.added.tools, |_| true);
        state.now = Arc::new(state.now.with_tools(tools, self.telling));
    }

    fn update_prompts(&self, state: &mut State) {
        let prompts = behind(&self.files.prompts, &state.added.prompts, |_| true);
        state.now = Arc::new(state.now.with_prompts(prompts, self.telling));
    }

    fn update_resources(&self, state: &mut State) {
        let added = &state.added.resources;
        let is_template = |entry: &ResourceEntry| !entry.parameters.is_empty();
        let resources = behind(&self.files.resources, added, |entry| !is_template(entry));
        let templates = behind(&self.files.templates, added, is_template);
        let now = Primitives::new(
            Arc::clone(&state.now.tools),
            Arc::clone(&state.now.prompts),
            Arc::new(resources),
            Arc::new(templates),
            self.telling,
        );
        state.now = Arc::new(now);
    }
}

/// Entries by their number, and otherwise as they come.
fn in_order<T: Primitive>(mut entries: Vec<Arc<T>>) -> Vec<Arc<T>> {
    entries.sort_by_key(|entry| entry.listed().order);
    entries
}

/// Those of files, and behind them those of run time.
fn behind<T: Primitive>(
    files: &[Arc<T>],
    added: &[Arc<T>],
    is_one: impl Fn(&T) -> bool,
) -> Table<T> {
    let added = added.iter().filter(|entry| is_one(entry)).cloned();
    let added = in_order(added.collect());
    Table::new(files.iter().cloned().chain(added).collect())
}

fn add<T: Primitive>(
    files: &[Arc<T>],
    added: &mut Vec<Arc<T>>,
    entry: T,
) -> Result<(), RegisterError> {
    let key = entry.listed().identity();
    if files.iter().any(|file| file.listed().identity() == key) {
        return Err(RegisterError::Taken(entry.listed().key.to_string()));
    }
    let place = added
        .iter()
        .position(|added| added.listed().identity() == key);
    match place {
        Some(place) => added[place] = Arc::new(entry),
        None if added.len() >= MOST => return Err(RegisterError::TooMany(MOST)),
        None => added.push(Arc::new(entry)),
    }
    Ok(())
}

fn remove<T: Primitive>(added: &mut Vec<Arc<T>>, key: &str) -> bool {
    let before = added.len();
    added.retain(|entry| entry.listed().key != key);
    added.len() < before
}
