//! What the person at the terminal is told.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use xmcp_config::Transport;

use super::{emulator::LocalScalekit, ready::Ready};
use crate::Output;

/// That the first build has begun, and who waits for it.
pub(super) fn building(
    name: &str,
    address: Option<SocketAddr>,
    moved_from: Option<u16>,
    output: &Output,
) {
    if let Some(port) = moved_from {
        output.say(&format!(
            "port {port} is taken, using the next free one; set a port to stay on it"
        ));
    }
    match address {
        Some(address) => output.step(
            "Building",
            &format!("{name}; clients of http://{address} wait for it"),
        ),
        None => output.step("Building", name),
    }
}

/// How to reach the server, once it serves for the first time.
pub(super) fn welcome(
    ready: &Ready,
    counts: &str,
    scalekit: Option<&LocalScalekit>,
    output: &Output,
) {
    let (Some(local), Some(url)) = (&ready.local_url, &ready.client_url) else {
        output.done(
            "Serving",
            &format!("{} over standard input and output: {counts}", ready.name),
        );
        return;
    };
    output.done("Serving", &format!("{} on {local}: {counts}", ready.name));
    if let Some(scalekit) = scalekit {
        let environment = scalekit.connection().environment_url();
        output.say(&format!(
            "  no SCALEKIT_* variable is set: callers sign in at a local Scalekit, {environment}"
        ));
    }
    output.say("");
    let name = word(&ready.name);
    let url = word(url);
    let header = match &ready.header {
        Some(header) => format!(" --header \"{header}\""),
        None => String::new(),
    };
    output.say(&format!(
        "  Claude Code  claude mcp add --transport http {name} {url}{header}"
    ));
    let (cli, method) = match scalekit {
        // Its command line has no browser to sign in with.
        Some(_) => ("", ""),
        None => ("--cli ", " --method tools/list"),
    };
    output.say(&format!(
        "  Inspector    npx @modelcontextprotocol/inspector {cli}--transport http --server-url {url}{header}{method}"
    ));
    if let Some(scalekit) = scalekit {
        let environment = scalekit.connection().environment_url();
        output.say(&format!(
            "  A token      TOKEN=$(curl -s {environment}/emulator/token -d user=ada)"
        ));
    }
    if ready
        .header
        .as_ref()
        .is_some_and(|header| header.ends_with("$KEY"))
    {
        output.say(
            "  Callers bring an API key: $KEY is one that the app knows, from .env for instance",
        );
    } else if ready.header.is_some() {
        output.say(
            "  Callers bring a token: $TOKEN is one that the issuer in src/middleware.rs signed",
        );
    }
    output.say("");
}

/// Where clients reach the server from now on.
pub(super) fn moved(address: SocketAddr, output: &Output) {
    output.step(
        "Listening",
        &format!("on http://{address} from now on, as the settings say"),
    );
}

/// That the settings have another transport than this run.
pub(super) fn other_transport(transport: Transport, output: &Output) {
    let name = match transport {
        Transport::Http => "http",
        Transport::Stdio => "stdio",
    };
    output.warning(&format!(
        "`transport` under [server] is `{name}` now: start `cargo xmcp dev` again for it to take effect"
    ));
}

/// That a change is served.
pub(super) fn served(what: &str, total: Duration, steps: &[(&str, Duration)], output: &Output) {
    output.done("Served", &format!("in {}  {what}", shown(total)));
    if output.is_verbose() {
        let steps: Vec<_> = steps
            .iter()
            .map(|(name, time)| format!("{name} {}", shown(*time)))
            .collect();
        output.detail(&format!("  {}", steps.join(", ")));
    }
}

/// What the build found.
pub(super) fn problems(problems: &[String], output: &Output) {
    for problem in problems {
        output.say(problem);
        output.say("");
    }
}

/// That what was built last goes on.
pub(super) fn failed(goes_on: bool, output: &Output) {
    output.say(match goes_on {
        true => "The build failed: what was served before goes on, and the next change is built.",
        false => {
            "The build failed: the next change is built, and clients that connect wait for it."
        }
    });
}

/// That a process ended before it answered. It has said why.
pub(super) fn did_not_start(goes_on: bool, output: &Output) {
    output.say(match goes_on {
        true => "The app did not start: what was served before goes on, until the next change.",
        false => "The app did not start: the next change starts it again, and clients that connect wait for it.",
    });
}

/// That a process has not answered for so long.
pub(super) fn slow(goes_on: bool, time: Duration, output: &Output) {
    let meanwhile = match goes_on {
        true => "what was served before goes on",
        false => "clients that connect wait",
    };
    output.warning(&format!(
        "the app was started {} ago and does not answer yet: look what `state()` and `middleware()` wait for; {meanwhile}",
        shown(time)
    ));
}

/// That a process has not ended yet, and when it is ended.
pub(super) fn waiting(deadline: Option<Instant>, output: &Output) {
    let left = deadline.map_or(Duration::ZERO, |at| at.duration_since(Instant::now()));
    output.say(&format!(
        "Waiting for calls that still run, for {} s at most; Ctrl-C ends them at once",
        left.as_secs() + 1
    ));
}

/// That the process which served has ended.
pub(super) fn ended(again: bool, output: &Output) {
    output.warning(match again {
        true => "the app ended by itself, and is started again",
        false => "the app ended by itself again: the next change starts it, and clients that connect wait for it",
    });
}

fn shown(time: Duration) -> String {
    match time.as_millis() {
        millis @ 0..10_000 => format!("{millis} ms"),
        millis => format!("{} s", millis / 1000),
    }
}

/// The text as one word of a shell's.
fn word(text: &str) -> String {
    let is_plain =
        |character: char| character.is_ascii_alphanumeric() || "-_./:@%+=,".contains(character);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_word_whatever_is_in_it() {
        assert_eq!(word("my-server"), "my-server");
        assert_eq!(word("it's mine"), r"'it'\''s mine'");
    }

    #[test]
    fn times_are_short_to_read() {
        assert_eq!(shown(Duration::from_micros(612_300)), "612 ms");
        assert_eq!(shown(Duration::from_secs(75)), "75 s");
    }
}
