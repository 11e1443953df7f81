//! Skills: folders of `skills/` with their files in the program (the extension `io.modelcontextprotocol/skills`, SEP-2640; clients of
//! 2026-07-28).
//!
//! Each file is a resource like any other, for clients of every generation. What the extension adds is a list of the skills, with the
//! digests of their files, and a way to look into folders.

mod catalog;
mod directories;
mod file;

pub(crate) use self::{catalog::Skills, file::Named};

/// The extension's identifier.
pub(crate) const EXTENSION: &str = "io.modelcontextprotocol/skills";
