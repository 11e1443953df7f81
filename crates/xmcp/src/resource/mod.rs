//! What a resource's handler gives back: contents.

mod contents;
mod into;
mod result;

pub use self::{contents::ResourceContents, into::IntoResourceResult, result::ReadResourceResult};
