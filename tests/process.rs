//! The app as a process: what it reads at start, what it says, and how it ends.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command, Output, Stdio},
};

/// The app, in an empty folder of its own and without the environment's settings.
fn app(folder: &str) -> Command {
    let folder = folder_of(folder);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    app_in(folder)
}

fn app_in(folder: PathBuf) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xmcp-app"));
    command
        .env("SCALEKIT_EMULATOR_STATE", folder.join("scalekit"))
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("XMCP_")
            || (name.starts_with("SCALEKIT_") && name != "SCALEKIT_EMULATOR_STATE")
            || ["PORT", "HOST", "BASE_URL", "LISTEN_FDS", "LISTEN_PID"].contains(&name.as_str())
        {
            command.env_remove(name);
        }
    }
    command
}

fn folder_of(test: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join("process")
        .join(test)
}

/// Exit code and standard error of a run that ends by itself. Standard output is the protocol's, and here it stays empty.
fn said(command: &mut Command) -> (Option<i32>, String) {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    assert_eq!(String::from_utf8(stdout).unwrap(), "");
    (status.code(), String::from_utf8(stderr).unwrap())
}

/// A server that says where it runs.
struct Server {
    child: Child,
    stderr: BufReader<std::process::ChildStderr>,
    address: String,
    /// Where the local Scalekit answers.
    scalekit: String,
    /// What it said until then.
    said: String,
}

impl Server {
    fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut text = String::new();
        while stderr.read_line(&mut text).unwrap() > 0 {
            let after = |words: &str| text.split_once(words).map(|(_, rest)| rest.trim_end());
            if let Some(scalekit) = after("sign in at a local Scalekit, http://") {
                let url = after("✔ MCP Server running on http://").unwrap();
                return Self {
                    address: url.split('/').next().unwrap().to_owned(),
                    scalekit: scalekit.to_owned(),
                    child,
                    stderr,
                    said: text,
                };
            }
        }
        let status = child.wait().unwrap();
        panic!("the server did not start ({status}): {text}");
    }

    /// A user's token, as the banner's command gets it.
    fn token(&self) -> String {
        let mut stream = TcpStream::connect(&self.scalekit).unwrap();
        write!(
            stream,
            "POST /emulator/token HTTP/1.1\r\nhost: {}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n",
            self.scalekit
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.split_once("\r\n\r\n").unwrap().1.to_owned()
    }

    /// POST to the endpoint of which only a part of the body is sent: a request in progress.
    fn begin_request(&self) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        let head = "content-type: application/json\r\naccept: application/json, text/event-stream\r\ncontent-length: 100\r\nexpect: 100-continue";
        write!(
            stream,
            "POST /mcp HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n{head}\r\n\r\n",
            self.address,
            self.token()
        )
        .unwrap();
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(&answer, b"HTTP/1.1 100", "the server reads the body");
        stream
    }

    #[cfg(unix)]
    fn signal(&self, signal: &str) {
        let kill = Command::new("kill")
            .args([&format!("-{signal}"), &self.child.id().to_string()])
            .status()
            .unwrap();
        assert!(kill.success());
    }

    /// Waits for a line of the log.
    #[cfg(unix)]
    fn wait_for(&mut self, part: &str) {
        let mut text = String::new();
        while !text.contains(part) {
            assert_ne!(
                self.stderr.read_line(&mut text).unwrap(),
                0,
                "`{part}` is missing in: {text}"
            );
        }
    }

    /// Exit code, after everything it said.
    fn end(mut self) -> Option<i32> {
        let mut rest = String::new();
        self.stderr.read_to_string(&mut rest).unwrap();
        let code = self.child.wait().unwrap().code();
        let mut stdout = String::new();
        self.child
            .stdout
            .take()
            .unwrap()
            .read_to_string(&mut stdout)
            .unwrap();
        assert_eq!(stdout, "");
        code
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Whatever a test came to, nothing is left running.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn help_and_version_are_for_people() {
    let (code, text) = said(app("help").arg("--help"));
    assert_eq!(code, Some(0));
    for part in [
        "--stdio",
        "--no-env-file",
        "BASE_URL",
        "XMCP_HTTP_BODY_LIMIT",
    ] {
        assert!(text.contains(part), "{text}");
    }
    assert_eq!(
        said(app("version").arg("--version")),
        (Some(0), format!("xmcp-app {}\n", env!("CARGO_PKG_VERSION")))
    );
}

#[test]
fn a_flag_that_does_not_exist_is_answered_with_the_one_that_does() {
    let expected = "error: unknown flag `--prot`: did you mean `--port`?\n";
    assert_eq!(
        said(app("flag").arg("--prot=1")),
        (Some(2), expected.to_owned())
    );
}

#[test]
fn every_setting_that_is_wrong_is_named_in_one_run() {
    let (code, text) = said(
        app("settings")
            .env("XMCP_LOG_FORMAT", "xml")
            .env("XMCP_HTTP_BODY_LIMIT", "big")
            .args(["--port", "x"]),
    );
    assert_eq!(code, Some(1));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3, "{text}");
    for part in ["`XMCP_HTTP_BODY_LIMIT`", "`XMCP_LOG_FORMAT`", "`--port`"] {
        assert!(
            lines
                .iter()
                .any(|line| line.starts_with("error: ") && line.contains(part)),
            "{text}"
        );
    }
}

#[test]
fn a_malformed_env_file_is_named_by_line_and_never_quoted() {
    let folder = folder_of("malformed");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(".env"), "PORT=0\nsecret words\n").unwrap();
    let expected = "error: .env:2: not an assignment: write NAME=value, with quotes around a value that has spaces\n";
    assert_eq!(
        said(&mut app_in(folder.clone())),
        (Some(1), expected.to_owned())
    );
    let (code, text) = said(app_in(folder).args(["--no-env-file", "--port", "x"]));
    assert_eq!(code, Some(1));
    assert!(!text.contains(".env"), "{text}");
}

#[test]
fn the_env_file_fills_in_what_the_environment_does_not_say() {
    let folder = folder_of("env-file");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(".env"), "HOST=256.0.0.1\nPORT=eighty\n").unwrap();
    let (code, text) = said(app_in(folder).env("HOST", "127.0.0.1"));
    assert_eq!(code, Some(1));
    assert!(
        text.contains("`PORT`") && !text.contains("`HOST`"),
        "{text}"
    );
}

#[test]
fn a_taken_port_that_somebody_chose_is_an_error() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port();
    let expected = format!(
        "error: port {port} is taken: stop the other server or set another one with --port, PORT or [http] port\n"
    );
    assert_eq!(
        said(app("taken").env("PORT", port.to_string())),
        (Some(1), expected)
    );
}

#[test]
fn a_local_scalekit_whose_port_was_taken_goes_on_at_another_one_and_says_so() {
    let start = || Server::start(app_in(folder_of("moved")).args(["--port", "0"]));
    drop(fs::remove_dir_all(folder_of("moved")));
    fs::create_dir_all(folder_of("moved")).unwrap();
    let first = start();
    let before = first.scalekit.clone();
    assert!(!first.said.contains("from now on"), "{}", first.said);
    drop(first);
    let _other = TcpListener::bind(&before).unwrap();

    let second = start();
    assert_ne!(second.scalekit, before);
    let port = before.rsplit(':').next().unwrap();
    let expected = format!(
        "the local Scalekit was on port {port} before and is at http://{} from now on",
        second.scalekit
    );
    let lines: Vec<_> = second.said.matches(&expected).collect();
    assert_eq!(lines.len(), 1, "{}", second.said);
    assert!(second.token().starts_with("ey"));
}

#[cfg(unix)]
#[test]
fn a_server_says_that_it_is_well_and_ends_when_it_is_told() {
    let server = Server::start(app("well").args(["--port", "0"]));
    let port = server.address.rsplit(':').next().unwrap().to_owned();
    let expected = format!("the server at 127.0.0.1:{port} is well\n");
    assert_eq!(
        said(app("health").args(["--health", "--port", &port])),
        (Some(0), expected)
    );
    server.signal("TERM");
    assert_eq!(server.end(), Some(0));
    let (code, text) = said(app("health").args(["--health", "--port", &port]));
    assert_eq!(code, Some(1));
    assert!(
        text.starts_with(&format!("error: no server answers at 127.0.0.1:{port} (")),
        "{text}"
    );
}

#[cfg(unix)]
#[test]
fn the_first_signal_waits_for_requests_and_the_second_does_not() {
    let mut server = Server::start(app("signals").args(["--port", "0"]));
    let _request = server.begin_request();
    server.signal("INT");
    server.wait_for("shutting down");
    server.signal("INT");
    assert_eq!(server.end(), Some(130));
}

#[cfg(unix)]
#[test]
fn a_socket_that_is_handed_over_is_served() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let mut command = app("handover");
    command
        .env("LISTEN_FDS", "1")
        .env("LISTEN_FDS_FIRST_FD", "0")
        .stdin(Stdio::from(std::os::fd::OwnedFd::from(listener)));
    let server = Server::start(&mut command);
    drop(command);
    assert_eq!(server.address, address);
    server.signal("TERM");
    assert_eq!(server.end(), Some(0));
}

#[test]
fn a_browser_gets_a_page_and_a_program_does_not() {
    let server = Server::start(app("page").args(["--port", "0"]));
    let get = |accept: &str| {
        let mut stream = TcpStream::connect(&server.address).unwrap();
        write!(
            stream,
            "GET / HTTP/1.1\r\nhost: {}\r\naccept: {accept}\r\nconnection: close\r\n\r\n",
            server.address
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let page = get("text/html,*/*;q=0.8");
    assert!(
        page.starts_with("HTTP/1.1 200 OK")
            && page.contains("content-security-policy: default-src 'none'"),
        "{page}"
    );
    for part in [
        format!(
            "claude mcp add --transport http xmcp-app http://localhost:{}/mcp",
            server.address.rsplit(':').next().unwrap()
        ),
        String::from("<code>greet</code>"),
    ] {
        assert!(page.contains(&part), "`{part}` is missing in: {page}");
    }
    assert!(get("*/*").starts_with("HTTP/1.1 404"));
}
