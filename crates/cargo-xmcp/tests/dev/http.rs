//! Over HTTP.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    os::unix::fs::PermissionsExt,
    process::Command,
    sync::mpsc::{self, RecvTimeoutError},
    thread,
};

use rustix::process::Signal;
use serde_json::json;

use crate::{
    app::{App, PATIENCE},
    client::{Caller, Client, line},
    support::Session,
};

/// A token of the local Scalekit that the command says it runs.
fn token(environment: &str) -> String {
    let address = environment.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!(
        "POST /emulator/token HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: \
         application/x-www-form-urlencoded\r\ncontent-length: 8\r\n\r\nuser=ada"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split_once("\r\n\r\n").unwrap().1.trim().to_owned()
}

#[test]
fn twenty_edits_five_of_them_broken_go_by_without_a_call_that_fails() {
    let app = App::new("dev-http", "scalekit");
    let mut dev = app.dev(&["--port", "0", "--verbose"]);
    let port = dev.serves();
    let environment = dev.says("callers sign in at a local Scalekit");
    // One token for all of it: the local Scalekit lives longer than any process of the app.
    let token = token(environment.rsplit(", ").next().unwrap());
    let client = || Client::new(port, Some(&token));
    let mut servers = vec![client().call("process").unwrap().parse().unwrap()];
    let callers = [
        Caller::start(client()),
        Caller::start(client().of_one_call()),
    ];
    for caller in &callers {
        assert_eq!(caller.next(), "first");
    }

    for edit in 0..20 {
        match edit % 4 {
            3 if edit % 8 == 3 => {
                app.write("tools/word.rs", "//! Says a word\n");
                dev.says("tool has no handler");
                dev.says("tools/word.rs:1:1");
                dev.says("The build failed: what was served before goes on");
            }
            3 => {
                app.answers("1 + \"word\"");
                dev.says("cannot add `&str` to");
                dev.says("The build failed: what was served before goes on");
            }
            _ => {
                let word = format!("word {edit}");
                app.says(&word);
                dev.says("tools: ~word");
                for caller in &callers {
                    assert_eq!(caller.next(), word);
                }
                servers.push(client().call("process").unwrap().parse().unwrap());
            }
        }
    }

    for caller in callers {
        let (calls, failures) = caller.stop();
        assert_eq!(failures, [""; 0], "of {calls} calls");
        assert!(calls > 100, "{calls}");
    }
    servers.dedup();
    assert_eq!(
        servers.len(),
        16,
        "each good edit is a process: {servers:?}"
    );

    app.says("mended");
    dev.says("tools: ~word");

    // A client that listens is told of a tool that came, and then asked to come again.
    let mut listener = client();
    let headers = "mcp-protocol-version: 2026-07-28\r\nmcp-method: subscriptions/listen\r\n";
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let params = json!({"notifications": {"toolsListChanged": true}, "_meta": meta});
    let listen =
        json!({"jsonrpc": "2.0", "id": 1, "method": "subscriptions/listen", "params": params});
    let mut stream = listener.send(&listen, headers).unwrap();
    let mut told = |text: &str| while !line(&mut stream).unwrap().contains(text) {};
    told("notifications/subscriptions/acknowledged");
    app.write(
        "tools/second.rs",
        "//! Says two\npub fn handler() -> i64 {\n    2\n}\n",
    );
    dev.says("tools: +second");
    told("notifications/tools/list_changed");
    told("\"result\"");
    servers.push(client().call("process").unwrap().parse().unwrap());

    // What only a process reads is served without a build, and one that does not come up is no successor.
    app.write(".env", "XMCP_LOG_FORMAT=xml\n");
    dev.says("environment variable `XMCP_LOG_FORMAT`");
    dev.says("The app did not start: what was served before goes on");
    assert_eq!(client().call("second").unwrap(), "2");
    app.write(".env", "XMCP_LOG_FORMAT=json\n");
    dev.says("Served in");
    assert_eq!(client().call("second").unwrap(), "2", "on the same port");

    // A call that never ends does not keep the person at the terminal.
    app.answers("eprintln!(\"it has begun\");\n    loop {\n        std::thread::park();\n    }");
    dev.says("tools: ~word");
    servers.push(client().call("process").unwrap().parse().unwrap());
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "word", "arguments": {}}});
    let _answer = client().send(&call, "").unwrap();
    dev.says("it has begun");
    dev.signal(Signal::INT);
    dev.says("Waiting for calls that still run");
    dev.ended(&servers);
    TcpStream::connect(("127.0.0.1", port)).expect_err("nobody listens any more");
}

#[test]
fn a_taken_port_is_named_with_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let session = Session::new();
    session
        .write(
            "Cargo.toml",
            "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n[build-dependencies]\nxmcp-build = \"0.1\"\n",
        )
        .write("src/main.rs", "fn main() {}\n");
    let said = session.run(["dev", "--port", &port]);
    assert_eq!(said.code, Some(1));
    assert_eq!(
        said.stderr,
        format!(
            "error: port {port} is taken\nhint: stop the other server, or choose another port with `--port`, `PORT` or `[http] port`\n"
        )
    );
}

#[test]
fn what_builds_ends_with_a_command_that_is_killed() {
    let mut session = Session::new();
    session
        .write(
            "Cargo.toml",
            "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n[build-dependencies]\nxmcp-build = \"0.1\"\n",
        )
        .write("src/main.rs", "fn main() {}\n")
        // It has a child of its own, as cargo has compilers. Both hold the pipe.
        .write(
            "cargo.sh",
            "#!/bin/sh\n[ \"$1\" = build ] || exec \"$REAL_CARGO\" \"$@\"\nexec 9>alive\necho building >&9\nsleep 600 &\nwait\n",
        );
    let script = session.path("cargo.sh");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o700)).unwrap();
    let made = Command::new("mkfifo").arg(session.path("alive")).status();
    assert!(made.unwrap().success());
    let real = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    session
        .variable("REAL_CARGO", real)
        .variable("CARGO", script.to_str().unwrap());
    let mut dev = session.command(&["dev", "--port", "0"]).spawn().unwrap();
    let (sender, said) = mpsc::channel();
    let alive = session.path("alive");
    thread::spawn(move || {
        let lines = BufReader::new(File::open(alive).unwrap()).lines();
        lines.for_each(|line| sender.send(line.unwrap()).unwrap());
    });
    assert_eq!(said.recv_timeout(PATIENCE).unwrap(), "building");

    dev.kill().unwrap();
    dev.wait().unwrap();
    // The pipe ends when nobody holds it any more.
    assert_eq!(
        said.recv_timeout(PATIENCE / 60),
        Err(RecvTimeoutError::Disconnected)
    );
}
