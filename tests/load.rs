//! Valid callers while others send expired tokens, forged ones and nothing at all. It takes two minutes and a quiet machine, so it runs
//! when somebody asks for it: `cargo test --release --test load -- --ignored --nocapture`.
//!
//! Server and clients share this machine. So the load is open: each kind of request is sent at a fixed rate, however long the answers
//! take, and a latency counts from the moment at which the request was due. The environment that vouches for callers is in this process,
//! the server in one of its own.

#![expect(
    clippy::print_stdout,
    reason = "what it measured is for the person who asked for it"
)]

mod support {
    pub mod command;
}

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::Child,
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use scalekit_emulator::{Emulator, Running, Signer};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::{JoinHandle, JoinSet},
    time::{MissedTickBehavior, interval, interval_at},
};

const BINARY: &str = env!("CARGO_BIN_EXE_xmcp-app");
const UNLOADED: Duration = Duration::from_secs(20);
const LOADED: Duration = Duration::from_secs(60);
/// How often the keys may be asked for because of strangers' tokens.
const WINDOW: Duration = Duration::from_secs(30);
/// What the memory may grow by under load once it is warm.
const GROWTH_KIB: u64 = 8 * 1024;
/// Connections of each kind of caller.
const CONNECTIONS: usize = 8;

/// A kind of caller: what it sends, how often in a second, and what it is answered.
struct Kind {
    name: &'static str,
    rate: u32,
    status: u16,
    requests: Vec<String>,
}

/// What came of a kind's requests.
#[derive(Default)]
struct Measured {
    latencies: Vec<Duration>,
    /// Answers of another status than was wanted, and connections that broke.
    wrong: usize,
}

#[test]
#[ignore = "takes two minutes and a quiet machine"]
fn valid_callers_are_served_while_others_flood() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(run());
}

async fn run() {
    let scalekit = Emulator::builder()
        .resource_id("res_1")
        .port(0)
        .start()
        .await
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), scalekit.environment_url());
    let [valid, others @ ..] = kinds(&scalekit, &server.address);
    let (valid, others) = (Arc::new(valid), others.map(Arc::new));

    // Nobody's first request counts: it fetches the keys.
    drive(Arc::clone(&valid), &server.address, Duration::from_secs(2)).await;
    let unloaded = drive(Arc::clone(&valid), &server.address, UNLOADED).await;

    let fetched = scalekit.admin().hits("/keys");
    let memory = server.watch_memory(LOADED);
    let mut flood = JoinSet::new();
    for kind in others {
        let address = server.address.clone();
        flood.spawn(async move { (kind.name, kind.rate, drive(kind, &address, LOADED).await) });
    }
    let loaded = drive(valid, &server.address, LOADED).await;
    let others = flood.join_all().await;
    let memory = memory.await.unwrap();
    let fetches = scalekit.admin().hits("/keys") - fetched;

    let [quiet, busy] = [&unloaded, &loaded].map(|measured| measured.percentile(99));
    let ratio = busy.as_secs_f64() / quiet.as_secs_f64();
    let windows = LOADED.as_secs().div_ceil(WINDOW.as_secs()) as usize;
    let warm = memory[memory.len() / 4];
    let end = *memory.last().unwrap();
    report("valid, unloaded", 0, &unloaded);
    report("valid, loaded", 0, &loaded);
    for (name, rate, measured) in &others {
        report(name, *rate, measured);
    }
    println!("p99 loaded / unloaded: {ratio:.2}");
    println!("memory of the server in KiB, every 5 s: {memory:?}");
    println!("key fetches under load: {fetches} in {windows} windows of {WINDOW:?}");

    let wrong: usize =
        unloaded.wrong + loaded.wrong + others.iter().map(|(_, _, of)| of.wrong).sum::<usize>();
    assert_eq!(wrong, 0, "answers of another status than wanted");
    // A window may have begun before the load did, and its end falls into it.
    assert!(fetches <= windows + 1, "{fetches} key fetches");
    assert!(
        end <= warm + GROWTH_KIB,
        "memory grew from {warm} to {end} KiB"
    );
    assert!(ratio <= 2.0, "p99 is {ratio:.2} times as long under load");
}

fn kinds(scalekit: &Running, address: &str) -> [Kind; 4] {
    let admin = scalekit.admin();
    let user = |number: usize| json!({ "sub": format!("usr_{number}") });
    let of = |name, rate, status, tokens: Vec<Option<String>>| Kind {
        name,
        rate,
        status,
        requests: tokens
            .iter()
            .map(|token| request(address, token.as_deref()))
            .collect(),
    };
    let valid = (0..20)
        .map(|number| Some(admin.mint(user(number), json!({}))))
        .collect();
    let over = |number| {
        let mut claims = user(number);
        claims["iat"] = json!(1_000);
        claims["nbf"] = json!(1_000);
        claims["exp"] = json!(4_600 + number);
        Some(admin.mint(claims, json!({})))
    };
    let forged = |number: usize| {
        let header = match number % 2 {
            0 => json!({ "kid": format!("snk_{number}") }),
            _ => json!({}),
        };
        Some(admin.mint_signed(user(number), header, &Signer::Stranger))
    };
    let flooding = |number: usize| match number % 3 {
        0 => None,
        1 => Some(format!("{number}.b.c")),
        _ => Some("a".repeat(8 * 1024 + 1)),
    };
    [
        of("valid", 50, 200, valid),
        of("expired", 50, 401, (0..50).map(over).collect()),
        of("forged", 50, 401, (0..200).map(forged).collect()),
        of("flooding", 200, 401, (0..30).map(flooding).collect()),
    ]
}

/// A call of `whoami`, as a 2026-07-28 client sends it.
fn request(address: &str, token: Option<&str>) -> String {
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientInfo": { "name": "load", "version": "1" },
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let params: Value = json!({ "name": "whoami", "arguments": {}, "_meta": meta });
    let body =
        json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params }).to_string();
    let credential = token
        .map(|token| format!("authorization: Bearer {token}\r\n"))
        .unwrap_or_default();
    format!(
        "POST /mcp HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\naccept: application/json, text/event-stream\r\n\
         mcp-protocol-version: 2026-07-28\r\nmcp-method: tools/call\r\nmcp-name: whoami\r\n{credential}content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Sends a kind's requests at its rate for so long, over connections that are kept.
async fn drive(kind: Arc<Kind>, address: &str, time: Duration) -> Measured {
    let measured = Arc::new(Mutex::new(Measured::default()));
    let mut callers = JoinSet::new();
    let pause = Duration::from_secs(1) * CONNECTIONS as u32 / kind.rate;
    for number in 0..CONNECTIONS {
        let (kind, measured, address) =
            (Arc::clone(&kind), Arc::clone(&measured), address.to_owned());
        callers.spawn(async move {
            let start = tokio::time::Instant::now() + pause * number as u32 / CONNECTIONS as u32;
            let mut due = interval_at(start, pause);
            due.set_missed_tick_behavior(MissedTickBehavior::Burst);
            let mut stream = None;
            let mut turn = number;
            while start.elapsed() < time {
                let since = due.tick().await;
                let request = &kind.requests[turn % kind.requests.len()];
                turn += CONNECTIONS;
                let status = ask(&mut stream, &address, request).await;
                let took = since.elapsed();
                let mut measured = measured.lock().unwrap();
                measured.latencies.push(took);
                measured.wrong += usize::from(status != Some(kind.status));
            }
        });
    }
    callers.join_all().await;
    let mut measured = std::mem::take(&mut *measured.lock().unwrap());
    measured.latencies.sort();
    measured
}

/// The status of the answer. A server that refused without reading the body ends the connection, and the next request takes another.
async fn ask(stream: &mut Option<TcpStream>, address: &str, request: &str) -> Option<u16> {
    let mut connection = match stream.take() {
        Some(connection) => connection,
        None => {
            let connection = TcpStream::connect(address).await.ok()?;
            connection.set_nodelay(true).ok()?;
            connection
        }
    };
    connection.write_all(request.as_bytes()).await.ok()?;
    let mut answer = Vec::new();
    let (status, closes) = loop {
        if connection.read_buf(&mut answer).await.ok()? == 0 {
            return None;
        }
        let text = String::from_utf8_lossy(&answer).to_ascii_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let header = |name: &str| head.lines().find_map(|line| line.strip_prefix(name));
        let length = header("content-length: ")
            .and_then(|length| length.parse().ok())
            .unwrap_or(0);
        if body.len() >= length {
            let status = head.split(' ').nth(1)?.parse().ok()?;
            break (status, header("connection: ") == Some("close"));
        }
    };
    if !closes {
        *stream = Some(connection);
    }
    Some(status)
}

impl Measured {
    fn percentile(&self, of_100: usize) -> Duration {
        let last = self.latencies.len() - 1;
        self.latencies[last * of_100 / 100]
    }
}

fn report(name: &str, rate: u32, measured: &Measured) {
    let [p50, p99] = [50, 99].map(|of_100| measured.percentile(of_100));
    let rate = if rate == 0 {
        String::new()
    } else {
        format!(", {rate} a second")
    };
    println!(
        "{name}: {} requests{rate}, p50 {p50:?}, p99 {p99:?}, {} wrong",
        measured.latencies.len(),
        measured.wrong
    );
}

/// The app in a process of its own. Dropping it ends it.
struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(folder: &Path, environment: &str) -> Self {
        let mut command = support::command::command(Path::new(BINARY), folder);
        command
            .env("PORT", "0")
            .env("SCALEKIT_ENVIRONMENT_URL", environment)
            .env("SCALEKIT_RESOURCE_ID", "res_1");
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = String::new();
        let address = loop {
            let line = lines
                .next()
                .unwrap_or_else(|| panic!("the server ended: {said}"))
                .unwrap();
            if let Some((_, url)) = line.split_once("MCP Server running on http://") {
                break url.trim_end_matches("/mcp").to_owned();
            }
            said.push_str(&line);
        };
        // Somebody has to read what it says, or it stops in the middle of it.
        thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        Self { child, address }
    }

    /// What of its memory is in use, in KiB, every 5 seconds.
    fn watch_memory(&self, time: Duration) -> JoinHandle<Vec<u64>> {
        let status = format!("/proc/{}/status", self.child.id());
        tokio::spawn(async move {
            let mut due = interval(Duration::from_secs(5));
            let mut seen = Vec::new();
            while seen.len() as u64 <= time.as_secs() / 5 {
                due.tick().await;
                let text = fs::read_to_string(&status).unwrap();
                let line = text
                    .lines()
                    .find_map(|line| line.strip_prefix("VmRSS:"))
                    .unwrap();
                seen.push(line.trim().trim_end_matches(" kB").parse().unwrap());
            }
            seen
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
