//! The app's binary, in an empty folder and without the settings of whoever runs the tests.

use std::{
    path::Path,
    process::{Command, Stdio},
};

/// A command whose input and output are pipes.
pub fn command(binary: &Path, folder: &Path) -> Command {
    let mut command = Command::new(binary);
    command.current_dir(folder);
    let names = ["PORT", "HOST", "BASE_URL", "LISTEN_FDS", "LISTEN_PID"];
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("XMCP_") || text.starts_with("SCALEKIT_") || names.contains(&&*text) {
            command.env_remove(&name);
        }
    }
    // Otherwise every test and whoever develops would share one.
    command.env("SCALEKIT_EMULATOR_STATE", folder.join("scalekit"));
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}
