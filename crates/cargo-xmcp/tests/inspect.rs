//! `cargo xmcp inspect`, against servers of this repository and against none.

#[expect(dead_code, reason = "the tests of other commands use the rest")]
mod support;

use std::process::Output;

use insta::assert_snapshot;
use serde_json::Value;
use support::{
    Session, Transcript, checkout,
    server::{Server, answering, built, dead, lines},
};

#[test]
fn it_says_what_it_does() {
    assert_snapshot!(Session::new().run(["inspect", "--help"]).succeeded());
    assert_snapshot!(
        Session::new()
            .run(["inspect", "tool", "--help"])
            .succeeded()
    );
}

#[test]
fn without_a_server_it_is_the_app_of_the_folder() {
    let session = Session::new();
    let checkout = checkout();
    let app = ["inspect", "--manifest-path", checkout.to_str().unwrap()];

    let overview = session.run(app).succeeded();
    assert_snapshot!(overview);
    let called = session.run(app.into_iter().chain(["tool", "greet", "name=Ada"]));
    assert_snapshot!(called.succeeded());
}

#[test]
fn everything_that_a_server_has_is_listed_and_called_over_http() {
    let session = Session::new();
    let server = Server::everything(&session);
    let inspect = |arguments: &[&str]| {
        let all = ["inspect", &server.url].into_iter();
        session.run(all.chain(arguments.iter().copied()))
    };

    let overview = inspect(&[]).succeeded();
    for text in [
        "Tools (",
        "Prompts (",
        "Resources (",
        "Resource templates (",
    ] {
        assert!(overview.stdout.contains(text), "{overview}");
    }
    for line in overview.stdout.lines() {
        assert!(
            line.chars().count() <= 100 || !line.starts_with("  "),
            "{line}"
        );
    }
    let overview: Value = serde_json::from_str(&inspect(&["--json"]).succeeded().stdout).unwrap();
    assert_eq!(overview["serverInfo"]["name"], "everything");
    assert_eq!(overview["protocolVersion"], "2026-07-28");
    assert!(overview["tools"][0]["inputSchema"].is_object());
    assert!(overview["resourceTemplates"][0]["uriTemplate"].is_string());
    let older = inspect(&["--protocol", "2025-11-25", "--json"]).succeeded();
    let older: Value = serde_json::from_str(&older.stdout).unwrap();
    assert_eq!(older["protocolVersion"], "2025-11-25");

    assert_snapshot!(inspect(&["tool", "divisors", "number=12"]).succeeded());
    assert_snapshot!(inspect(&["tool", "divisors", "number=12", "--json"]).succeeded());
    assert_snapshot!(inspect(&["tool", "divisors", "--describe"]).succeeded());
    assert_snapshot!(inspect(&["tool", "test_multiple_content_types"]).succeeded());
    assert_snapshot!(
        inspect(&["prompt", "test_prompt_with_arguments", "arg1=a", "arg2=b"]).succeeded()
    );
    assert_snapshot!(inspect(&["resource", "test://static-text"]).succeeded());
    assert_snapshot!(
        inspect(&["--protocol", "2025-11-25", "tool", "test_tool_with_logging"]).succeeded()
    );
}

#[test]
fn how_far_it_is_and_what_nobody_answers_is_said() {
    let session = Session::new();
    let server = Server::everything(&session);
    for protocol in ["2025-11-25", "2026-07-28"] {
        let inspect = |arguments: &[&str]| {
            let all = ["inspect", &server.url, "--protocol", protocol].into_iter();
            session
                .run(all.chain(arguments.iter().copied()))
                .succeeded()
        };
        let said = inspect(&["tool", "test_tool_with_progress"]);
        assert_eq!(said.stdout, "The work is done.\n", "{said}");
        assert_eq!(
            said.stderr,
            "progress 0/100\nprogress 50/100\nprogress 100/100\n"
        );

        let said = inspect(&["tool", "test_elicitation", "message=Who are you?\x1b[2J"]);
        assert_eq!(said.stdout, "User response: declined\n", "{said}");
        assert_eq!(
            said.stderr,
            "warning: the server asks \"Who are you?\\u{1b}[2J\": declined, since nobody is at a terminal to answer\n"
        );
    }
}

#[test]
fn what_cannot_be_called_is_said_with_what_can() {
    let session = Session::new();
    let server = Server::everything(&session);
    let inspect = |arguments: &[&str]| {
        let all = ["inspect", &server.url].into_iter();
        session.run(all.chain(arguments.iter().copied()))
    };

    assert_snapshot!(inspect(&["tool", "greeet"]));
    assert_snapshot!(inspect(&["tool", "greet"]));
    assert_snapshot!(inspect(&["tool", "test_error_handling"]));
    assert_snapshot!(inspect(&["tool", "divisors", "number=many"]));
    assert_snapshot!(inspect(&["tool", "divisors", "--arguments", "[1]"]));
    assert_snapshot!(inspect(&["prompt", "nobody"]));
    assert_snapshot!(inspect(&["resource", "nobody://knows"]));
}

#[test]
fn a_server_that_wants_a_user_gets_one_by_a_browser_or_a_token() {
    let mut session = Session::new();
    let server = Server::app(&session);
    let token = server.line("/emulator/token");
    let token = token
        .split_whitespace()
        .find(|word| word.starts_with("http"))
        .unwrap();
    let arguments = ["inspect", &server.url, "--no-browser", "tool", "whoami"];

    let mut process = session.command(&arguments).spawn().unwrap();
    let said = lines(process.stderr.take().unwrap());
    let said: Vec<_> = said.iter().take(2).collect();
    assert_eq!(said[0], "The server wants to know who you are. Sign in at:");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    // The browser: its user consents without being asked, and it is sent back.
    let page = runtime.block_on(async { reqwest::get(said[1].trim()).await?.text().await });
    assert_eq!(
        page.unwrap(),
        "You are signed in. Go back to the terminal; this page can be closed."
    );
    let Output { status, stdout, .. } = process.wait_with_output().unwrap();
    assert!(status.success());
    assert!(String::from_utf8(stdout).unwrap().contains("\"usr_1\""));
    #[cfg(unix)]
    stays_signed_in(&session, &server.url);

    let token = runtime.block_on(async {
        reqwest::Client::new()
            .post(token)
            .body("user=grace")
            .send()
            .await?
            .text()
            .await
    });
    let token = token.unwrap();
    let header = format!("Authorization: Bearer {token}");
    for with in [["--token", &token], ["--header", &header]] {
        let who = session.run(["inspect", &server.url, with[0], with[1], "tool", "whoami"]);
        assert!(who.succeeded().stdout.contains("\"usr_2\""));
    }

    // Where nobody on the machine sees them.
    session.write("home/token", &format!("{token}\n"));
    session.write("home/headers", &format!("X-Other: a\n\n{header}\n"));
    for with in [["--token", "@home/token"], ["--header", "@home/headers"]] {
        let who = session.run(["inspect", &server.url, with[0], with[1], "tool", "whoami"]);
        assert!(who.succeeded().stdout.contains("\"usr_2\""));
    }
    for with in [["--token", "-"], ["--header", "@-"]] {
        let file = if with[0] == "--token" {
            "home/token"
        } else {
            "home/headers"
        };
        let who = session
            .command(&["inspect", &server.url, with[0], with[1], "tool", "whoami"])
            .stdin(std::fs::File::open(session.path(file)).unwrap())
            .output()
            .unwrap();
        assert!(String::from_utf8(who.stdout).unwrap().contains("\"usr_2\""));
    }
    let said = session.run(["inspect", &server.url, "--token", "-", "--header", "@-"]);
    assert!(
        said.stderr
            .starts_with("error: two things cannot be read from stdin\n"),
        "{said}"
    );
    session.write("home/headers", "X-Other: a\nhunter2\n");
    let said = session.run(["inspect", &server.url, "--header", "@home/headers"]);
    assert_eq!(
        said.stderr,
        "error: `home/headers`:2 is no credential: a header has a name, a colon and a value\n\
         hint: a file for `--token` has a token alone, and one for `--header` lines like `X-Api-Key: secret`\n"
    );

    session.name(server.url.clone(), "[URL]");
    session.name(server.url.trim_end_matches("/mcp"), "[SERVER]");
    assert_snapshot!(session.run(["inspect", &server.url, "--token", "of-another"]));
}

/// Once is enough while the token lives, and one that is no good any more is no obstacle.
#[cfg(unix)]
#[track_caller]
fn stays_signed_in(session: &Session, url: &str) {
    let again = session.run(["inspect", url, "tool", "whoami"]);
    assert!(again.succeeded().stdout.contains("\"usr_1\""));
    // It is for this URL alone, and until it is to be forgotten.
    let other = url.replace("127.0.0.1", "localhost");
    let signs_in = |arguments: &[&str]| {
        let mut process = session.command(arguments).spawn().unwrap();
        let said = lines(process.stderr.take().unwrap());
        let first = said.iter().next().unwrap_or_default();
        process.kill().unwrap();
        process.wait().unwrap();
        first == "The server wants to know who you are. Sign in at:"
    };
    assert_ne!(other, url);
    assert!(signs_in(&["inspect", &other, "--no-browser"]));
    let path = session.path("home/.local/state/cargo-xmcp/sign-ins");
    let files = || std::fs::read_dir(&path).unwrap().count();
    assert_eq!(files(), 1);
    assert!(signs_in(&["inspect", url, "--no-browser", "--forget"]));
    assert_eq!(files(), 0);
}

#[test]
fn a_server_that_takes_keys_asks_for_a_header_and_for_no_sign_in() {
    let session = Session::new();
    let url = answering(
        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: ApiKey realm=\"mcp\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    );

    let said = session.run(["inspect", &url]);

    assert_eq!(said.code, Some(1));
    assert_snapshot!(said);
    // A key that the server does not know is told in the same words.
    let known = session.run(["inspect", &url, "--header", "X-Api-Key: other"]);
    assert_eq!(known.stderr, said.stderr);
}

#[test]
fn a_server_that_does_not_say_where_its_tokens_are_asks_for_one() {
    let session = Session::new();
    let url = answering(
        "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer realm=\"mcp\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    );

    let said = session.run(["inspect", &url]);

    assert_eq!(said.code, Some(1));
    assert_eq!(
        said.stderr,
        "error: the server wants a token, and does not say where a client gets one\n\
         hint: bring one that you have: `--token`, or `--header` for another kind of credential\n"
    );
}

#[test]
fn what_is_no_mcp_server_is_told_from_one_that_is_not_there() {
    let session = Session::new();
    let ask = |url: &str| -> Transcript { session.run(["inspect", url, "--timeout", "5"]) };

    assert_snapshot!(ask(&dead()));
    assert_snapshot!(ask("localhost:3001/mcp"));
    assert_snapshot!(ask("http://user:secret@localhost:3001/mcp"));
    assert_snapshot!(ask(&answering(
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 20\r\nConnection: close\r\n\r\n<h1>It's\x1b[31mred</h1>"
    )));
    assert_snapshot!(ask(&answering(
        "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )));
    assert_snapshot!(ask(&answering(
        "HTTP/1.1 302 Found\r\nLocation: https://example.com/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )));
    assert_snapshot!(ask(&answering("SSH-2.0-OpenSSH_9.9\r\n")));
    let server = Server::everything(&session);
    assert_snapshot!(ask(server.url.trim_end_matches("/mcp")));
}

#[cfg(unix)]
#[test]
fn a_program_that_is_no_server_is_told_from_one_that_has_a_bad_day() {
    let session = Session::new();
    let everything = built(&session, "everything");
    let everything = everything.to_str().unwrap();

    let called = [
        "inspect", "--bin", everything, "--stdio", "--", "tool", "greet", "name=Ada",
    ];
    assert_snapshot!(session.run(called));
    assert_snapshot!(session.run(["inspect", "--bin", "echo", "Hello"]));
    assert_snapshot!(session.run([
        "inspect",
        "--bin",
        "sh",
        "-c",
        "echo 'no license' >&2; exit 3"
    ]));
    assert_snapshot!(session.run(["inspect", "--bin", "./nobody"]));
    assert_snapshot!(session.run(["inspect", "--timeout", "1", "--bin", "sleep", "60"]));
}

#[cfg(unix)]
#[test]
fn what_a_server_says_never_reaches_the_terminal_as_a_command() {
    let session = Session::new();
    session.write(
        "server.sh",
        r#"read -r initialize
printf '%s\n' '{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"evil\u001b[2J","version":"1\u009b"},"instructions":"\u001b]0;title\u0007 \u202e"}}'
read -r initialized
read -r tools
printf '%s\n' '{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"a\u001b[31m","description":"b\u001b[0m\r\nc\u009d","inputSchema":{"type":"object"}}]}}'
read -r end
"#,
    );
    let inspect = [
        "inspect",
        "--protocol",
        "2025-11-25",
        "--bin",
        "sh",
        "server.sh",
    ];

    let said = session.run(inspect).succeeded();
    assert_snapshot!(said);
    let json = session.run([
        "inspect",
        "--json",
        "--protocol",
        "2025-11-25",
        "--bin",
        "sh",
        "server.sh",
    ]);
    assert_snapshot!(json.succeeded());
}

#[cfg(unix)]
#[test]
fn a_list_that_never_comes_is_not_waited_for() {
    let session = Session::new();
    session.write(
        "server.sh",
        r#"read -r initialize
printf '%s\n' '{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-11-25","capabilities":{"resources":{}},"serverInfo":{"name":"slow","version":"1"}}}'
read -r initialized
read -r resources
printf '%s\n' '{"jsonrpc":"2.0","id":1,"result":{"resources":[]}}'
read -r templates
while read -r more; do :; done
"#,
    );
    let arguments = ["inspect", "--timeout", "1", "--protocol", "2025-11-25"];
    let mut process = session
        .command(&[&arguments[..], &["--bin", "sh", "server.sh"]].concat())
        .spawn()
        .unwrap();
    let (send, ended) = std::sync::mpsc::channel();
    let said = lines(process.stdout.take().unwrap());
    std::thread::spawn(move || send.send(said.iter().next()));
    let first = ended.recv_timeout(std::time::Duration::from_secs(20));
    let _ = process.kill();
    let _ = process.wait();
    assert!(first.unwrap().unwrap().starts_with("slow 1"));
}

#[cfg(unix)]
#[test]
fn a_list_without_an_end_is_given_up() {
    let session = Session::new();
    // A page of a megabyte for each question, and always one more.
    session.write(
        "server.sh",
        r#"text=$(head -c 1000000 /dev/zero | tr '\0' a)
read -r initialize
printf '%s\n' '{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"endless","version":"1"}}}'
read -r initialized
id=1
while read -r tools; do
    printf '{"jsonrpc":"2.0","id":%d,"result":{"tools":[{"name":"a","description":"%s","inputSchema":{"type":"object"}}],"nextCursor":"more"}}\n' "$id" "$text"
    id=$((id + 1))
done
"#,
    );
    let arguments = ["inspect", "--timeout", "120", "--protocol", "2025-11-25"];
    let said = session.run(arguments.into_iter().chain(["--bin", "sh", "server.sh"]));
    assert_eq!(said.code, Some(1));
    assert!(said.stderr.contains("is longer than 16 MiB"), "{said}");
}
