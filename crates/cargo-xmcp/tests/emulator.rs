//! `cargo xmcp emulator`.

#[expect(dead_code, reason = "the tests of other commands use the rest")]
mod support;

use insta::assert_snapshot;
use support::{Session, server::Emulator};

#[test]
fn it_says_what_it_does() {
    assert_snapshot!(Session::new().run(["emulator", "--help"]).succeeded());
}

#[test]
fn it_runs_until_a_signal_and_a_second_one_on_its_folder_is_the_same() {
    let session = Session::new();
    let emulator = Emulator::start(&session, &[]);

    let second = session.run(["emulator"]).succeeded();
    assert!(
        second
            .stderr
            .starts_with("An emulator is running on this folder already.\n"),
        "{second}"
    );
    let code = emulator.end();
    #[cfg(unix)]
    assert_eq!(code, Some(0));
    #[cfg(not(unix))]
    let _ = code;
}

#[test]
fn what_keeps_it_from_starting_is_said() {
    let mut session = Session::new();
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    session.name(port.as_str(), "[PORT]");

    assert_snapshot!(session.run(["emulator", "--port", &port]));
    assert_snapshot!(session.run(["emulator", "--server-url", "localhost:3001"]));
    session.variable("SCALEKIT_EMULATOR_LIFETIME", "7");
    session.variable("SCALEKIT_EMULATOR_CONSENT", "auto:bob");
    assert_snapshot!(session.run(["emulator"]));
    session.variable("SCALEKIT_EMULATOR_CONSENT", "yes");
    assert_snapshot!(session.run(["emulator"]));
}
