//! Where the server listens, and what it says when it cannot.

use std::net::TcpListener as StdListener;

use listenfd::ListenFd;

use super::*;
use crate::http::listener::{BindError, bind};

async fn bound(settings: &HttpSettings, dev: bool) -> Result<SocketAddr, BindError> {
    bind(settings, dev, ListenFd::empty())
        .await
        .map(|(_, address)| address)
}

fn on(host: &str, port: u16) -> HttpSettings {
    HttpSettings {
        host: host.into(),
        port: Some(port),
        ..HttpSettings::default()
    }
}

#[tokio::test]
async fn a_taken_port_that_somebody_chose_is_an_error() {
    let other = StdListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port();
    for dev in [true, false] {
        let said = bound(&on("127.0.0.1", port), dev)
            .await
            .unwrap_err()
            .to_string();
        let expected = format!(
            "port {port} is taken: stop the other server or set another one with --port, PORT or [http] port"
        );
        assert_eq!(said, expected);
    }
}

#[tokio::test]
async fn a_taken_default_port_moves_in_dev_only() {
    // Whoever has the port, it is taken after this.
    let _other = StdListener::bind("127.0.0.1:3001");
    let settings = HttpSettings::default();
    let moved = bound(&settings, true).await.unwrap().port();
    assert!((3002..=3021).contains(&moved), "{moved}");
    assert!(matches!(
        bound(&settings, false).await,
        Err(BindError::Taken { port: 3001 })
    ));
    let public = HttpSettings {
        public_url: Some("https://mcp.example.com".into()),
        ..settings
    };
    assert!(matches!(
        bound(&public, true).await,
        Err(BindError::Taken { port: 3001 })
    ));
}

#[tokio::test]
async fn other_machines_are_let_in_only_under_a_name() {
    for host in ["0.0.0.0", "::", "[::]", "192.0.2.1"] {
        let said = bound(&on(host, 0), true).await.unwrap_err().to_string();
        assert_eq!(
            said,
            format!(
                "listening on `{host}` lets other machines in, and the server must know its name: set \
                 BASE_URL=https://mcp.example.com, or in xmcp.toml under [http] public_url = \"https://mcp.example.com\"; \
                 without an auth provider allowed_hosts = [\"mcp.example.com\"] does too"
            )
        );
    }
    let named = HttpSettings {
        allowed_hosts: vec!["mcp.example.com".into()],
        ..on("0.0.0.0", 0)
    };
    assert!(bound(&named, true).await.is_ok());
    let public = HttpSettings {
        public_url: Some("https://mcp.example.com".into()),
        ..on("0.0.0.0", 0)
    };
    assert!(bound(&public, true).await.is_ok());
}

#[tokio::test]
async fn hosts_that_cannot_be_are_named() {
    let elsewhere = HttpSettings {
        allowed_hosts: vec!["a".into()],
        ..on("192.0.2.1", 0)
    };
    assert_eq!(
        bound(&elsewhere, true).await.unwrap_err().to_string(),
        "`192.0.2.1` is not an address of this machine: set one with --host, HOST or [http] host, 0.0.0.0 for all"
    );
    let nowhere = HttpSettings {
        allowed_hosts: vec!["a".into()],
        ..on("no such host", 0)
    };
    assert!(
        bound(&nowhere, true)
            .await
            .unwrap_err()
            .to_string()
            .starts_with("host `no such host` cannot be resolved: set an address")
    );
}

#[tokio::test]
async fn localhost_is_listened_on() {
    assert!(
        bound(&on("localhost", 0), false)
            .await
            .unwrap()
            .ip()
            .is_loopback()
    );
}

/// The handover happens between processes: this test's program is started again as the one that is handed a socket.
#[cfg(unix)]
#[tokio::test]
async fn a_socket_that_is_handed_over_is_used() {
    use std::{
        os::fd::OwnedFd,
        process::{Command, Stdio},
    };

    let listener = StdListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "http::tests::listeners::serves_what_it_is_handed",
            "--ignored",
            "--nocapture",
        ])
        .env("LISTEN_FDS", "1")
        .env("LISTEN_FDS_FIRST_FD", "0")
        .env_remove("LISTEN_PID")
        .stdin(Stdio::from(OwnedFd::from(listener)))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut client = Client(TcpStream::connect(address).await.unwrap());
    client
        .write(format!(
            "GET /mcp HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"
        ))
        .await;
    let answer = client.answer().await;
    let output = child.wait_with_output().unwrap();
    assert_eq!(
        answer.status,
        200,
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success());
}

#[tokio::test]
#[ignore = "the other half of `a_socket_that_is_handed_over_is_used`"]
async fn serves_what_it_is_handed() {
    let handed_over = crate::http::listener::handed_over();
    let (listener, address) = bind(&HttpSettings::default(), false, handed_over)
        .await
        .unwrap();
    let shutdown = CancellationToken::new();
    let stop = shutdown.clone();
    let answer = move || {
        let stop = stop.clone();
        async move { stop.cancel() }
    };
    let routes = Routes {
        guarded: Router::new().route("/mcp", get(answer)),
        ..Routes::default()
    };
    let settings = HttpSettings {
        port: Some(address.port()),
        ..HttpSettings::default()
    };
    let router = stack(routes, &settings, false).unwrap();
    timeout(
        PATIENCE,
        serve(listener, router, &settings.limits, &shutdown.into()),
    )
    .await
    .unwrap();
}
