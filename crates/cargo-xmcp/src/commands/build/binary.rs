//! A binary that was just built, run once.

use std::{
    io::Read,
    path::Path,
    process::{Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

/// How long it may take to say its version.
const PATIENCE: Duration = Duration::from_secs(10);

/// The most that is read of what it says.
const LIMIT: u64 = 1024;

/// What it says to `--version`; `None` if it cannot be run here, as one for another platform.
pub(super) fn version(path: &Path) -> Option<String> {
    let mut child = Command::new(path)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let stdout = child.stdout.take()?;
    let (sender, receiver) = mpsc::channel();
    // It ends with the process, which ends below at the latest.
    thread::spawn(move || {
        let mut said = String::new();
        if stdout.take(LIMIT).read_to_string(&mut said).is_ok() {
            let _ = sender.send(said);
        }
    });
    let said = receiver.recv_timeout(PATIENCE).ok();
    let _ = child.kill();
    let _ = child.wait();
    let line = said?.lines().next()?.trim().to_owned();
    Some(line).filter(|line| !line.is_empty())
}
