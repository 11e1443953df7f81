//! A binary that was just built, run once.

use std::{
    io::{self, Read},
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

/// How long it may take to say its version.
const PATIENCE: Duration = Duration::from_secs(10);

/// How often it is looked whether it has ended.
const BREATH: Duration = Duration::from_millis(5);

/// The most that is read of what it says.
const LIMIT: u64 = 1024;

/// What it says to `--version`, on either stream: an app keeps its stdout for messages. `None` if it cannot be run here, as one for
/// another platform, or fails.
pub(super) fn version(path: &Path) -> Option<String> {
    let deadline = Instant::now() + PATIENCE;
    let (said, mut child) = start(path).ok()?;
    let said = said.recv_timeout(PATIENCE).ok();
    let status = ended(&mut child, deadline);
    let _ = child.kill();
    let _ = child.wait();
    let said = said.filter(|_| status.is_some_and(|status| status.success()))?;
    let line = said.lines().next()?.trim().to_owned();
    Some(line).filter(|line| !line.is_empty())
}

fn start(path: &Path) -> io::Result<(mpsc::Receiver<String>, Child)> {
    let (reader, writer) = io::pipe()?;
    let child = Command::new(path)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer)
        .spawn()?;
    let (sender, receiver) = mpsc::channel();
    // It ends with the process, which is ended by then at the latest.
    thread::spawn(move || {
        let mut said = String::new();
        if reader.take(LIMIT).read_to_string(&mut said).is_ok() {
            let _ = sender.send(said);
        }
    });
    Ok((receiver, child))
}

fn ended(child: &mut Child, deadline: Instant) -> Option<ExitStatus> {
    loop {
        match child.try_wait() {
            Ok(None) if Instant::now() < deadline => thread::sleep(BREATH),
            Ok(status) => return status,
            Err(_) => return None,
        }
    }
}
