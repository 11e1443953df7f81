//! A terminal session of a test's: a folder, a home and an environment of its own, in which `cargo xmcp` is typed.

pub mod server;
mod transcript;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use tempfile::TempDir;
pub use transcript::Transcript;

/// A folder to work in, and who works there. What it says of machine, time and versions is replaced by names, so that it is the same
/// everywhere.
pub struct Session {
    folder: TempDir,
    variables: Vec<(String, String)>,
    names: Vec<(String, String)>,
}

impl Session {
    /// One whose folder is empty, but for the folder `home`, which is `HOME`.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("home")).unwrap();
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let mut names = vec![
            (text(&folder.path().canonicalize().unwrap()), "[FOLDER]"),
            (text(folder.path()), "[FOLDER]"),
            (text(&target()), "[TARGET]"),
            (text(&checkout()), "[CHECKOUT]"),
        ];
        // A path within another one has to be replaced first.
        names.sort_by_key(|(path, _)| std::cmp::Reverse(path.len()));
        Self {
            folder,
            variables: Vec::new(),
            names: names
                .into_iter()
                .map(|(path, name)| (path, name.to_owned()))
                .collect(),
        }
    }

    /// The folder that commands run in.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What a path in the folder is as a whole.
    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Writes a file, with the folders that it is in.
    pub fn write(&self, path: &str, text: &str) -> &Self {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
        self
    }

    /// What a file of the folder says, with the names of [`run`](Self::run).
    pub fn read(&self, path: &str) -> String {
        let text = fs::read_to_string(self.path(path))
            .unwrap_or_else(|error| panic!("{path}: {error}; there are:\n{}", self.files()));
        transcript::replaced(&text, &self.names)
    }

    /// The files of the folder, a line each in order; without `home`, `.git` and `target`.
    pub fn files(&self) -> String {
        let mut files = Vec::new();
        collect(self.folder.path(), "", &mut files);
        files.sort();
        files.join("\n")
    }

    /// From now on `what` is written `name` in transcripts: a port, an id.
    pub fn name(&mut self, what: impl Into<String>, name: impl Into<String>) -> &mut Self {
        self.names.insert(0, (what.into(), name.into()));
        self
    }

    /// From now on commands have this variable.
    pub fn variable(&mut self, name: &str, value: impl Into<String>) -> &mut Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    /// Runs `cargo xmcp` with these arguments in the folder, until it ends.
    pub fn run<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Transcript {
        self.run_in("", arguments)
    }

    /// The same in a folder below.
    pub fn run_in<'a>(
        &self,
        folder: &str,
        arguments: impl IntoIterator<Item = &'a str>,
    ) -> Transcript {
        let arguments: Vec<_> = arguments.into_iter().collect();
        let output = self
            .command(&arguments)
            .current_dir(self.path(folder))
            .output()
            .unwrap();
        self.transcript(&arguments, &output)
    }

    /// `cargo xmcp` with these arguments, for tests that talk with it while it runs. Nobody is at its terminal; its input is at its end.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.program(Path::new(env!("CARGO_BIN_EXE_cargo-xmcp")));
        command.arg("xmcp").args(arguments);
        command
    }

    /// Cargo in the folder, with the workspace's target folder and without network.
    pub fn cargo(&self, arguments: &[&str]) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = self.program(Path::new(&cargo));
        command.args(arguments);
        command
    }

    /// A program in the folder, without what the person who runs the tests has set for servers.
    pub fn program(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            // Cargo and rustup run this test, and tell what it runs about the test's own package.
            let is_in_the_way = [
                "XMCP_",
                "SCALEKIT_",
                "CARGO_PKG_",
                "CARGO_MANIFEST_",
                "GIT_",
                "RUST_",
            ]
            .iter()
            .any(|prefix| text.starts_with(prefix))
                || IN_THE_WAY.contains(&&*text);
            if is_in_the_way {
                command.env_remove(&name);
            }
        }
        let home = std::env::var_os("HOME").map(PathBuf::from);
        for (name, folder) in [("CARGO_HOME", ".cargo"), ("RUSTUP_HOME", ".rustup")] {
            // Both are in the home that is taken away below.
            if let (None, Some(home)) = (std::env::var_os(name), &home) {
                command.env(name, home.join(folder));
            }
        }
        command
            .env("HOME", self.path("home"))
            .env("CARGO_TARGET_DIR", target())
            .env("CARGO_NET_OFFLINE", "true")
            .env("SCALEKIT_EMULATOR_STATE", self.path("home/scalekit"))
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// What a command that has ended said.
    pub fn transcript(&self, arguments: &[&str], output: &Output) -> Transcript {
        Transcript::of(arguments, output, &self.names)
    }
}

/// What changes how servers, cargo or terminals behave.
const IN_THE_WAY: [&str; 12] = [
    "PORT",
    "HOST",
    "BASE_URL",
    "LISTEN_FDS",
    "LISTEN_PID",
    "NO_COLOR",
    "CLICOLOR_FORCE",
    "COLUMNS",
    "RUSTFLAGS",
    "CARGO",
    "XDG_CONFIG_HOME",
    "XDG_STATE_HOME",
];

/// The root of this repository.
pub fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap()
        .to_owned()
}

/// The target folder that this test was built in.
pub fn target() -> PathBuf {
    Path::new(env!("CARGO_BIN_EXE_cargo-xmcp"))
        .ancestors()
        .nth(2)
        .unwrap()
        .to_owned()
}

fn collect(folder: &Path, before: &str, files: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_folder = entry.file_type().unwrap().is_dir();
        if is_folder && (name == ".git" || name == "target" || before.is_empty() && name == "home")
        {
            continue;
        }
        if is_folder {
            collect(&entry.path(), &format!("{before}{name}/"), files);
        } else {
            files.push(format!("{before}{name}"));
        }
    }
}
