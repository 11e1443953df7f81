//! A server in a process of its own, as whoever measures it sees it from outside.

use std::{
    fs,
    io::{self, BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

/// A server that listens. Dropping it ends it.
pub struct Server {
    child: Child,
    /// Host and port.
    pub address: String,
}

impl Server {
    /// Starts it, and returns when it has said where it listens.
    ///
    /// # Errors
    ///
    /// It cannot be started, or ends before it listens; then with what it said.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| {
                let program = command.get_program().display();
                io::Error::new(error.kind(), format!("cannot run {program}: {error}"))
            })?;
        let mut said = BufReader::new(child.stderr.take().expect("it is piped"));
        let mut server = Self {
            child,
            address: String::new(),
        };
        let mut text = String::new();
        loop {
            let before = text.len();
            if said.read_line(&mut text)? == 0 {
                return Err(io::Error::other(format!(
                    "the server ended before it listened: {text}"
                )));
            }
            if let Some((_, url)) = text[before..].split_once("running on http://") {
                server.address = url.trim_end().trim_end_matches("/mcp").to_owned();
                break;
            }
        }
        // Nobody reads what it says further, but it must find room for it.
        std::thread::spawn(move || io::copy(&mut said, &mut io::sink()));
        Ok(server)
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Memory that is in use, in bytes.
    ///
    /// # Errors
    ///
    /// The process is gone, or this is no Linux.
    pub fn resident(&self) -> io::Result<u64> {
        resident(self.pid())
    }

    /// What it took of processors until now, in user mode and in the kernel.
    ///
    /// # Errors
    ///
    /// As [`Server::resident`].
    pub fn cpu_time(&self) -> io::Result<Duration> {
        let text = fs::read_to_string(format!("/proc/{}/stat", self.pid()))?;
        cpu_time(&text).ok_or_else(|| io::Error::other(format!("what is `{text}`?")))
    }

    /// How many descriptors it has open.
    ///
    /// # Errors
    ///
    /// As [`Server::resident`].
    pub fn descriptors(&self) -> io::Result<usize> {
        Ok(fs::read_dir(format!("/proc/{}/fd", self.pid()))?.count())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail when it has ended already, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn resident(pid: u32) -> io::Result<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let kib: u64 = text
        .lines()
        .find_map(|line| {
            line.strip_prefix("VmRSS:")?
                .trim()
                .strip_suffix(" kB")?
                .parse()
                .ok()
        })
        .ok_or_else(|| io::Error::other("the process has no memory any more"))?;
    Ok(kib * 1024)
}

/// Of a line of `/proc/PID/stat`, whose ticks are hundredths of a second on every Linux that there is.
fn cpu_time(stat: &str) -> Option<Duration> {
    // The program's name comes before, in brackets, and may hold anything.
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut fields = rest.split(' ').skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let kernel: u64 = fields.next()?.parse().ok()?;
    Some(Duration::from_millis(10 * (user + kernel)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_process_is_read_past_its_name() {
        let line = "42 (a ) b) S 1 42 42 0 -1 4194560 100 0 0 0 123 45 0 0 20 0 3 0 1 2 3";
        assert_eq!(cpu_time(line), Some(Duration::from_millis(1680)));
        assert_eq!(cpu_time("42 (a"), None);
    }
}
