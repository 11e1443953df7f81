//! The app as the generated registry describes it.

use futures_util::future::BoxFuture;
use xmcp_config::Settings;

use crate::{
    AppState, Middleware, Result,
    codegen::{Prompt, Resource, Skill, Tool},
    run::Emulator,
};

/// Everything the build script found: what `app()` of the generated file returns.
///
/// Its fields are the build script's business and may change in any release.
#[derive(Clone, Copy)]
pub struct App {
    /// Whether this was built for development.
    #[doc(hidden)]
    pub dev: bool,
    /// The settings of `xmcp.toml`.
    #[doc(hidden)]
    pub settings: fn() -> Settings,
    /// One entry a tool file, in the order of the list.
    #[doc(hidden)]
    pub tools: &'static [Tool],
    /// One entry a prompt file, in the order of the list.
    #[doc(hidden)]
    pub prompts: &'static [Prompt],
    /// One entry a resource file, in the order of the lists.
    #[doc(hidden)]
    pub resources: &'static [Resource],
    /// One entry a skill, in the order of the list.
    #[doc(hidden)]
    pub skills: &'static [Skill],
    /// `state()` of `src/state.rs`.
    #[doc(hidden)]
    pub state: Option<StateFn>,
    /// `middleware()` of `src/middleware.rs`.
    #[doc(hidden)]
    pub middleware: Option<MiddlewareFn>,
    /// What starts a local Scalekit, in a build for development.
    #[doc(hidden)]
    pub emulator: Option<Emulator>,
}

/// `state()` of `src/state.rs`.
pub(crate) type StateFn = fn() -> BoxFuture<'static, Result<AppState>>;
/// `middleware()` of `src/middleware.rs`.
pub(crate) type MiddlewareFn = fn() -> Result<Middleware>;

impl App {
    /// The settings of `xmcp.toml` as they were when this was built, without the environment.
    pub fn settings(&self) -> Settings {
        (self.settings)()
    }
}

impl std::fmt::Debug for App {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tools: Vec<&str> = self.tools.iter().map(|tool| tool.name).collect();
        let prompts: Vec<&str> = self.prompts.iter().map(|prompt| prompt.name).collect();
        let resources: Vec<&str> = self.resources.iter().map(|resource| resource.uri).collect();
        formatter
            .debug_struct("App")
            .field("dev", &self.dev)
            .field("tools", &tools)
            .field("prompts", &prompts)
            .field("resources", &resources)
            .finish_non_exhaustive()
    }
}
