//! `--stdio` as a client meets it: a process of its own, with everything that only a process has. The test is its own server.

#[cfg(not(unix))]
fn main() {}

#[cfg(unix)]
fn main() -> std::process::ExitCode {
    use std::{env, process::ExitCode};

    if env::var_os(process::SERVER).is_some() {
        return xmcp::run(process::app());
    }
    match report(&[
        (
            "what_anything_prints_goes_to_stderr_and_only_messages_go_to_stdout",
            process::what_anything_prints_goes_to_stderr_and_only_messages_go_to_stdout,
        ),
        (
            "a_panic_is_logged_once_with_its_place_and_escaped",
            process::a_panic_is_logged_once_with_its_place_and_escaped,
        ),
        (
            "the_end_of_stdin_is_an_orderly_end",
            process::the_end_of_stdin_is_an_orderly_end,
        ),
        (
            "a_signal_lets_the_running_call_finish_although_stdin_stays_open",
            process::a_signal_lets_the_running_call_finish_although_stdin_stays_open,
        ),
        (
            "a_client_that_goes_away_leaves_an_orderly_end",
            process::a_client_that_goes_away_leaves_an_orderly_end,
        ),
        (
            "a_start_that_takes_long_ends_with_its_supervisor",
            process::a_start_that_takes_long_ends_with_its_supervisor,
        ),
    ]) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

/// Runs the tests, and reports in the words of Rust's own harness, which tools count. A test that panics says why on stderr. Fails
/// when a test does, or when nobody can be told.
#[cfg(unix)]
fn report(tests: &[(&str, fn())]) -> std::io::Result<()> {
    use std::io::{Error, Write};

    let begin = std::time::Instant::now();
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "\nrunning {} tests", tests.len())?;
    let mut passed = 0;
    for (name, test) in tests {
        let is_ok = std::panic::catch_unwind(test).is_ok();
        passed += usize::from(is_ok);
        let word = if is_ok { "ok" } else { "FAILED" };
        writeln!(stdout, "test {name} ... {word}")?;
    }
    let failed = tests.len() - passed;
    writeln!(
        stdout,
        "\ntest result: {}. {passed} passed; {failed} failed; 0 ignored; 0 measured; 0 filtered out; finished in {:.2}s\n",
        if failed == 0 { "ok" } else { "FAILED" },
        begin.elapsed().as_secs_f64(),
    )?;
    if failed == 0 {
        Ok(())
    } else {
        Err(Error::other("a test failed"))
    }
}

#[cfg(unix)]
mod process {
    use std::{
        env,
        io::{self, BufRead, BufReader, Read, Write},
        net::{TcpListener, TcpStream},
        os::{fd::OwnedFd, unix::net::UnixStream},
        process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    };

    use serde_json::{Value, json};
    use xmcp::{
        App, AppState, PromptMetadata, ResourceMetadata, Settings, ToolMetadata,
        codegen::{
            Input, IntoPromptResult, IntoResourceResult, IntoToolResult, Prompt, Reply, Resource,
            Shape, Tool,
        },
        prelude::Result,
    };

    /// Set for the process that serves.
    pub(crate) const SERVER: &str = "XMCP_TEST_IS_SERVER";

    /// Set for a process whose state is never there.
    const WAITS: &str = "XMCP_TEST_WAITS";

    /// Where a slow call waits for the test.
    const DOOR: &str = "XMCP_TEST_DOOR";

    fn noise(what: &str) {
        let mut stdout = io::stdout();
        writeln!(stdout, "noise of {what}").unwrap();
        assert!(
            Command::new("echo")
                .args(["noise of a child of", what])
                .status()
                .unwrap()
                .success()
        );
    }

    /// Prints, answers.
    async fn loud() -> &'static str {
        noise("a handler");
        "loud and clear"
    }

    /// Takes until the test lets it go.
    async fn slow() -> Result<&'static str> {
        let mut door = tokio::net::TcpStream::connect(env::var(DOOR)?).await?;
        tokio::io::AsyncReadExt::read_u8(&mut door).await?;
        Ok("slow but sure")
    }

    /// What a stranger would have the terminal do and the log say.
    const FORGED: &str = "\u{1b}[2J\nERROR all is well";

    /// Panics in a thread of its own, then where it stands.
    async fn panics() -> &'static str {
        let thread = std::thread::spawn(|| panic!("thread {FORGED}"));
        assert!(thread.join().is_err());
        panic!("handler {FORGED}")
    }

    async fn loud_prompt() -> &'static str {
        noise("a prompt");
        "a loud prompt"
    }

    fn loud_resource() -> &'static str {
        noise("a resource");
        "a loud resource"
    }

    static PROMPTS: [Prompt; 1] = [Prompt {
        name: "loud",
        description: "For tests",
        source: "prompts/loud.rs:1:1",
        metadata: &PromptMetadata::NONE,
        meta: None,
        input: Input::None,
        shape: || Shape::prompt_async_0(loud_prompt),
        call: |_| Reply::new(async { loud_prompt().await.into_prompt_result() }),
        complete: None,
    }];

    static RESOURCES: [Resource; 1] = [Resource {
        uri: "test://loud",
        name: "loud",
        description: "For tests",
        source: "resources/loud.rs:1:1",
        metadata: &ResourceMetadata::NONE,
        meta: None,
        input: Input::None,
        parameters: &[],
        shape: || Shape::resource_0(loud_resource),
        call: |_| Reply::new(async { loud_resource().into_resource_result() }),
        complete: None,
    }];

    const TOOL: Tool = Tool {
        name: "loud",
        description: "For tests",
        source: "tools/loud.rs:1:1",
        metadata: &ToolMetadata::NONE,
        meta: None,
        input: Input::None,
        shape: || Shape::of_async_0(loud),
        call: |_| Reply::new(async { loud().await.into_tool_result() }),
    };
    static TOOLS: [Tool; 3] = [
        TOOL,
        Tool {
            name: "slow",
            shape: || Shape::of_async_0(slow),
            call: |_| Reply::new(async { slow().await.into_tool_result() }),
            ..TOOL
        },
        Tool {
            name: "panics",
            shape: || Shape::of_async_0(panics),
            call: |_| Reply::new(async { panics().await.into_tool_result() }),
            ..TOOL
        },
    ];

    pub(crate) fn app() -> App {
        App {
            dev: true,
            settings: Settings::default,
            tools: &TOOLS,
            prompts: &PROMPTS,
            resources: &RESOURCES,
            skills: &[],
            state: Some(|| {
                Box::pin(async {
                    noise("the state");
                    if env::var_os(WAITS).is_some() {
                        std::future::pending::<()>().await;
                    }
                    Ok(AppState::new())
                })
            }),
            // Nobody stands before a pipe, so what only HTTP needs is not asked for: a provider's variables, for one.
            middleware: Some(|| Err("SCALEKIT_CLIENT_SECRET is not set".into())),
            emulator: None,
        }
    }

    struct Server {
        process: Child,
        input: Option<ChildStdin>,
        output: BufReader<ChildStdout>,
        door: TcpListener,
    }

    impl Server {
        fn start() -> Self {
            let door = TcpListener::bind("127.0.0.1:0").unwrap();
            let mut process = Command::new(env::current_exe().unwrap())
                .args(["--stdio", "--no-env-file"])
                .env(SERVER, "1")
                .env_remove("RUST_BACKTRACE")
                .env(DOOR, door.local_addr().unwrap().to_string())
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let input = process.stdin.take();
            let output = BufReader::new(process.stdout.take().unwrap());
            Self {
                process,
                input,
                output,
                door,
            }
        }

        /// Waits until the slow call has begun. A byte lets it go.
        fn door(&self) -> TcpStream {
            self.door.accept().unwrap().0
        }

        fn call(&mut self, tool: &str) {
            self.send("tools/call", &json!({ "name": tool }));
        }

        fn send(&mut self, method: &str, params: &Value) {
            let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
            writeln!(self.input.as_mut().unwrap(), "{message}").unwrap();
        }

        /// The result of the next answer.
        fn result(&mut self) -> Value {
            let mut line = String::new();
            self.output.read_line(&mut line).unwrap();
            let mut message: Value =
                serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
            message["result"].take()
        }

        /// The text of the next answer to a call.
        fn answer(&mut self) -> String {
            self.result()["content"][0]["text"]
                .as_str()
                .unwrap()
                .to_owned()
        }

        /// The rest of stdout and of stderr, once the process has ended in order.
        fn ended(mut self) -> (String, String) {
            let (mut stdout, mut stderr) = (String::new(), String::new());
            self.process
                .stderr
                .take()
                .unwrap()
                .read_to_string(&mut stderr)
                .unwrap();
            self.output.read_to_string(&mut stdout).unwrap();
            let status = self.process.wait().unwrap();
            assert_eq!(status.code(), Some(0), "{stderr}");
            (stdout, stderr)
        }
    }

    pub(crate) fn a_start_that_takes_long_ends_with_its_supervisor() {
        let (ours, theirs) = UnixStream::pair().unwrap();
        // A shell gives the socket the number that a supervisor does.
        let mut process = Command::new("sh")
            .args(["-c", "exec \"$0\" --stdio --no-env-file 3<&0 </dev/null"])
            .arg(env::current_exe().unwrap())
            .envs([(SERVER, "1"), (WAITS, "1")])
            .envs([("LISTEN_FDS", "1"), ("LISTEN_FDNAMES", "xmcp-supervisor")])
            .env_remove("LISTEN_PID")
            .stdin(OwnedFd::from(theirs))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = BufReader::new(process.stderr.take().unwrap());
        let mut said = String::new();
        while !said.contains("a child of the state") {
            assert_ne!(stderr.read_line(&mut said).unwrap(), 0, "{said}");
        }
        drop(ours);
        stderr.read_to_string(&mut said).unwrap();
        assert_eq!(process.wait().unwrap().code(), Some(0), "{said}");
    }

    pub(crate) fn what_anything_prints_goes_to_stderr_and_only_messages_go_to_stdout() {
        let mut server = Server::start();
        server.call("loud");
        assert_eq!(server.answer(), "loud and clear");
        server.send("prompts/get", &json!({ "name": "loud" }));
        let prompt = server.result();
        assert_eq!(prompt["messages"][0]["content"]["text"], "a loud prompt");
        server.send("resources/read", &json!({ "uri": "test://loud" }));
        assert_eq!(server.result()["contents"][0]["text"], "a loud resource");
        server.input = None;
        let (stdout, stderr) = server.ended();
        assert_eq!(stdout, "");
        for noise in [
            "the state",
            "a child of the state",
            "a handler",
            "a child of a handler",
            "a prompt",
            "a resource",
        ] {
            assert!(
                stderr.contains(&format!("noise of {noise}\n")),
                "{noise} is missing: {stderr}"
            );
        }
    }

    pub(crate) fn a_panic_is_logged_once_with_its_place_and_escaped() {
        let mut server = Server::start();
        server.call("panics");
        let answer = server.answer();
        let id = answer
            .strip_prefix("internal error (request id ")
            .and_then(|rest| rest.strip_suffix(')'))
            .unwrap_or_else(|| panic!("{answer}"))
            .to_owned();
        server.input = None;
        let (_, stderr) = server.ended();
        assert!(!stderr.contains('\u{1b}'), "{stderr:?}");
        assert_eq!(stderr.matches("all is well").count(), 2, "{stderr}");
        let request = format!("request{{id={id}}}: ");
        for (who, span) in [("thread", ""), ("handler", &*request)] {
            let said = format!(
                r#"{span}xmcp::panic: a panic panic="{who} \u{{1b}}[2J\nERROR all is well" at={}:"#,
                file!()
            );
            assert_eq!(stderr.matches(&said).count(), 1, "{said} in: {stderr}");
        }
        let whose = format!(r#"the handler panicked tool="panics" request_id="{id}""#);
        assert_eq!(stderr.matches(&whose).count(), 1, "{whose} in: {stderr}");
    }

    pub(crate) fn the_end_of_stdin_is_an_orderly_end() {
        let mut server = Server::start();
        server.call("slow");
        let mut door = server.door();
        server.input = None;
        door.write_all(b"!").unwrap();
        assert_eq!(server.answer(), "slow but sure");
        assert_eq!(server.ended().0, "");
    }

    pub(crate) fn a_signal_lets_the_running_call_finish_although_stdin_stays_open() {
        for signal in ["-TERM", "-INT"] {
            let mut server = Server::start();
            server.call("slow");
            let mut door = server.door();
            let id = server.process.id().to_string();
            assert!(
                Command::new("kill")
                    .args([signal, &id])
                    .status()
                    .unwrap()
                    .success()
            );
            door.write_all(b"!").unwrap();
            assert_eq!(server.answer(), "slow but sure");
            let input = server.input.take();
            assert_eq!(server.ended().0, "");
            drop(input);
        }
    }

    pub(crate) fn a_client_that_goes_away_leaves_an_orderly_end() {
        let mut server = Server::start();
        server.call("slow");
        let mut door = server.door();
        let Server {
            mut process,
            input,
            output,
            ..
        } = server;
        drop((input, output));
        door.write_all(b"!").unwrap();
        let mut stderr = String::new();
        process
            .stderr
            .take()
            .unwrap()
            .read_to_string(&mut stderr)
            .unwrap();
        assert_eq!(process.wait().unwrap().code(), Some(0), "{stderr}");
    }
}
