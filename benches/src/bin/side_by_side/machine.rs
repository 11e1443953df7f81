//! The machine: which core serves, which one loads, and what everybody else does meanwhile.

use std::{
    ffi::OsStr,
    fs, io,
    process::Command,
    time::{Duration, Instant},
};

use xmcp_benches::server::Server;

/// Whoever takes more of a core than this while a server is measured, disturbs.
const CALM: f64 = 0.10;
/// How often a disturbed round is measured again.
const AGAIN: usize = 2;

/// The two cores. Everything that is started without a word about its core runs on the one that loads, as this process does.
pub struct Cores {
    pub server: usize,
    pub both: String,
}

impl Cores {
    /// `SERVER,LOAD`.
    pub fn read(text: &str) -> io::Result<Self> {
        let (server, load) = text
            .split_once(',')
            .and_then(|(server, load)| Some((server.parse().ok()?, load.parse::<usize>().ok()?)))
            .filter(|(server, load)| server != load)
            .ok_or_else(|| {
                io::Error::other(format!(
                    "`--cores {text}`: write two numbers, like `--cores 0,1`"
                ))
            })?;
        Ok(Self {
            server,
            both: format!("{server},{load}"),
        })
    }

    /// A command on the server's core.
    pub fn serving(&self, program: impl AsRef<OsStr>) -> Command {
        on(&self.server.to_string(), program)
    }

    /// A command on both.
    pub fn on_both(&self, program: impl AsRef<OsStr>) -> Command {
        on(&self.both, program)
    }
}

fn on(cores: &str, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", cores]).arg(program);
    command
}

/// Measures until nobody else disturbs, or it was tried often enough. Returns the calmest result, and how much of a core others had.
/// `servers` are those that run before and after; what is started and ended meanwhile is known to be ours.
pub fn in_calm<T>(
    servers: &[&Server],
    mut measure: impl FnMut() -> io::Result<T>,
) -> io::Result<(T, f64)> {
    let mut calmest: Option<(T, f64)> = None;
    for _ in 0..=AGAIN {
        let before = Busy::now(servers)?;
        let result = measure()?;
        let others = before.others_until(&Busy::now(servers)?);
        if calmest.as_ref().is_none_or(|(_, least)| others < *least) {
            calmest = Some((result, others));
        }
        if others <= CALM {
            break;
        }
    }
    calmest.ok_or_else(|| io::Error::other("nothing was measured"))
}

/// For a row's note: nothing if it was calm.
pub fn noise(others: f64) -> String {
    if others <= CALM {
        return String::new();
    }
    format!("noisy: others had {:.0} % of a core", others * 100.0)
}

/// What processors did until a moment.
struct Busy {
    at: Instant,
    all: Duration,
    /// The servers', and that of what this process started and waited for.
    ours: Duration,
}

impl Busy {
    fn now(servers: &[&Server]) -> io::Result<Self> {
        let all = all(&fs::read_to_string("/proc/stat")?)
            .ok_or_else(|| io::Error::other("/proc/stat has no line `cpu`"))?;
        let own = own(&fs::read_to_string("/proc/self/stat")?)
            .ok_or_else(|| io::Error::other("/proc/self/stat is not as it should be"))?;
        let mut ours = own;
        for server in servers {
            ours += server.cpu_time()?;
        }
        Ok(Self {
            at: Instant::now(),
            all,
            ours,
        })
    }

    fn others_until(&self, later: &Self) -> f64 {
        let all = later.all.saturating_sub(self.all);
        let ours = later.ours.saturating_sub(self.ours);
        all.saturating_sub(ours).as_secs_f64() / (later.at - self.at).as_secs_f64()
    }
}

/// Time that all cores were busy, or taken away by the host.
fn all(stat: &str) -> Option<Duration> {
    let fields: Vec<u64> = stat
        .lines()
        .next()?
        .strip_prefix("cpu ")?
        .split_whitespace()
        .map_while(|field| field.parse().ok())
        .collect();
    // Interrupts are left out: most are of our own packets, and some kernels count them with no process.
    let [user, nice, system, _idle, _wait, _irq, _softirq, steal, ..] = fields[..] else {
        return None;
    };
    Some(ticks(user + nice + system + steal))
}

/// This process and those that it has waited for.
fn own(stat: &str) -> Option<Duration> {
    let (_, rest) = stat.rsplit_once(") ")?;
    let mut sum = 0;
    for field in rest.split(' ').skip(11).take(4) {
        sum += field.parse::<u64>().ok()?;
    }
    Some(ticks(sum))
}

fn ticks(number: u64) -> Duration {
    Duration::from_millis(10 * number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_others_did_is_what_all_did_without_us() {
        let busy = |seconds, all, ours| Busy {
            at: Instant::now() + Duration::from_secs(seconds),
            all: Duration::from_secs(all),
            ours: Duration::from_secs(ours),
        };
        let others = busy(0, 10, 5).others_until(&busy(2, 15, 9));
        assert!((others - 0.5).abs() < 0.01, "{others}");
    }

    #[test]
    fn times_are_read_from_what_the_kernel_says() {
        let stat = "cpu  100 1 50 900 30 2 3 4 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n";
        assert_eq!(all(stat), Some(Duration::from_millis(1550)));
        let own_stat = "1 (a) S 1 1 1 0 -1 4194560 100 0 0 0 10 20 30 40 20 0 3 0 1";
        assert_eq!(own(own_stat), Some(Duration::from_millis(1000)));
        assert_eq!(all("nothing"), None);
    }

    #[test]
    fn cores_are_two_different_numbers() {
        assert_eq!(Cores::read("0,1").unwrap().both, "0,1");
        for text in ["0", "1,1", "a,b", ""] {
            assert!(Cores::read(text).is_err(), "{text}");
        }
    }
}
