//! What generated code may name, and nothing else does. None of it is stable.
//!
//! The generated file holds data and one call for each file; what can be said once is said here. Calls of the user's function
//! stay in the generated file, so that rustc's notes point at the user's signature.

mod call;
mod emulator;
mod entry;
mod run;
mod shape;

pub use xmcp_config::{Icon, LogFormat, ProtocolVersion, Settings, Theme, Transport};

pub use self::{
    call::{Call, Complete, Reply, assert_send, extract},
    emulator::{Emulator, emulator},
    entry::{CompleteFn, Input, Parameter, Prompt, Resource, Skill, SkillFile, Tool},
    run::{Metadata, run},
    shape::{Shape, input},
};
pub use crate::{
    App, FromContext, GetPromptResult, IntoCompletion, IntoPromptResult, IntoResourceResult,
    IntoToolResult, PromptMetadata, ReadResourceResult, ResourceMetadata, ToolMetadata,
    schema::input_schema,
};
