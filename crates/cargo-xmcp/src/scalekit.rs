//! The names of the variables of Scalekit that are read here, whether an app has to do with it, and where it keeps its emulator.

use std::{fs, path::PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use xmcp_build::App;

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

/// Whether the app's middleware speaks of Scalekit.
pub(crate) fn is_named(app: &App) -> bool {
    let Some(path) = &app.middleware else {
        return false;
    };
    let text = fs::read_to_string(app.root.join(path)).unwrap_or_default();
    text.parse().is_ok_and(names_scalekit)
}

/// Whether code names it: in a path or a variable, not in what it says to people.
fn names_scalekit(code: TokenStream) -> bool {
    code.into_iter().any(|token| match token {
        TokenTree::Group(group) => names_scalekit(group.stream()),
        TokenTree::Ident(name) => name.to_string().to_ascii_lowercase().contains("scalekit"),
        TokenTree::Literal(_) | TokenTree::Punct(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::names_scalekit;

    #[test]
    fn code_that_names_scalekit_needs_one_and_words_about_it_do_not() {
        let names = |text: &str| text.parse().is_ok_and(names_scalekit);
        assert!(names(
            "fn f() { Middleware::new().auth(Scalekit::from_env()?) }"
        ));
        assert!(names("use xmcp::auth::scalekit as provider;"));
        assert!(!names(
            "//! No scalekit here.\n/* nor Scalekit there */ /// scalekit\nfn f() { say(\"scalekit\") }"
        ));
    }
}
