//! `xmcp::serve` in a program with a runtime of its own. The test is that program too: it starts itself once more, as the server.

use std::{
    env,
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpStream},
    process::{Child, Command, Stdio},
};

use xmcp::{App, Settings};

use crate::tools;

/// Set for the process that serves.
const SERVER: &str = "XMCP_TEST_IS_SERVER";

fn app() -> App {
    let settings = || {
        let mut settings = Settings::default();
        settings.http.port = Some(0);
        settings
    };
    App {
        settings,
        ..tools::app(tools::TOOLS)
    }
}

/// Ends the server, whatever the test came to.
struct Ending(Child);

impl Drop for Ending {
    fn drop(&mut self) {
        // Both fail when it has ended already, which is as good.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The whole answer to a message on a connection of its own, and the address that it was sent from.
fn called(address: &str, message: &str) -> (String, SocketAddr) {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "POST /from/environment HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{message}",
        message.len()
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    (answer, stream.local_addr().unwrap())
}

#[test]
fn serves_under_the_settings_until_it_is_told_to_end() {
    if env::var_os(SERVER).is_some() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        return runtime.block_on(xmcp::serve(app())).unwrap();
    }
    let mut command = Command::new(env::current_exe().unwrap());
    for name in ["PORT", "HOST", "BASE_URL", "XMCP_HTTP_PORT"] {
        command.env_remove(name);
    }
    let process = command
        .args([
            "--exact",
            "serve::serves_under_the_settings_until_it_is_told_to_end",
            "--nocapture",
        ])
        .env(SERVER, "1")
        .env("XMCP_HTTP_ENDPOINT", "/from/environment")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut process = Ending(process);
    let mut stderr = BufReader::new(process.0.stderr.take().unwrap());
    let mut said = String::new();
    let address = loop {
        assert_ne!(stderr.read_line(&mut said).unwrap(), 0, "{said}");
        if let Some((_, rest)) = said.split_once("MCP Server running on http://") {
            break rest.strip_suffix("/from/environment\n").unwrap().to_owned();
        }
    };

    let call = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"hello"}}"#;
    let (answer, _) = called(&address, call);
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    let body = r#"{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"hello"}]}}"#;
    assert!(answer.ends_with(&format!("\r\n\r\n{body}")), "{answer}");

    let call = r#"{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"about"}}"#;
    let (answer, peer) = called(&address, call);
    let told = format!(r#""peer":"{peer}""#);
    assert!(answer.contains(&told), "a handler sees who asks: {answer}");

    let kill = Command::new("kill")
        .arg(process.0.id().to_string())
        .status();
    assert!(kill.unwrap().success());
    stderr.read_to_string(&mut said).unwrap();
    assert_eq!(process.0.wait().unwrap().code(), Some(0), "{said}");
    assert!(TcpStream::connect(&address).is_err(), "nobody listens");
}
