//! The build script of an xmcp app: every file in `tools/`, `prompts/` and `resources/` becomes an entry of the generated
//! registry.
//!
//! An app's `build.rs` is one line:
//!
//! ```no_run
//! // build.rs
//! # #[allow(clippy::needless_doctest_main)]
//! fn main() {
//!     xmcp_build::build();
//! }
//! ```
//!
//! [`build`] scans the folders, parses every file, checks them against each other, and either tells cargo all problems at
//! once, a line each, or writes `OUT_DIR/xmcp.rs`, which the app takes in with `xmcp::include_app!()`. [`plan`] and
//! [`generate`] are its pure halves, for whoever wants to know what an app holds without building it:
//!
//! ```
//! let root = tempfile::tempdir()?;
//! std::fs::create_dir(root.path().join("tools"))?;
//! std::fs::write(
//!     root.path().join("tools/ping.rs"),
//!     "//! Answers pong\npub async fn handler() -> &'static str { \"pong\" }\n",
//! )?;
//!
//! let (app, diagnostics) = xmcp_build::plan(root.path());
//!
//! assert!(diagnostics.is_empty());
//! assert_eq!(app.tools[0].name.as_str(), "ping");
//! assert_eq!(app.tools[0].description, "Answers pong");
//! # Ok::<(), std::io::Error>(())
//! ```
#![warn(missing_docs, unreachable_pub)]

mod app;
mod cargo;
mod check;
mod codegen;
mod convention;
mod dependencies;
mod diagnostic;
mod kind;
mod module;
mod name;
mod outline;
mod parse;
mod plan;
mod project;
mod scan;
mod skill;
mod uri;
mod watch;

pub use app::{
    App, Argument, Complete, Handler, Input, Module, Primitive, Prompt, Resource, Skill, SkillFile,
    Skills,
};
pub use cargo::build;
pub use codegen::{Profile, generate};
pub use diagnostic::{Diagnostic, Diagnostics, Place, Severity};
pub use name::{IllegalName, Name};
pub use outline::{Call, Choice, Literal, Named, Outline};
pub use plan::plan;
pub use uri::{IllegalUri, Parameter, Uri};
