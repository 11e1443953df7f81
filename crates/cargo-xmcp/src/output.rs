//! What the person at the terminal reads. The one place of the project that writes to stdout: data goes there, all else to stderr, and
//! both have colour on terminals alone (`NO_COLOR` and `CLICOLOR_FORCE` are heeded).
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::{
    io::{IsTerminal, Write},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::{Failure, text};

const BAD: Style = AnsiColor::Red.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default().bold();
const NOTICE: Style = AnsiColor::Cyan.on_default().bold();
const DOUBTFUL: Style = AnsiColor::Yellow.on_default().bold();

/// How many lines of progress are written where they cannot be written over.
const PROGRESS_LINES: usize = 1_000;
static PROGRESS_SAID: AtomicUsize = AtomicUsize::new(0);
/// Whether the last line on the terminal is one that is written over.
static PROGRESS_IS_OPEN: AtomicBool = AtomicBool::new(false);

/// The two streams of the process. Whoever closed one of them does not read, and is no reason to stop.
#[derive(Debug)]
pub struct Output {
    verbose: bool,
}

impl Output {
    /// With `verbose`, [`detail`](Self::detail) says something.
    pub fn new(verbose: bool) -> Self {
        Self { verbose }
    }

    /// Whether details are wanted.
    pub fn is_verbose(&self) -> bool {
        self.verbose
    }

    /// A line of what was asked for, on stdout.
    pub fn data(&self, line: &str) {
        end_progress();
        let _ = writeln!(anstream::stdout(), "{line}");
    }

    /// A message of a protocol on stdout, byte for byte: it may hold what [`data`](Self::data) keeps from those who read it in a file.
    pub fn message(&self, line: &str) {
        let mut stdout = std::io::stdout().lock();
        let _ = stdout
            .write_all(format!("{line}\n").as_bytes())
            .and_then(|()| stdout.flush());
    }

    /// What was asked for as one JSON document, indented, on stdout. What a terminal would obey or hide is written as `\u001b`.
    pub fn json(&self, document: &impl Serialize) {
        match serde_json::to_string_pretty(document) {
            Ok(text) => self.data(&text::json(&text)),
            Err(error) => self.failure(&Failure::new("cannot be written as JSON").because(&error)),
        }
    }

    /// A line about what is going on, on stderr.
    pub fn say(&self, line: &str) {
        end_progress();
        let _ = writeln!(anstream::stderr(), "{line}");
    }

    /// A line about what was done: a green word, and what of, which may name files of strangers.
    pub fn done(&self, word: &str, what: &str) {
        self.say(&format!("{GOOD}{word}{GOOD:#} {}", text::name(what)));
    }

    /// A line about what is done now: a blue word, and what of.
    pub fn step(&self, word: &str, what: &str) {
        self.say(&format!("{NOTICE}{word}{NOTICE:#} {}", text::name(what)));
    }

    /// How far something is, in a line that may come very often: on a terminal the next one, whatever it is, is written over it; elsewhere
    /// there are so many and no more.
    pub fn progress(&self, line: &str) {
        if !std::io::stderr().is_terminal() {
            match PROGRESS_SAID.fetch_add(1, Ordering::Relaxed) {
                0..PROGRESS_LINES => self.say(&text::name(line)),
                PROGRESS_LINES => self.say("progress goes on, and is not shown any more"),
                _ => {}
            }
            return;
        }
        let width = terminal_size::terminal_size_of(std::io::stderr())
            .map_or(80, |(width, _)| usize::from(width.0));
        // A character may be two columns wide.
        let line = text::line(line, (width / 2).saturating_sub(2).max(20));
        end_progress();
        PROGRESS_IS_OPEN.store(true, Ordering::Relaxed);
        let mut stderr = anstream::stderr();
        let _ = write!(stderr, "{line}").and_then(|()| stderr.flush());
    }

    /// A line for those who asked for `--verbose`.
    pub fn detail(&self, line: &str) {
        if self.verbose {
            self.say(&text::printable(line));
        }
    }

    /// Something that went well enough, but is worth a look.
    pub fn warning(&self, what: &str) {
        let what = text::printable(what);
        self.say(&format!("{DOUBTFUL}warning{DOUBTFUL:#}: {what}"));
    }

    /// Why the command could not do what it was asked.
    pub fn failure(&self, failure: &Failure) {
        self.say(&format!("{BAD}error{BAD:#}: {failure}"));
    }
}

/// Takes the line of progress away, if there is one.
fn end_progress() {
    if PROGRESS_IS_OPEN.swap(false, Ordering::Relaxed) {
        // Without colour, too, it has to go.
        let _ = write!(std::io::stderr(), "\r\x1b[K");
    }
}
