//! A compiler or cargo at work, with all that it starts. Dropping it ends them, and so does the end of this process, whatever that was.

use std::{io, process::Stdio};

use rustix::process::{Pid, RawPid, Signal, kill_process_group};
use tokio::process::{Child, Command};

/// A child in a group of its own, whose output is listened to.
pub(super) struct Work {
    pub(super) child: Child,
    group: Option<Pid>,
    _guard: Option<Guard>,
}

impl Work {
    /// Starts the command.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub(super) fn start(command: &mut Command) -> io::Result<Self> {
        Self::of(command.stdin(Stdio::null()))
    }

    /// Starts the command, with a pipe to its input.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub(super) fn fed(command: &mut Command) -> io::Result<Self> {
        Self::of(command.stdin(Stdio::piped()))
    }

    fn of(command: &mut Command) -> io::Result<Self> {
        let child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()?;
        let group = group_of(&child);
        Ok(Self {
            child,
            group,
            // Without one everything goes on as well, but for the end of a process that was killed.
            _guard: group.and_then(|group| Guard::of(group).ok()),
        })
    }

    /// Waits for its end, and answers whether it succeeded.
    ///
    /// # Errors
    ///
    /// When it cannot be waited for.
    pub(super) async fn succeeded(&mut self) -> io::Result<bool> {
        let status = self.child.wait().await?;
        self.group = None;
        Ok(status.success())
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        if let Some(group) = self.group {
            // What has ended by itself needs no end.
            let _ = kill_process_group(group, Signal::TERM);
        }
    }
}

/// A process of the group that ends the group when its input ends. We hold the other end of that pipe, and the system closes it when we
/// are killed: then nobody is left here to end anything.
struct Guard(#[expect(dead_code, reason = "it ends when it is dropped")] Child);

/// Dropping the guard kills it before it reads the end.
const GUARD: &str = "read line || kill -TERM 0";

impl Guard {
    fn of(group: Pid) -> io::Result<Self> {
        Command::new("/bin/sh")
            .args(["-c", GUARD])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .process_group(RawPid::from(group.as_raw_nonzero()))
            .kill_on_drop(true)
            .spawn()
            .map(Self)
    }
}

/// The group of a process that was started as the first of one.
pub(super) fn group_of(child: &Child) -> Option<Pid> {
    let id = child.id().and_then(|id| i32::try_from(id).ok())?;
    Pid::from_raw(id)
}
