//! Everything a tool can do, one file each. Tools reach what is declared here as `crate::name`.

xmcp::include_app!();

pub mod language;
pub mod media;
pub mod probe;
