//! A compiler or cargo at work, with all that it starts. Dropping it ends them.

use std::{io, process::Stdio};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, Command};

/// A child in a group of its own, whose output is listened to.
pub(super) struct Work {
    pub(super) child: Child,
    group: Option<Pid>,
}

impl Work {
    /// Starts the command.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub(super) fn start(command: &mut Command) -> io::Result<Self> {
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()?;
        let group = group_of(&child);
        Ok(Self { child, group })
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

/// The group of a process that was started as the first of one.
pub(super) fn group_of(child: &Child) -> Option<Pid> {
    let id = child.id().and_then(|id| i32::try_from(id).ok())?;
    Pid::from_raw(id)
}
