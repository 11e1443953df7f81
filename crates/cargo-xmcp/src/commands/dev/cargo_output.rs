//! What cargo says while it builds: on stdout JSON, a line a message; on stderr for people. From both, what a person has to read once,
//! and how long each step took.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use cargo_metadata::{Message, TargetKind, diagnostic::DiagnosticLevel};

use super::{excerpt, invocation::Invocation, problems::Problems};

/// What has been said of one build.
#[derive(Debug)]
pub(super) struct CargoOutput {
    package: String,
    binary: String,
    started: Instant,
    problems: Problems,
    plain: Vec<String>,
    /// A command that goes on in the next line: what packages say of themselves is in it, and may have several.
    command: Option<String>,
    pub(super) executable: Option<PathBuf>,
    /// The framework as a library, and whether it is the one of before.
    pub(super) framework: Option<(PathBuf, bool)>,
    /// Where native libraries are.
    pub(super) native: Vec<String>,
    /// The manifests of the packages that are no download.
    pub(super) manifests: Vec<PathBuf>,
    /// How the app's library was compiled.
    pub(super) invocation: Option<Invocation>,
    /// The files of the app's library, if it was there already.
    pub(super) fresh: Vec<PathBuf>,
    pub(super) steps: Vec<(&'static str, Duration)>,
}

/// The package that is the framework.
const FRAMEWORK: &str = "xmcp-rs";

/// What begins a line of cargo's that says how far it is.
const PROGRESS: [&str; 11] = [
    "Compiling",
    "Checking",
    "Finished",
    "Downloading",
    "Downloaded",
    "Blocking",
    "Updating",
    "Locking",
    "Adding",
    "Removing",
    "Building",
];

/// What begins a line that only `-vv` has.
const DETAILS: [&str; 2] = ["Dirty ", "Fresh "];

/// What begins a command that cargo runs, which only `-vv` has.
const COMMAND: &str = "Running `";

/// The longest command.
const LONGEST: usize = 1 << 20;

impl CargoOutput {
    pub(super) fn of(package: &str, binary: &str) -> Self {
        Self {
            package: package.to_owned(),
            binary: binary.to_owned(),
            started: Instant::now(),
            problems: Problems::default(),
            plain: Vec::new(),
            command: None,
            executable: None,
            framework: None,
            native: Vec::new(),
            manifests: Vec::new(),
            invocation: None,
            fresh: Vec::new(),
            steps: Vec::new(),
        }
    }

    /// Takes a line of stdout.
    pub(super) fn message(&mut self, line: &str) {
        let Ok(message) = serde_json::from_str::<Message>(line) else {
            return;
        };
        if let Message::CompilerArtifact(artifact) = &message
            && is_local(&artifact.package_id.repr)
        {
            let manifest = artifact.manifest_path.as_std_path();
            if !self.manifests.iter().any(|known| known == manifest) {
                self.manifests.push(manifest.to_owned());
            }
        }
        match message {
            // Of what was downloaded, cargo passes on to `-vv` alone what is no error.
            Message::CompilerMessage(message)
                if is_local(&message.package_id.repr)
                    || message.message.level == DiagnosticLevel::Error =>
            {
                self.problems.take(message.message);
            }
            Message::BuildScriptExecuted(script)
                if !script.linked_paths.is_empty()
                    && !is_of(&script.package_id.repr, &self.package) =>
            {
                let paths = script.linked_paths.iter().map(ToString::to_string);
                self.native.extend(paths);
            }
            Message::BuildScriptExecuted(script)
                if is_of(&script.package_id.repr, &self.package) =>
            {
                self.step("cargo and build script");
            }
            Message::CompilerArtifact(artifact) if is_of(&artifact.package_id.repr, FRAMEWORK) => {
                let mut files = artifact.filenames.iter();
                let library = files.find(|file| file.extension() == Some("rlib"));
                if let Some(library) = library {
                    self.framework = Some((library.as_std_path().to_owned(), artifact.fresh));
                }
            }
            Message::CompilerArtifact(artifact) => {
                let is_binary = artifact.target.name == self.binary
                    && artifact.target.kind.contains(&TargetKind::Bin)
                    && artifact.executable.is_some();
                if is_binary {
                    self.executable = artifact.executable.map(Into::into);
                    self.step("link");
                } else if is_of(&artifact.package_id.repr, &self.package)
                    && !artifact.target.is_custom_build()
                {
                    match artifact.fresh {
                        true => {
                            let files = artifact.filenames.into_iter();
                            self.fresh.extend(files.map(PathBuf::from));
                        }
                        false => self.step("rustc"),
                    }
                }
            }
            _ => {}
        }
    }

    /// Takes a line of stderr, and answers whether it says how far cargo is.
    pub(super) fn line(&mut self, line: &str) -> bool {
        let line = anstream::adapter::strip_str(line).to_string();
        let text = line.trim_start();
        // They are there for us alone, and many.
        if let Some(begun) = self.command.take() {
            self.command(begun + "\n" + &line);
            return false;
        }
        if text.starts_with(COMMAND) {
            self.command(text.to_owned());
            return false;
        }
        if DETAILS.iter().any(|word| text.starts_with(word)) {
            return false;
        }
        if PROGRESS.iter().any(|word| text.starts_with(word)) {
            return true;
        }
        // The messages say it, or the plan of the app did.
        let is_of_app = |level: &str| text.starts_with(&format!("{level}: {}@", self.package));
        let is_known = text.starts_with("error: could not compile")
            || text.starts_with("warning: build failed")
            || (text.starts_with("warning: `") && text.contains(" generated "))
            || is_of_app("error")
            || is_of_app("warning");
        if !text.is_empty() && !is_known && !is_of_script(text) {
            self.plain.push(line.clone());
        }
        false
    }

    /// Takes a command, as far as it is known.
    fn command(&mut self, text: String) {
        if !text.trim_end().ends_with('`') && text.len() < LONGEST {
            self.command = Some(text);
            return;
        }
        let library = Invocation::read(&text).filter(|one| one.is_library_of(&self.package));
        self.invocation = library.or(self.invocation.take());
    }

    /// What a person has to read when the build failed.
    pub(super) fn failure(&self) -> Vec<String> {
        excerpt::of(&self.problems.errors, &self.plain)
    }

    /// What a person should know when it succeeded.
    pub(super) fn warnings(&self) -> Vec<String> {
        self.problems.warnings.clone()
    }

    fn step(&mut self, name: &'static str) {
        let before: Duration = self.steps.iter().map(|(_, time)| *time).sum();
        self.steps
            .push((name, self.started.elapsed().saturating_sub(before)));
    }
}

/// Whether a package is no download: its id begins with its path.
fn is_local(id: &str) -> bool {
    id.starts_with("path+")
}

/// Whether a line is what a build script says, `[name 1.2.3] text`, which only `-vv` shows. When it fails, cargo says it once more.
fn is_of_script(line: &str) -> bool {
    let said = line
        .strip_prefix('[')
        .and_then(|line| line.split_once("] "));
    said.is_some_and(|(package, _)| package.split(' ').count() == 2)
}

/// Whether a package id (`path+file:///app#0.1.0`, `path+file:///app#name@0.1.0`) is of this package.
fn is_of(id: &str, package: &str) -> bool {
    let (source, version) = id.rsplit_once('#').unwrap_or((id, ""));
    match version.split_once('@') {
        Some((name, _)) => name == package,
        None => source.rsplit('/').next() == Some(package),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargos_own_errors_are_kept_and_its_progress_is_not() {
        let mut output = CargoOutput::of("app", "app");
        assert!(output.line("   Compiling app v0.1.0 (/app)"));
        for line in [
            "error: failed to parse manifest at `/app/Cargo.toml`",
            "",
            "Caused by:",
            "  no such thing",
            "error: app@0.1.0: tools/greet.rs:1:1: what the plan has drawn",
            "error: could not compile `app` (lib) due to 1 previous error",
            "[app 0.1.0] cargo::rerun-if-changed=tools",
            "       Fresh serde v1.0.0",
            "     Running `A=b rustc --crate-name app src/lib.rs --crate-type lib`",
        ] {
            assert!(!output.line(line), "{line}");
        }
        assert_eq!(
            output.failure(),
            ["error: failed to parse manifest at `/app/Cargo.toml`\nCaused by:\n  no such thing"]
        );
    }

    #[test]
    fn a_command_of_several_lines_is_one_and_no_word_of_it_is_shown() {
        let mut output = CargoOutput::of("app", "app");
        for line in [
            "     Running `CARGO_PKG_DESCRIPTION='It has",
            "",
            "error: two paragraphs",
            "' CARGO_PKG_NAME=app rustc --crate-name app src/lib.rs --crate-type lib`",
            "error: no space is left",
        ] {
            assert!(!output.line(line), "{line}");
        }
        assert_eq!(output.failure(), ["error: no space is left"]);
        let invocation = output.invocation.expect("the library's");
        let description = invocation.variable("CARGO_PKG_DESCRIPTION");
        assert_eq!(description, Some("It has\n\nerror: two paragraphs\n"));
    }

    #[test]
    fn an_error_of_a_download_is_shown_and_its_warnings_are_not() {
        let mut output = CargoOutput::of("app", "app");
        for (level, text) in [
            ("warning", "it is old"),
            ("error", "couldn't write its output"),
        ] {
            output.message(&format!(
                r#"{{"reason":"compiler-message","package_id":"registry+https://example.com/index#dep@1.0.0","manifest_path":"/dep/Cargo.toml",
                "target":{{"kind":["lib"],"crate_types":["lib"],"name":"dep","src_path":"/dep/src/lib.rs","edition":"2024","doc":true,"doctest":true,"test":true}},
                "message":{{"rendered":"{level}: {text}\n","message":"{text}","code":null,"level":"{level}","spans":[],"children":[]}}}}"#
            ));
        }
        assert_eq!(output.failure(), ["error: couldn't write its output"]);
        assert!(output.warnings().is_empty());
    }

    #[test]
    fn how_the_library_was_compiled_is_remembered() {
        let mut output = CargoOutput::of("app", "app");
        for (name, kind) in [("other", "lib"), ("app", "lib"), ("app", "bin")] {
            let line = format!(
                "     Running `CARGO_PKG_NAME={name} rustc --crate-name {name} src/{kind}.rs --crate-type {kind}`"
            );
            output.line(&line);
        }
        let invocation = output.invocation.expect("the library's");
        assert!(invocation.arguments.contains(&"src/lib.rs".to_owned()));
    }

    #[test]
    fn a_package_is_known_by_its_id() {
        assert!(is_of("path+file:///home/app#0.1.0", "app"));
        assert!(is_of("path+file:///home/x#app@0.1.0", "app"));
        assert!(!is_of("path+file:///home/app#other@0.1.0", "app"));
    }
}
