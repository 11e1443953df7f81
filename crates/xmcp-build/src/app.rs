//! What an app holds, once its files are understood and checked: the model that code is generated from.

use std::path::PathBuf;

use crate::{Name, Outline, Place, Uri};

/// An app: its tools, prompts and resources, and the files that the conventions found beside them.
///
/// Only what is sound gets in. A tool with an error is missing from `tools`, while its file is still among `modules`, so that
/// an editor goes on helping in it.
#[derive(Clone, Debug, Default)]
pub struct App {
    /// The folder that `Cargo.toml` is in.
    pub root: PathBuf,
    /// Every routed file: tools, prompts, resources, each in the order of their paths.
    pub modules: Vec<Module>,
    /// The tools, in the order of their paths.
    pub tools: Vec<Primitive>,
    /// The prompts, in the order of their paths.
    pub prompts: Vec<Prompt>,
    /// The resources, templates among them, in the order of their paths.
    pub resources: Vec<Resource>,
    /// The skills, in the order of their paths.
    pub skills: Skills,
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

/// A tool, or what prompts and resources have in common with one: everything about it that syntax shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Primitive {
    /// Its name in the protocol.
    pub name: Name,
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
    /// What else it shows to its readers.
    pub outline: Outline,
}

/// A prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// What it has in common with a tool.
    pub primitive: Primitive,
    /// Its function that proposes values for its arguments.
    pub complete: Option<Complete>,
}

/// A resource, or with parameters in its URI a template for many.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// What it is read by.
    pub uri: Uri,
    /// What it has in common with a tool.
    pub primitive: Primitive,
    /// Its function that proposes values for its parameters.
    pub complete: Option<Complete>,
}

/// The skills of an app, and the files that they are made of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Skills {
    /// The skills.
    pub list: Vec<Skill>,
    /// Every file of a skill, once.
    pub files: Vec<SkillFile>,
}

/// A folder with a `SKILL.md`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skill {
    /// The URI of its `SKILL.md`.
    pub uri: String,
    /// The front matter of its `SKILL.md`, as JSON.
    pub front_matter: String,
    /// Which of [`Skills::files`] are its own, `SKILL.md` first. Those of a nested skill are among them.
    pub files: Vec<usize>,
}

/// A file of a skill, which goes into the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkillFile {
    /// The file, as seen from the root, with `/` between its parts.
    pub path: String,
    /// What it is read by.
    pub uri: String,
    /// What is in it.
    pub mime_type: &'static str,
    /// `sha256:` and the digest of its bytes in hexadecimal.
    pub digest: String,
}

/// Where the schema of a primitive's arguments comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// The handler takes no `Schema`.
    None,
    /// The type `Schema`.
    Schema,
    /// The file's function `schema`, which answers a JSON Schema; `Schema` is still what arguments are read into.
    Raw,
}

/// The function of a primitive.
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
    /// What the caller sends, a `Schema`.
    Input,
    /// Something that comes from the request by its type.
    Context,
}

/// The function `complete` of a prompt or a template, which takes the name of an argument and what is typed of it so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Complete {
    /// Where it is.
    pub place: Place,
    /// Whether calling it gives a future.
    pub is_async: bool,
    /// How many more arguments it takes, which come from the request by their types.
    pub context: usize,
}
