//! What `xmcp.toml` and the environment mean. Every setting is written down once, in `settings.rs` (and `project/sections.rs` for
//! what only the build reads); the structs, their defaults, the keys of the file, the variables' names, the JSON Schema and the table of keys
//! all come from there.
//!
//! A server uses the crate without features, and links neither TOML nor serde:
//!
//! ```
//! use xmcp_config::Settings;
//!
//! let mut settings = Settings::default();
//! settings.apply_environment(|name| (name == "PORT").then(|| "8080".to_owned()))?;
//! assert_eq!(settings.http.port, Some(8080));
//! # Ok::<(), Vec<xmcp_config::EnvironmentError>>(())
//! ```
//!
//! The feature `file` adds `ProjectConfig`, with which the build reads `xmcp.toml`; `schema` adds the file's JSON Schema.
#![warn(missing_docs, unreachable_pub)]

mod authority;
mod choice;
mod definition;
pub mod env;
mod icon;
mod key;
mod nearest;
#[cfg(feature = "file")]
mod project;
mod reason;
mod rule;
mod settings;
mod value;

pub use authority::Authority;
#[cfg(feature = "file")]
pub use choice::Lint;
pub use choice::{LogFormat, ProtocolVersion, Theme, Transport};
pub use env::{EnvironmentError, UnknownVariable};
pub use icon::Icon;
#[cfg(feature = "file")]
pub use project::{
    Build, Difference, FILE_NAME, KeyDescription, Paths, Problem, ProjectConfig, ProjectPath, keys,
    markdown, template,
};
#[cfg(feature = "schema")]
pub use project::{schema, schema_text};
pub use reason::Reason;
pub use settings::{
    DEFAULT_PORT, HttpLimits, HttpSettings, LogSettings, ServerSettings, Settings, TasksSettings,
};
