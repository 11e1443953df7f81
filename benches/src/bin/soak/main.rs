//! Callers who do what callers do, and among them some who do what they should not, for as long as one wants: whether every good
//! request is answered rightly, and whether the server has as much memory, descriptors and tasks in the end as in the beginning.
//! Called by `benches/soak`.
//!
//! There are two servers, one that anybody may ask and one for callers with a token, and half of the connections with each.

mod caller;
mod good;
mod hostile;
mod random;
mod tally;
mod verdict;
mod watch;

use std::{
    env,
    io::{self, Write},
    process::{Command, ExitCode},
    time::{Duration, Instant},
};

use scalekit_emulator::Emulator;
use serde_json::json;
use tokio::task::JoinSet;
use xmcp_benches::{
    program::{beside, with_tools},
    server::Server,
};

use caller::Caller;
use good::Good;
use hostile::Hostile;
use random::Random;
use tally::Tally;
use verdict::Verdict;
use watch::Watched;

/// Connections that are there all the time, of both servers together.
const CONNECTIONS: usize = 64;
/// So many verified callers share the connections of the server that is for them.
const USERS: usize = 8;
const HELP: &str = "\
usage: benches/soak [--seconds N]

Mixed requests of both generations of the protocol over 64 connections, one in a hundred of them hostile, for ten minutes or N seconds.
Ends with an error when a good request is not answered rightly, or the server's memory, descriptors or tasks grow.";

#[tokio::main]
async fn main() -> ExitCode {
    let mut out = io::stdout();
    let Some(time) = seconds(env::args().skip(1)) else {
        let _ = writeln!(out, "{HELP}");
        return ExitCode::FAILURE;
    };
    match soak(time).await {
        Ok(verdict) => {
            // Who does not listen any more learns it by the exit code.
            let _ = write!(out, "{verdict}");
            if verdict.is_good() {
                ExitCode::SUCCESS
            } else {
                ExitCode::FAILURE
            }
        }
        Err(error) => {
            let _ = writeln!(out, "error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// `None` if the command line is something else.
fn seconds(arguments: impl IntoIterator<Item = String>) -> Option<Duration> {
    let arguments: Vec<String> = arguments.into_iter().collect();
    match arguments.as_slice() {
        [] => Some(Duration::from_secs(600)),
        [flag, seconds] if flag == "--seconds" => {
            let seconds = seconds.parse().ok().filter(|seconds| *seconds >= 8)?;
            Some(Duration::from_secs(seconds))
        }
        _ => None,
    }
}

async fn soak(time: Duration) -> io::Result<Verdict> {
    let emulator = Emulator::builder()
        .port(0)
        .start()
        .await
        .map_err(io::Error::other)?;
    let connection = emulator.connection();
    let token = |user: usize| {
        emulator
            .admin()
            .mint(json!({ "sub": format!("usr_{user}") }), json!({}))
    };
    let tokens: Vec<String> = (0..USERS).map(token).collect();
    let open = Server::start(&mut served())?;
    let protected = Server::start(
        served()
            .env("SCALEKIT_ENVIRONMENT_URL", connection.environment_url())
            .env("SCALEKIT_RESOURCE_ID", connection.resource_id()),
    )?;

    let watched = [
        Watched::new("for anybody", &open, None),
        Watched::new("for callers with a token", &protected, Some(&tokens[0])),
    ];
    let records = watch::before(watched).await?;

    let until = Instant::now() + time;
    let mut callers = JoinSet::new();
    for number in 0..CONNECTIONS {
        let (server, token) = match number % 2 {
            0 => (&open, None),
            _ => (&protected, Some(tokens[number / 2 % USERS].as_str())),
        };
        let caller = Caller {
            address: server.address.clone(),
            requests: Good::all(token),
            hostilities: Hostile::all(token.is_some()),
            random: Random::new(number as u64 + 1),
        };
        callers.spawn(caller.until(until));
    }
    let (tallies, records) = tokio::join!(callers.join_all(), watch::during(records, time));
    let tally = tallies.into_iter().fold(Tally::default(), Tally::and);
    // Nobody asks for anything any more, and what remains is what was left behind.
    Ok(Verdict::new(time, tally, watch::after(records?).await?))
}

/// The server of the benchmarks, with its tools for the soak.
fn served() -> Command {
    let mut command = with_tools(Command::new(beside("served")), 4);
    command.arg("--no-env-file");
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ten_minutes_unless_something_else_is_said() {
        let read =
            |arguments: &[&str]| seconds(arguments.iter().map(|&argument| argument.to_owned()));
        assert_eq!(read(&[]), Some(Duration::from_secs(600)));
        assert_eq!(read(&["--seconds", "20"]), Some(Duration::from_secs(20)));
        for wrong in [
            &["--seconds"][..],
            &["--seconds", "x"],
            &["--seconds", "1"],
            &["20"],
        ] {
            assert_eq!(read(wrong), None, "{wrong:?}");
        }
    }
}
