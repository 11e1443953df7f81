//! Standard output belongs to the protocol.
//!
//! 1. The real output is known to [`Stdout`] alone; file descriptor 1 is pointed at stderr. What a handler, a dependency or a
//!    child process prints lands among the logs and cannot corrupt a message.
//! 2. It happens before anything of the app's runs, so that nothing is printed too early.
//!
//! Elsewhere than on Unix descriptor 1 stays what it is, and printing in a handler breaks the protocol.

use std::{fs::File, io};

/// The process's real standard output. Whoever holds it is the only one who can write there.
#[derive(Debug)]
pub(super) struct Stdout(pub(super) File);

/// Takes standard output away from everybody else.
///
/// Called once, at the start of a process that serves over stdio. Fails when the process has no descriptor left.
#[cfg(unix)]
pub(super) fn take_stdout() -> io::Result<Stdout> {
    use std::os::fd::AsFd;

    let stdout = io::stdout().as_fd().try_clone_to_owned()?;
    rustix::stdio::dup2_stdout(io::stderr())?;
    Ok(Stdout(stdout.into()))
}

/// Standard output, which others can write to as well on this platform.
#[cfg(windows)]
pub(super) fn take_stdout() -> io::Result<Stdout> {
    use std::os::windows::io::AsHandle;

    Ok(Stdout(
        io::stdout().as_handle().try_clone_to_owned()?.into(),
    ))
}

#[cfg(all(test, unix))]
mod tests {
    use std::{
        env,
        io::Write,
        process::{Command, Stdio},
    };

    use super::*;

    const CHILD: &str = "XMCP_TEST_STDOUT_IS_TAKEN";

    /// Not a test by itself: the other one runs it in a process of its own, because descriptors belong to processes.
    #[test]
    fn prints_in_every_way_once_stdout_is_taken() {
        if env::var_os(CHILD).is_none() {
            return;
        }
        let Stdout(mut protocol) = take_stdout().unwrap();
        io::stdout().write_all(b"noise of the process\n").unwrap();
        io::stdout().flush().unwrap();
        let echo = Command::new("sh")
            .args(["-c", "echo noise of a child"])
            .status()
            .unwrap();
        assert!(echo.success());
        protocol.write_all(b"a message\n").unwrap();
    }

    #[test]
    fn what_others_print_goes_to_stderr_and_only_messages_go_to_stdout() {
        let test = "stdio::guard::tests::prints_in_every_way_once_stdout_is_taken";
        let output = Command::new(env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture", "--test-threads=1"])
            .env(CHILD, "1")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let stdout = String::from_utf8(output.stdout).unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{stderr}");
        // What the test harness says before the test takes stdout is on it too.
        assert!(
            stdout.ends_with("a message\n") && !stdout.contains("noise"),
            "{stdout}"
        );
        assert!(stderr.contains("noise of the process\n"), "{stderr}");
        assert!(stderr.contains("noise of a child\n"), "{stderr}");
    }
}
