//! What cargo says while it builds: on stdout JSON, a line a message; on stderr for people. From both, what a person has to read once,
//! and how long each step took.

use std::{
    collections::HashSet,
    path::PathBuf,
    time::{Duration, Instant},
};

use cargo_metadata::{Message, TargetKind, diagnostic::DiagnosticLevel};

/// What has been said of one build.
#[derive(Debug)]
pub(super) struct CargoOutput {
    package: String,
    binary: String,
    started: Instant,
    seen: HashSet<String>,
    errors: Vec<String>,
    warnings: Vec<String>,
    plain: Vec<String>,
    pub(super) executable: Option<PathBuf>,
    /// The framework as a library, and whether it is the one of before.
    pub(super) framework: Option<(PathBuf, bool)>,
    /// Where native libraries are.
    pub(super) native: Vec<String>,
    pub(super) steps: Vec<(&'static str, Duration)>,
}

/// The package that is the framework.
const FRAMEWORK: &str = "xmcp-rs";

/// What begins a line of cargo's that says how far it is.
const PROGRESS: [&str; 14] = [
    "Compiling",
    "Checking",
    "Finished",
    "Running",
    "Dirty",
    "Fresh",
    "Downloading",
    "Downloaded",
    "Blocking",
    "Updating",
    "Locking",
    "Adding",
    "Removing",
    "Building",
];

impl CargoOutput {
    pub(super) fn of(package: &str, binary: &str) -> Self {
        Self {
            package: package.to_owned(),
            binary: binary.to_owned(),
            started: Instant::now(),
            seen: HashSet::new(),
            errors: Vec::new(),
            warnings: Vec::new(),
            plain: Vec::new(),
            executable: None,
            framework: None,
            native: Vec::new(),
            steps: Vec::new(),
        }
    }

    /// Takes a line of stdout.
    pub(super) fn message(&mut self, line: &str) {
        let Ok(message) = serde_json::from_str::<Message>(line) else {
            return;
        };
        match message {
            Message::CompilerMessage(message) => {
                let level = message.message.level;
                let Some(rendered) = message.message.rendered else {
                    return;
                };
                let text = rendered.trim_end().to_owned();
                let is_summary = message.message.spans.is_empty() && message.message.code.is_none();
                let is_count = is_summary
                    && (text.contains("warning emitted")
                        || text.contains("warnings emitted")
                        || text.contains("aborting due to"));
                if is_count || !self.seen.insert(text.clone()) {
                    return;
                }
                match level {
                    DiagnosticLevel::Error | DiagnosticLevel::Ice => self.errors.push(text),
                    DiagnosticLevel::Warning => self.warnings.push(text),
                    _ => {}
                }
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
                } else if !artifact.fresh
                    && is_of(&artifact.package_id.repr, &self.package)
                    && !artifact.target.is_custom_build()
                {
                    self.step("rustc");
                }
            }
            _ => {}
        }
    }

    /// Takes a line of stderr, and answers whether it says how far cargo is.
    pub(super) fn line(&mut self, line: &str) -> bool {
        let text = line.trim_start();
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
        if !text.is_empty() && !is_known {
            self.plain.push(line.to_owned());
        }
        false
    }

    /// What a person has to read when the build failed.
    pub(super) fn failure(&self) -> Vec<String> {
        let compiler = self.errors.iter().cloned();
        match self.errors.is_empty() {
            true => self.plain.clone(),
            false => compiler.collect(),
        }
    }

    /// What a person should know when it succeeded.
    pub(super) fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }

    fn step(&mut self, name: &'static str) {
        let before: Duration = self.steps.iter().map(|(_, time)| *time).sum();
        self.steps
            .push((name, self.started.elapsed().saturating_sub(before)));
    }
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
        ] {
            assert!(!output.line(line));
        }
        assert_eq!(
            output.failure(),
            [
                "error: failed to parse manifest at `/app/Cargo.toml`",
                "Caused by:",
                "  no such thing"
            ]
        );
    }

    #[test]
    fn a_package_is_known_by_its_id() {
        assert!(is_of("path+file:///home/app#0.1.0", "app"));
        assert!(is_of("path+file:///home/x#app@0.1.0", "app"));
        assert!(!is_of("path+file:///home/app#other@0.1.0", "app"));
    }
}
