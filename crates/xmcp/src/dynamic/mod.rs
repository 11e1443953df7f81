//! Tools, prompts and resources that are made while the server runs.

mod common;
mod error;
mod prompt;
mod resource;
mod tool;

pub(crate) use self::common::{Common, Takes};
pub use self::{
    error::RegisterError, prompt::DynamicPrompt, resource::DynamicResource, tool::DynamicTool,
};
