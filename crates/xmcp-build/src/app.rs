//! What an app holds, once its files are understood and checked: the model that code is generated from.

use std::path::PathBuf;

use crate::{Place, ToolName};

/// An app: its tools, and the files that the conventions found beside them.
///
/// Only what is sound gets in. A tool with an error is missing from `tools`, while its file is still among `modules`, so that
/// an editor goes on helping in it.
#[derive(Clone, Debug, Default)]
pub struct App {
    /// The folder that `Cargo.toml` is in.
    pub root: PathBuf,
    /// Every routed file, in the order of their paths.
    pub modules: Vec<Module>,
    /// The tools, in the order of their paths.
    pub tools: Vec<Tool>,
    /// The file that makes what handlers share, seen from the root, when there is one.
    pub state: Option<String>,
    /// The file that says what stands before the endpoint, seen from the root, when there is one.
    pub middleware: Option<String>,
    /// The settings that differ from their default: `http.port` and the Rust expression for its value.
    pub settings: Vec<(String, String)>,
    /// Every path that was read, or looked for and missed, seen from the root: what a build has to watch.
    pub inputs: Vec<PathBuf>,
}

/// A routed file, which becomes a module at the root of the app's crate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Module {
    /// The file, as seen from the root, with `/` between its parts.
    pub path: String,
    /// The identifier of the module.
    pub name: String,
    /// The conditions of its `#![cfg(..)]` attributes, as written.
    pub conditions: Vec<String>,
}

/// A tool: everything about it that syntax shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tool {
    /// Its name in the protocol.
    pub name: ToolName,
    /// Its file.
    pub module: Module,
    /// The first paragraph of its documentation; empty when its `METADATA` describes it.
    pub description: String,
    /// The scopes that its `METADATA` asks for.
    pub scopes: Vec<String>,
    /// Whether its `METADATA` says that it wants no scopes on purpose.
    pub public: bool,
    /// Whether the file has a `METADATA`.
    pub metadata: bool,
    /// Whether the file has a `meta` function.
    pub meta: bool,
    /// Where the schema of its arguments comes from.
    pub input: Input,
    /// Its function.
    pub handler: Handler,
}

/// Where the schema of a tool's arguments comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// The handler takes no `Schema`.
    None,
    /// The type `Schema`.
    Schema,
    /// The file's function `schema`, which answers a JSON Schema; `Schema` is still what arguments are read into.
    Raw,
}

/// The function of a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handler {
    /// Where it is.
    pub place: Place,
    /// Whether calling it gives a future.
    pub is_async: bool,
    /// What it takes, in its order.
    pub arguments: Vec<Argument>,
}

/// An argument of a handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Argument {
    /// The tool's arguments, a `Schema`.
    Input,
    /// Something that comes from the request by its type.
    Context,
}
