//! The entries of the registry: one plain value a file.

use serde_json::{Map, Value};

use super::{Call, Complete, Reply, Shape};
use crate::{GetPromptResult, PromptMetadata, ReadResourceResult, ResourceMetadata, ToolMetadata};

/// One tool file.
#[derive(Clone, Copy)]
pub struct Tool {
    /// The tool's name: unique and legal, checked by the build script.
    pub name: &'static str,
    /// The first paragraph of the doc comment; `METADATA` may say another.
    pub description: &'static str,
    /// Where the handler stands, as `tools/greet.rs:9:1`.
    pub source: &'static str,
    /// `METADATA` of the file.
    pub metadata: &'static ToolMetadata,
    /// `meta()` of the file.
    pub meta: Option<fn() -> Value>,
    /// What the tool takes.
    pub input: Input,
    /// What the handler's types say.
    pub shape: fn() -> Shape,
    /// Answers one call.
    pub call: for<'a> fn(Call<'a>) -> Reply<'a>,
}

/// One prompt file.
#[derive(Clone, Copy)]
pub struct Prompt {
    /// The prompt's name: unique and legal, checked by the build script.
    pub name: &'static str,
    /// The first paragraph of the doc comment; `METADATA` may say another.
    pub description: &'static str,
    /// Where the handler stands, as `prompts/review.rs:9:1`.
    pub source: &'static str,
    /// `METADATA` of the file.
    pub metadata: &'static PromptMetadata,
    /// `meta()` of the file.
    pub meta: Option<fn() -> Value>,
    /// What the prompt takes. Its members are text.
    pub input: Input,
    /// What the handler's types say.
    pub shape: fn() -> Shape,
    /// Answers one request.
    pub call: for<'a> fn(Call<'a>) -> Reply<'a, GetPromptResult>,
    /// `complete()` of the file.
    pub complete: Option<CompleteFn>,
}

/// One resource file.
#[derive(Clone, Copy)]
pub struct Resource {
    /// The URI, as `users://{user_id}/profile`: a template if there are parameters.
    pub uri: &'static str,
    /// The name: what `METADATA` says, else one of the path.
    pub name: &'static str,
    /// The first paragraph of the doc comment; `METADATA` may say another.
    pub description: &'static str,
    /// Where the handler stands, as `resources/(users)/[user_id]/profile.rs:9:1`.
    pub source: &'static str,
    /// `METADATA` of the file.
    pub metadata: &'static ResourceMetadata,
    /// `meta()` of the file.
    pub meta: Option<fn() -> Value>,
    /// What the handler takes of the URI: nothing without parameters.
    pub input: Input,
    /// The parameters of the URI, in its order.
    pub parameters: &'static [Parameter],
    /// What the handler's types say.
    pub shape: fn() -> Shape,
    /// Answers one request.
    pub call: for<'a> fn(Call<'a>) -> Reply<'a, ReadResourceResult>,
    /// `complete()` of the file.
    pub complete: Option<CompleteFn>,
}

/// A bracket in a resource's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Its name, as it stands in the URI's braces.
    pub name: &'static str,
    /// Whether it is the rest of the URI, which may hold `/`.
    pub rest: bool,
}

/// A folder of `skills/` with a `SKILL.md`.
#[derive(Clone, Copy)]
pub struct Skill {
    /// The URI of its `SKILL.md`, as `skill://git-workflow/SKILL.md`. The last folder of it is the skill's name.
    pub uri: &'static str,
    /// The front matter of its `SKILL.md`: a JSON object with at least `name` and `description`, both texts.
    pub front_matter: &'static str,
    /// All of its files, `SKILL.md` first, then in the order of their paths. Those of a nested skill are among them.
    pub files: &'static [&'static SkillFile],
}

/// A file of a skill.
#[derive(Clone, Copy)]
pub struct SkillFile {
    /// Its URI, in which nothing is or has to be percent-encoded.
    pub uri: &'static str,
    /// What is in it.
    pub mime_type: &'static str,
    /// `sha256:` and the digest of the bytes in hexadecimal.
    pub digest: &'static str,
    /// What it holds.
    pub bytes: &'static [u8],
}

/// What `complete()` becomes.
pub type CompleteFn = for<'a> fn(Complete<'a>) -> Reply<'a, Vec<String>>;

/// What a tool, a prompt or a template takes from the caller.
#[derive(Clone, Copy)]
pub enum Input {
    /// Nothing.
    None,
    /// A `Schema` that derives `JsonSchema`.
    Schema(fn() -> Map<String, Value>),
    /// The JSON Schema that `schema()` of the file returns, served as it is.
    Raw(fn() -> Value),
}
