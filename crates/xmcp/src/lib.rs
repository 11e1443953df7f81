//! A framework in which a file is an MCP tool.
//!
//! This is the runtime: what a tool file imports, and what serves it over Streamable HTTP and stdio to clients of both
//! protocol generations. A build script (`xmcp-build`) reads `tools/` and generates the registry; [`include_app!`] brings
//! it into the app's crate, and [`run`] serves it.
//!
//! ```
//! // tools/greet.rs
//! //! Greet someone by name
//! use xmcp::prelude::*;
//!
//! #[derive(Deserialize, JsonSchema)]
//! pub struct Schema {
//!     /// The name to greet
//!     pub name: String,
//! }
//!
//! pub async fn handler(Schema { name }: Schema) -> String {
//!     format!("Hello, {name}!")
//! }
//! # fn main() {}
//! ```
#![warn(missing_docs, unreachable_pub)]

pub mod codegen;
pub mod content;
pub mod prelude;

mod app;
mod ask;
mod completion;
mod context;
mod dynamic;
mod error;
mod excerpt;
mod from_context;
#[cfg(any(test, feature = "fuzzing"))]
#[doc(hidden)]
pub mod fuzz;
mod http;
mod metadata;
mod middleware;
mod panic;
mod prompt;
mod resource;
mod run;
mod scalekit;
mod schema;
mod seldom;
mod server;
mod session;
mod state;
mod stdio;
mod tool;

#[cfg(feature = "bench")]
#[doc(hidden)]
pub use server::bench;

pub use app::App;
pub use ask::{
    Answer, Asking, Elicited, InputRequired, ModelChoice, Root, Roots, Sampled, SampledContent,
    Sampling, SamplingContent, ToolChoice, ToolUse,
};
pub use completion::{IntoCompletion, OtherArguments};
pub use context::{
    AskError, Capability, ClientCapabilities, ClientInfo, Context, Era, Headers, LogLevel,
    Progress, Transport,
};
pub use dynamic::{DynamicPrompt, DynamicResource, DynamicTool, RegisterError};
pub use error::{BoxError, Result, StartError};
pub use from_context::{FromContext, Requirements};
pub use metadata::{Icon, IconTheme, PromptMetadata, ResourceMetadata, TaskSupport, ToolMetadata};
pub use middleware::Middleware;
pub use prompt::{GetPromptResult, IntoPromptResult, PromptMessage};
pub use resource::{IntoResourceResult, ReadResourceResult, ResourceContents};
pub use run::{run, serve};
pub use scalekit::client;
pub use server::{ServerHandle, router};
pub use session::session;
pub use state::{AppState, State};
pub use tool::{CallToolResult, IntoToolResult, Json, ToolError};
pub use xmcp_auth::{Session, scalekit::Scalekit};
pub use xmcp_config::Settings;

/// Who vouches for callers: providers, and what a verified caller is.
pub mod auth {
    pub use xmcp_auth::*;
}

/// What `xmcp-test` needs and nobody else should use.
#[doc(hidden)]
pub mod testing {
    pub use crate::{
        http::test_serve,
        server::{Doubles, served_router, test_router, test_router_with},
        stdio::test_stdio,
    };
}

/// Brings the generated registry into the app: `pub fn app() -> xmcp::App`, and `state` and `middleware` as modules when
/// their files exist.
///
/// It stands at the root of the app's crate, in `src/lib.rs`. Without a build script that calls `xmcp_build::build()` it
/// does not compile, because there is nothing to include.
///
/// ```ignore
/// xmcp::include_app!();
/// ```
#[macro_export]
macro_rules! include_app {
    () => {
        include!(concat!(env!("OUT_DIR"), "/xmcp.rs"));
    };
}

/// The documents' examples, compiled.
#[cfg(doctest)]
mod documents {
    #[doc = include_str!("../../../README.md")]
    struct Readme;
    #[doc = include_str!("../../../docs/tools.md")]
    struct Tools;
    #[doc = include_str!("../../../docs/prompts.md")]
    struct Prompts;
    #[doc = include_str!("../../../docs/resources.md")]
    struct Resources;
    #[doc = include_str!("../../../docs/talking-back.md")]
    struct TalkingBack;
    #[doc = include_str!("../../../docs/tasks.md")]
    struct Tasks;
    #[doc = include_str!("../../../docs/auth.md")]
    struct Auth;
    #[doc = include_str!("../../../docs/from-xmcp.md")]
    struct FromXmcp;
}
