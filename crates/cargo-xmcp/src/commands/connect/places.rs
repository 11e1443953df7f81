//! Where this system keeps what a user has configured.

use std::{env, path::PathBuf};

use crate::{Failure, Result};

/// A file of the user's home.
pub(super) fn home(path: &str) -> Result<PathBuf> {
    env::home_dir()
        .filter(|home| home.is_absolute())
        .map(|home| home.join(path))
        .ok_or_else(|| {
            Failure::new("nobody says where your home is")
                .hint("set `HOME`, or write into the folder's configuration with `--scope project`")
        })
}

/// A file of an application's of the desktop.
pub(super) fn application(path: &str) -> Result<PathBuf> {
    if cfg!(target_os = "macos") {
        return home(&format!("Library/Application Support/{path}"));
    }
    let variable = if cfg!(windows) {
        "APPDATA"
    } else {
        "XDG_CONFIG_HOME"
    };
    match env::var_os(variable).map(PathBuf::from) {
        Some(folder) if folder.is_absolute() => Ok(folder.join(path)),
        _ if cfg!(windows) => home(&format!("AppData/Roaming/{path}")),
        _ => home(&format!(".config/{path}")),
    }
}

/// A file of Codex's.
pub(super) fn codex(path: &str) -> Result<PathBuf> {
    match env::var_os("CODEX_HOME").map(PathBuf::from) {
        Some(folder) if folder.is_absolute() => Ok(folder.join(path)),
        _ => home(&format!(".codex/{path}")),
    }
}
