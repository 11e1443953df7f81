//! The program.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, ChildStderr, Command, Stdio},
};

use tempfile::tempdir;

use crate::support::{get, post_form};

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_scalekit-emulator"));
    command
        .env_remove("SCALEKIT_EMULATOR_CONSENT")
        .env_remove("SCALEKIT_EMULATOR_ISSUER")
        .env_remove("SCALEKIT_EMULATOR_TOKEN_LIFETIME")
        .env_remove("SCALEKIT_EMULATOR_STATE")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A running program that is killed at the end.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Waits for the first line, and says the URL in it.
fn url(stderr: &mut BufReader<ChildStderr>) -> String {
    let mut line = String::new();
    stderr.read_line(&mut line).unwrap();
    line.trim()
        .strip_prefix("Scalekit emulator running on ")
        .unwrap_or_else(|| panic!("{line}"))
        .to_owned()
}

#[tokio::test]
async fn the_program_says_how_to_reach_it_and_ends_with_a_signal() {
    let folder = tempdir().unwrap();
    let mut process = Process(
        program()
            .arg("--port")
            .arg("0")
            .arg("--state")
            .arg(folder.path())
            .env("SCALEKIT_EMULATOR_TOKEN_LIFETIME", "7")
            .spawn()
            .unwrap(),
    );
    let mut stderr = BufReader::new(process.0.stderr.take().unwrap());
    let url = url(&mut stderr);
    assert_eq!(get(&format!("{url}/keys")).await.status, 200);
    assert_eq!(
        post_form(&format!("{url}/emulator/token"), &[("user", "ada")])
            .await
            .status,
        200
    );

    // The folder in the variable is the folder of the flag.
    let second = program()
        .env("SCALEKIT_EMULATOR_STATE", folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(
        second.status.success()
            && said.contains("is running on this folder already")
            && said.contains(&url),
        "{said}"
    );

    let mut rest = String::new();
    while !rest.contains("grant_type=client_credentials") {
        assert_ne!(stderr.read_line(&mut rest).unwrap(), 0, "{rest}");
    }
    let fields = rest.lines().last().unwrap().split(" -d ").skip(1);
    let fields: Vec<_> = fields.map(|field| field.split_once('=').unwrap()).collect();
    let machine = post_form(&format!("{url}/oauth/token"), &fields).await;
    assert_eq!(machine.status, 200, "{}", machine.text);
    assert_eq!(machine.json()["expires_in"], 7);

    #[cfg(unix)]
    {
        let killed = Command::new("kill")
            .arg(process.0.id().to_string())
            .status()
            .unwrap();
        assert!(killed.success());
        assert!(process.0.wait().unwrap().success());
        stderr.read_to_string(&mut rest).unwrap();
        for text in [
            format!("SCALEKIT_ENVIRONMENT_URL={url}\n"),
            "claude mcp add --transport http local http://localhost:3001/mcp\n".to_owned(),
            format!("TOKEN=$(curl -s {url}/emulator/token -d user=ada"),
        ] {
            assert!(rest.contains(&text), "{rest}");
        }
        let mut printed = String::new();
        process
            .0
            .stdout
            .take()
            .unwrap()
            .read_to_string(&mut printed)
            .unwrap();
        assert_eq!(printed, "");
    }
}

#[test]
fn what_is_not_understood_is_said_with_the_help() {
    for (arguments, problem) in [
        (["--prot", "1"], "`--prot` is not understood"),
        (["--port", "x"], "`x` is no port"),
        (["--help", "--state"], "`--state` needs a value"),
    ] {
        let output = program().args(arguments).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2));
        assert!(said.contains(problem) && said.contains("Usage:"), "{said}");
    }
    for (variable, problem) in [
        (
            "SCALEKIT_EMULATOR_CONSENT",
            "consent is `page`, `auto` or `auto:USER`",
        ),
        (
            "SCALEKIT_EMULATOR_ISSUER",
            "the issuer is `environment` or `resource`",
        ),
        (
            "SCALEKIT_EMULATOR_TOKEN_LIFETIME",
            "`SCALEKIT_EMULATOR_TOKEN_LIFETIME` is not understood",
        ),
    ] {
        let output = program().env(variable, "yes").output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(said.contains(problem), "{said}");
    }
}

#[test]
fn a_variable_of_another_name_is_warned_of_with_the_name_that_was_meant() {
    let output = program()
        .env("SCALEKIT_EMULATOR_TOKEN_LIFTIME", "7")
        .env("SCALEKIT_EMULATOR_CONSENT", "auto:bob")
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said.starts_with(
            "warning: `SCALEKIT_EMULATOR_TOKEN_LIFTIME` changes nothing: did you mean `SCALEKIT_EMULATOR_TOKEN_LIFETIME`?\n\
             error: `bob` of SCALEKIT_EMULATOR_CONSENT is no user of this environment"
        ),
        "{said}"
    );
}

#[test]
fn help_is_on_stderr_too() {
    let output = program().arg("--help").output().unwrap();
    assert!(output.status.success() && output.stdout.is_empty());
    assert!(
        String::from_utf8(output.stderr)
            .unwrap()
            .starts_with("A local Scalekit environment")
    );
}
