//! A server under callgrind, which counts while requests come and at no other time.

use std::{
    env, fs,
    io::{self, BufRead, BufReader, Read},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
};

use scalekit_emulator::{Emulator, Running};
use serde_json::json;
use xmcp_benches::client::Client;

use super::case::{Caller, Case};

/// Requests before anything is counted: what is made at the first one is made then.
const FIRST: u64 = 50;
/// Requests that are counted.
const COUNTED: u64 = 1500;

/// Which of the two servers.
#[derive(Clone, Copy)]
pub enum Program {
    Served,
    Limit,
}

/// What one request took.
pub struct PerRequest {
    pub instructions: u64,
    /// Of its answer.
    pub bytes: u64,
}

/// Counts, and vouches for callers meanwhile.
pub struct Counter {
    emulator: Running,
    token: String,
    runs: AtomicUsize,
    /// Where the profiles of our server are to stay.
    keep: Option<PathBuf>,
}

impl Counter {
    pub async fn start(keep: Option<PathBuf>) -> io::Result<Self> {
        if let Some(folder) = &keep {
            fs::create_dir_all(folder)?;
        }
        let emulator = Emulator::builder()
            .port(0)
            .start()
            .await
            .map_err(io::Error::other)?;
        Ok(Self {
            token: emulator.admin().mint(json!({}), json!({})),
            emulator,
            runs: AtomicUsize::new(0),
            keep,
        })
    }

    /// What one request of this kind costs this server.
    pub fn per_request(&self, program: Program, case: &Case) -> io::Result<PerRequest> {
        let server = Server::start(self.command(program, case))?;
        let token = (case.caller == Caller::SignedIn).then_some(self.token.as_str());
        let request = case.request(token);
        let mut client = Client::connect(&server.address)?;
        let mut ask = |times| {
            let mut bytes = 0;
            for _ in 0..times {
                let (size, body) = client.ask(&request)?;
                let body = String::from_utf8_lossy(body);
                if !body.contains(case.answer()) {
                    return Err(io::Error::other(format!("{}: {body}", case.name)));
                }
                bytes = size;
            }
            Ok(bytes)
        };
        ask(FIRST)?;
        server.count(true)?;
        let bytes = ask(COUNTED)?;
        server.count(false)?;
        let profile = server.end()?;
        if let (Some(folder), Program::Served) = (&self.keep, program) {
            fs::write(folder.join(case.name), &profile)?;
        }
        Ok(PerRequest {
            instructions: total(&profile)? / COUNTED,
            bytes,
        })
    }

    fn command(&self, program: Program, case: &Case) -> CountedCommand {
        let name = match program {
            Program::Served => "served",
            Program::Limit => "limit",
        };
        let run = self.runs.fetch_add(1, Ordering::Relaxed);
        let folder = env::current_exe()
            .ok()
            .and_then(|path| path.parent().map(PathBuf::from))
            .unwrap_or_default();
        let out = env::temp_dir().join(format!("callgrind.{}.{run}", std::process::id()));
        let mut command = Command::new("valgrind");
        command
            .arg("--tool=callgrind")
            .arg("--instr-atstart=no")
            .arg(format!("--callgrind-out-file={}", out.display()))
            .arg(format!("--log-file={}.log", out.display()))
            .arg(folder.join(name))
            // One worker, so that nobody waits for another and looks for work meanwhile.
            .env("TOKIO_WORKER_THREADS", "1")
            .env("PORT", "0")
            .env("BENCH_TOOLS", case.tools.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        if case.caller == Caller::SignedIn {
            let connection = self.emulator.connection();
            command
                .env("SCALEKIT_ENVIRONMENT_URL", connection.environment_url())
                .env("SCALEKIT_RESOURCE_ID", connection.resource_id());
        }
        CountedCommand { command, out }
    }
}

struct CountedCommand {
    command: Command,
    /// Where callgrind writes.
    out: PathBuf,
}

/// A server that runs. Dropping it ends it.
struct Server {
    child: Child,
    address: String,
    out: PathBuf,
}

impl Server {
    /// Returns when the server has said where it listens.
    fn start(CountedCommand { mut command, out }: CountedCommand) -> io::Result<Self> {
        let mut child = command.spawn().map_err(|error| {
            io::Error::new(error.kind(), format!("cannot run valgrind: {error}"))
        })?;
        let mut said = BufReader::new(child.stderr.take().expect("it is piped"));
        let mut server = Self {
            child,
            address: String::new(),
            out,
        };
        let mut line = String::new();
        while server.address.is_empty() {
            line.clear();
            if said.read_line(&mut line)? == 0 {
                return Err(io::Error::other("the server ended before it listened"));
            }
            if let Some((_, url)) = line.split_once("running on http://") {
                server.address = url.trim_end().trim_end_matches("/mcp").to_owned();
            }
        }
        // Nobody reads what it says further, but it must find room for it.
        std::thread::spawn(move || said.read_to_end(&mut Vec::new()));
        Ok(server)
    }

    /// Begins to count, or stops.
    fn count(&self, is_counted: bool) -> io::Result<()> {
        let status = Command::new("vgdb")
            .arg(format!("--pid={}", self.child.id()))
            .arg("instrumentation")
            .arg(if is_counted { "on" } else { "off" })
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .map_err(|error| io::Error::new(error.kind(), format!("cannot run vgdb: {error}")))?;
        match status.success() {
            true => Ok(()),
            false => Err(io::Error::other(format!("vgdb: {status}"))),
        }
    }

    /// Asks it to end, and returns what callgrind wrote.
    fn end(mut self) -> io::Result<String> {
        let pid = self.child.id().to_string();
        Command::new("kill").arg(pid).status()?;
        self.child.wait()?;
        fs::read_to_string(&self.out)
    }
}

/// How many instructions were counted.
fn total(profile: &str) -> io::Result<u64> {
    profile
        .lines()
        .find_map(|line| line.strip_prefix("totals: ")?.trim().parse().ok())
        .ok_or_else(|| io::Error::other("callgrind wrote no totals"))
}

impl Drop for Server {
    fn drop(&mut self) {
        // Each fails when there is nothing left to end or to remove, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_file(&self.out);
        let _ = fs::remove_file(self.out.with_added_extension("log"));
    }
}
