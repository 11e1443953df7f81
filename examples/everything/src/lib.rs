//! Everything that a tool, a prompt and a resource can do, one file each. They reach what is declared here as `crate::name`.

xmcp::include_app!();

pub mod choice;
pub mod language;
pub mod media;
pub mod probe;
