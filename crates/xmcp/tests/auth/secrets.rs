//! Everything secret that a run of the tests makes, and what the run says: whether the two have anything in common.
//!
//! Tests run in any order and none is the last, so the run that is searched is that of another process: this binary once more, told
//! to write its log and its secrets into a folder.

use std::{
    collections::HashSet,
    env,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex, OnceLock},
};

/// Where a run writes its log and its secrets, if it shall.
const FOLDER: &str = "XMCP_TEST_SECRETS_FOLDER";
const LOG: &str = "log";
const SECRETS: &str = "secrets";

/// What must not be found: a piece of a secret of this length.
const PIECE: usize = 20;

fn folder() -> Option<PathBuf> {
    env::var_os(FOLDER).map(PathBuf::from)
}

fn appending(file: &Path) -> File {
    OpenOptions::new()
        .create(true)
        .append(true)
        .open(file)
        .unwrap()
}

/// Remembers a secret, for whoever searches this run.
pub fn note(secret: &str) {
    if let Some(folder) = folder() {
        // One write a line, so that threads do not mix them.
        appending(&folder.join(SECRETS))
            .write_all(format!("{secret}\n").as_bytes())
            .unwrap();
    }
}

/// Everything that this process logs, at its most talkative.
#[derive(Clone)]
pub struct Log {
    text: Arc<Mutex<Vec<u8>>>,
    file: Option<Arc<File>>,
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(file) = &self.file {
            file.as_ref().write_all(bytes)?;
        }
        self.text.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// The log of the whole process: handlers run on other threads too, and the emulator in tasks of its own.
    pub fn start() -> Self {
        static LOG_OF_PROCESS: OnceLock<Log> = OnceLock::new();
        let log = LOG_OF_PROCESS.get_or_init(|| {
            let log = Self {
                text: Arc::default(),
                file: folder().map(|folder| Arc::new(appending(&folder.join(LOG)))),
            };
            let writer = log.clone();
            let subscriber = tracing_subscriber::fmt()
                .with_max_level(tracing::Level::TRACE)
                .with_ansi(false)
                .with_writer(move || writer.clone())
                .finish();
            tracing::subscriber::set_global_default(subscriber).unwrap();
            log
        });
        log.clone()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.text.lock().unwrap()).into_owned()
    }
}

/// The pieces of secrets that are in the text. A piece of twice the length that is in it shows at least one of them, wherever it
/// begins.
pub fn leaks<'a>(text: &str, secrets: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut wanted: HashSet<&[u8]> = HashSet::new();
    let mut found: Vec<&'a [u8]> = Vec::new();
    for part in secrets
        .into_iter()
        .flat_map(|secret| secret.split(['.', ' ']))
    {
        if part.len() < PIECE {
            continue;
        }
        wanted.extend(part.as_bytes().chunks_exact(PIECE));
        wanted.insert(&part.as_bytes()[part.len() - PIECE..]);
    }
    let is_of_secret = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_+/=!".contains(byte);
    for run in text.as_bytes().split(|byte| !is_of_secret(byte)) {
        found.extend(
            run.windows(PIECE)
                .filter_map(|piece| wanted.get(piece).copied()),
        );
    }
    found
        .iter()
        .map(|piece| std::str::from_utf8(piece).unwrap())
        .collect()
}

#[test]
fn a_piece_of_a_secret_is_found_wherever_it_is_cut() {
    let secret = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1c3JfYWRhIiwiYXVkIjpbInJlc18xIl0sImV4cCI6MX0.c2lnbmF0dXJlc2lnbmF0dXJlc2lnbmF0dXJl";
    let payload = secret.split('.').nth(1).unwrap();
    for start in 0..payload.len() - 2 * PIECE {
        let text = format!("token={:?}\n", &payload[start..start + 2 * PIECE]);
        assert!(!leaks(&text, [secret]).is_empty(), "{text}");
    }
    assert!(leaks("refused a token reason=its signature is no good", [secret]).is_empty());
}

#[test]
fn the_whole_run_shows_no_token_secret_or_key_at_its_most_talkative() {
    if folder().is_some() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let run = Command::new(env::current_exe().unwrap())
        .args(["--nocapture", "--skip", "the_whole_run_shows"])
        .env(FOLDER, folder.path())
        .output()
        .unwrap();
    let (stdout, stderr) = (
        String::from_utf8_lossy(&run.stdout),
        String::from_utf8_lossy(&run.stderr),
    );
    assert!(run.status.success(), "{stdout}\n{stderr}");

    let read = |name| fs::read_to_string(folder.path().join(name)).unwrap();
    let (log, noted) = (read(LOG), read(SECRETS));
    let secrets: HashSet<&str> = noted.lines().collect();
    // A run that logged nothing, or made no secrets, would show nothing.
    assert!(log.contains(" TRACE ") && log.contains("refused a token reason="));
    assert!(secrets.len() > 500, "{}", secrets.len());
    let texts = [log.as_str(), &stdout, &stderr];
    for text in texts {
        let leaks = leaks(text, secrets.iter().copied());
        assert!(leaks.is_empty(), "{leaks:?}");
        assert!(!text.contains("PRIVATE KEY"));
    }
    for secret in secrets {
        let leaked = format!("x={secret:?}\n");
        assert!(
            !self::leaks(&leaked, [secret]).is_empty(),
            "{secret} would not be found"
        );
    }
}
