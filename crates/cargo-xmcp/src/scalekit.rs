//! The names of the variables of Scalekit that are read here, and where an app keeps its emulator.

use std::path::PathBuf;

use crate::Project;

/// The environment's URL. While it is not set, a development build has an emulator.
pub(crate) const ENVIRONMENT_URL: &str = "SCALEKIT_ENVIRONMENT_URL";

/// The id of the MCP server.
pub(crate) const RESOURCE_ID: &str = "SCALEKIT_RESOURCE_ID";

/// The id of the environment's own client.
pub(crate) const CLIENT_ID: &str = "SCALEKIT_CLIENT_ID";

/// Its secret.
pub(crate) const CLIENT_SECRET: &str = "SCALEKIT_CLIENT_SECRET";

/// The id of a client of the MCP server.
pub(crate) const MCP_CLIENT_ID: &str = "SCALEKIT_MCP_CLIENT_ID";

/// Its secret.
pub(crate) const MCP_CLIENT_SECRET: &str = "SCALEKIT_MCP_CLIENT_SECRET";

/// The emulator's folder: the one that a variable names, seen from the app, else that of the app, else the one below this folder.
pub(crate) fn state(named: Option<String>, project: Option<&Project>) -> PathBuf {
    let named = named.filter(|folder| !folder.trim().is_empty());
    match (named, project) {
        (Some(folder), Some(project)) => project.root().join(folder.trim()),
        (Some(folder), None) => folder.trim().into(),
        (None, Some(project)) => project.target_directory().join("scalekit-emulator"),
        (None, None) => PathBuf::from("target/scalekit-emulator"),
    }
}
