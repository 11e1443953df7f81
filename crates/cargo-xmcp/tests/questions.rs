//! `cargo xmcp new` and `inspect` at a terminal: what is asked, and what becomes of the answers.
#![cfg(unix)]

#[expect(dead_code, reason = "the tests of other commands use the rest")]
mod support;

use std::process::Stdio;

use rexpect::session::{PtySession, spawn_command};
use support::{Session, server::Server};

/// What no question takes when all is well.
const PATIENCE: u64 = 60_000;
const ENTER: &str = "\r";
const DOWN: &str = "\x1b[B";

/// `cargo xmcp new` in the session's folder, with somebody at the terminal.
fn new(session: &Session, arguments: &[&str]) -> PtySession {
    at_terminal(session, &[&["new"], arguments].concat())
}

fn at_terminal(session: &Session, arguments: &[&str]) -> PtySession {
    let mut command = session.command(arguments);
    command
        .env("TERM", "xterm")
        .stdin(Stdio::inherit())
        .stdout(Stdio::inherit())
        .stderr(Stdio::inherit());
    spawn_command(command, Some(PATIENCE)).unwrap()
}

fn answer(terminal: &mut PtySession, question: &str, keys: &str) {
    terminal.exp_string(question).unwrap();
    terminal.send(keys).unwrap();
    terminal.flush().unwrap();
}

/// Waits for its end, which is to have this exit code.
#[track_caller]
fn ends(mut terminal: PtySession, code: i32) {
    terminal.exp_eof().unwrap();
    // The type of it has no name here: `Exited(Pid(7), 0)`.
    let status = format!("{:?}", terminal.process().wait().unwrap());
    let is_expected = status.starts_with("Exited(") && status.ends_with(&format!(", {code})"));
    assert!(is_expected, "{status}");
}

#[test]
fn an_app_is_made_of_the_answers() {
    let session = Session::new();
    let mut terminal = new(&session, &["--no-git"]);
    answer(&mut terminal, "What is the server called?", "notes\r");
    answer(&mut terminal, "How do clients reach it?", ENTER);
    let third = format!("{DOWN}{DOWN}{ENTER}");
    answer(&mut terminal, "Who vouches for callers?", &third);
    // Tools are chosen already; prompts come to them.
    let both = format!("{DOWN} {ENTER}");
    answer(&mut terminal, "an example of?", &both);
    ends(terminal, 0);

    let middleware = session.read("notes/src/middleware.rs");
    assert!(middleware.contains("ApiKey"), "{middleware}");
    assert!(session.path("notes/prompts/review.rs").is_file());
    assert!(session.path("notes/tools/greet.rs").is_file());
    assert!(!session.path("notes/resources").exists());
}

#[test]
fn what_a_flag_says_is_not_asked() {
    let session = Session::new();
    let flags = ["notes", "--no-git", "--transport", "stdio"];
    let mut terminal = new(&session, &flags);
    answer(&mut terminal, "an example of?", ENTER);
    ends(terminal, 0);
    let settings = session.read("notes/xmcp.toml");
    assert!(settings.contains("\ntransport = \"stdio\"\n"), "{settings}");
}

#[test]
fn a_name_that_no_package_has_is_asked_for_again() {
    let session = Session::new();
    let mut terminal = new(&session, &["--no-git"]);
    answer(&mut terminal, "What is the server called?", "9 lives\r");
    terminal.exp_string("package").unwrap();
    terminal.send_control('c').unwrap();
    ends(terminal, 1);
    assert_eq!(session.files(), "");
}

#[test]
fn whoever_stops_at_a_question_has_written_nothing() {
    for keys in ["\x03", "\x1b"] {
        let session = Session::new();
        let mut terminal = new(&session, &[]);
        answer(&mut terminal, "What is the server called?", "notes\r");
        answer(&mut terminal, "How do clients reach it?", ENTER);
        answer(&mut terminal, "Who vouches for callers?", keys);
        terminal
            .exp_string("stopped before anything was written")
            .unwrap();
        ends(terminal, 1);
        assert_eq!(session.files(), "");
    }
}

#[test]
fn what_a_server_asks_is_answered_at_the_terminal() {
    let session = Session::new();
    let server = Server::everything(&session);
    for protocol in ["2025-11-25", "2026-07-28"] {
        let call = |tool: &[&str]| {
            let at = ["inspect", &server.url, "--protocol", protocol, "tool"];
            at_terminal(&session, &[&at, tool].concat())
        };
        let mut terminal = call(&["test_elicitation", "message=Who are you?"]);
        terminal
            .exp_string("The server asks: Who are you?")
            .unwrap();
        answer(&mut terminal, "username", "ada\r");
        answer(&mut terminal, "email", "ada@acme.com\r");
        terminal
            .exp_string("User response: ada <ada@acme.com>")
            .unwrap();
        ends(terminal, 0);

        let mut terminal = call(&["test_elicitation", "message=Who are you?"]);
        answer(&mut terminal, "username", "\x1b");
        terminal.exp_string("User response: declined").unwrap();
        ends(terminal, 0);

        let mut terminal = call(&["test_elicitation_sep1034_defaults"]);
        for field in [
            "name (John Doe)",
            "age (30)",
            "score (95.5)",
            "status",
            "verified (Y/n)",
        ] {
            answer(&mut terminal, field, ENTER);
        }
        terminal
            .exp_string("age: 30, score: 95.5, status: Active, verified: true")
            .unwrap();
        ends(terminal, 0);
    }
}
