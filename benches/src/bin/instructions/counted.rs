//! A server under callgrind, from its start to its end.

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

/// Requests of the shorter run: what is made at the first one is made then.
const FEW: u64 = 50;
/// Requests of the longer run. So many more, that what differs between two starts (tables are hashed with random keys) is little beside
/// them.
const MANY: u64 = FEW + 1500;

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
}

impl Counter {
    pub async fn start() -> io::Result<Self> {
        let emulator = Emulator::builder()
            .port(0)
            .start()
            .await
            .map_err(io::Error::other)?;
        Ok(Self {
            token: emulator.admin().mint(json!({}), json!({})),
            emulator,
            runs: AtomicUsize::new(0),
        })
    }

    /// What one request of this kind costs this server.
    pub fn per_request(&self, program: Program, case: &Case) -> io::Result<PerRequest> {
        let (few, bytes) = self.run(program, case, FEW)?;
        let (many, _) = self.run(program, case, MANY)?;
        Ok(PerRequest {
            instructions: (many - few) / (MANY - FEW),
            bytes,
        })
    }

    /// The instructions of a whole run with so many requests, and the bytes of an answer.
    fn run(&self, program: Program, case: &Case, requests: u64) -> io::Result<(u64, u64)> {
        let server = Server::start(self.command(program, case))?;
        let token = (case.caller == Caller::SignedIn).then_some(self.token.as_str());
        let request = case.request(token);
        let mut client = Client::connect(&server.address)?;
        let mut bytes = 0;
        for _ in 0..requests {
            let (size, body) = client.ask(&request)?;
            let body = String::from_utf8_lossy(body);
            if !body.contains(case.answer()) {
                return Err(io::Error::other(format!("{}: {body}", case.name)));
            }
            bytes = size;
        }
        drop(client);
        Ok((server.end()?, bytes))
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

    /// Asks it to end, and says how many instructions it took in all.
    fn end(mut self) -> io::Result<u64> {
        let pid = self.child.id().to_string();
        Command::new("kill").arg(pid).status()?;
        self.child.wait()?;
        let profile = fs::read_to_string(&self.out)?;
        profile
            .lines()
            .find_map(|line| line.strip_prefix("totals: ")?.trim().parse().ok())
            .ok_or_else(|| io::Error::other("callgrind wrote no totals"))
    }
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
