//! One build: cargo, and at the same time our own look at the files, which is done first and stops cargo when it finds something.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant, SystemTime},
};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    task::spawn_blocking,
    time::sleep,
};
use xmcp_build::{App, Severity};

use super::{
    cargo_output::CargoOutput,
    dylib::{self, Parts},
};
use crate::{Failure, Output, Project, Result, drawing::Finding};

/// A build that takes longer than this shows what cargo does.
const PATIENCE: Duration = Duration::from_millis(1500);

/// What there is to build, and how.
#[derive(Clone, Debug)]
pub(super) struct Order {
    root: PathBuf,
    package: String,
    binary: String,
    features: Vec<String>,
    /// The folder of the framework as a shared library.
    dylib: Option<PathBuf>,
}

/// What came of it.
#[derive(Debug)]
pub(super) struct Built {
    /// What the files hold.
    pub(super) app: App,
    /// The program, or what is wrong, as a person reads it.
    pub(super) result: std::result::Result<Program, Vec<String>>,
    /// What is not as it should be, and no reason to stop.
    pub(super) warnings: Vec<String>,
    /// How long each step took.
    pub(super) steps: Vec<(&'static str, Duration)>,
    /// Of what a shared library can be made, when the compiler had a look.
    pub(super) parts: Option<Parts>,
    /// Whether the framework was built anew.
    pub(super) is_new_framework: bool,
}

/// A program that was built.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) path: PathBuf,
    /// When it was made. Who else builds the app, an editor say, may have made it: whether cargo found it fresh tells nothing.
    pub(super) made: Option<SystemTime>,
}

impl Order {
    pub(super) fn new(project: &Project, features: &[String]) -> Result<Self> {
        Ok(Self {
            root: project.root().to_owned(),
            package: project.name().to_owned(),
            binary: project.binary()?.to_owned(),
            features: features.to_vec(),
            dylib: None,
        })
    }

    /// The same, linked with the framework as a shared library in this folder.
    pub(super) fn with_dylib(self, folder: Option<&Path>) -> Self {
        Self {
            dylib: folder.map(Path::to_owned),
            ..self
        }
    }

    /// Carries it out. When this is dropped, cargo and all that it started is ended.
    ///
    /// # Errors
    ///
    /// When cargo cannot be started.
    pub(super) async fn carry_out(self, output: &Output) -> Result<Built> {
        // Its pipes hold what it says until somebody listens.
        let mut cargo = Cargo::start(&self)?;
        let root = self.root.clone();
        let started = Instant::now();
        let planned = spawn_blocking(move || Planned::of(&root)).await;
        let Planned {
            app,
            errors,
            mut warnings,
        } = planned
            .map_err(|error| Failure::new("the app's files could not be read").because(&error))?;
        let mut steps = vec![("check", started.elapsed())];
        if !errors.is_empty() {
            return Ok(Built {
                app,
                result: Err(errors),
                warnings,
                steps,
                parts: None,
                is_new_framework: false,
            });
        }
        let said = cargo.attend(CargoOutput::of(&self.package, &self.binary), output);
        let (said, is_good) = said
            .await
            .map_err(|error| Failure::new("cargo cannot be listened to").because(&error))?;
        warnings.extend(said.warnings());
        steps.extend(&said.steps);
        let result = match (&said.executable, is_good) {
            (Some(path), true) => Ok(Program {
                path: path.clone(),
                made: fs::metadata(path).and_then(|file| file.modified()).ok(),
            }),
            _ => Err(said.failure()),
        };
        let is_new_framework = said
            .framework
            .as_ref()
            .is_some_and(|(_, is_fresh)| !is_fresh);
        let parts = said.framework.map(|(framework, _)| Parts {
            framework,
            native: said.native,
        });
        Ok(Built {
            app,
            result,
            warnings,
            steps,
            parts,
            is_new_framework,
        })
    }
}

/// What the files say, drawn.
struct Planned {
    app: App,
    errors: Vec<String>,
    warnings: Vec<String>,
}

impl Planned {
    fn of(root: &Path) -> Self {
        let (app, diagnostics) = xmcp_build::plan(root);
        let of = |severity: Severity| {
            let some = diagnostics
                .iter()
                .filter(move |one| one.severity == severity);
            some.map(|diagnostic| Finding::from(diagnostic).draw(root))
                .collect()
        };
        Self {
            errors: of(Severity::Error),
            warnings: of(Severity::Warning),
            app,
        }
    }
}

/// Cargo at work, with all that it starts. Dropping it ends them.
struct Cargo {
    child: Child,
    group: Option<Pid>,
}

impl Cargo {
    fn start(order: &Order) -> Result<Self> {
        let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(program);
        command
            .args(["build", "--message-format=json-diagnostic-rendered-ansi"])
            .arg("--manifest-path")
            .arg(order.root.join("Cargo.toml"))
            .args(["--package", &order.package, "--bin", &order.binary])
            .current_dir(&order.root)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        match &order.dylib {
            Some(folder) => command.env(dylib::VARIABLE, folder),
            None => command.env_remove(dylib::VARIABLE),
        };
        for features in &order.features {
            command.args(["--features", features]);
        }
        let child = command.spawn().map_err(|error| {
            Failure::new("cargo cannot be started")
                .because(&error)
                .hint("install Rust, or put cargo into your PATH")
        })?;
        let group = group_of(&child);
        Ok(Self { child, group })
    }

    /// Listens until it ends. Answers what it said, and whether it succeeded.
    async fn attend(
        &mut self,
        mut said: CargoOutput,
        output: &Output,
    ) -> io::Result<(CargoOutput, bool)> {
        let started = Instant::now();
        let missing = || io::Error::from(io::ErrorKind::BrokenPipe);
        let mut stdout = BufReader::new(self.child.stdout.take().ok_or_else(missing)?).lines();
        let mut stderr = BufReader::new(self.child.stderr.take().ok_or_else(missing)?).lines();
        let (mut has_stdout, mut has_stderr) = (true, true);
        let mut held_back = Vec::new();
        while has_stdout || has_stderr {
            tokio::select! {
                line = stdout.next_line(), if has_stdout => match line? {
                    Some(line) => said.message(&line),
                    None => has_stdout = false,
                },
                line = stderr.next_line(), if has_stderr => match line? {
                    Some(line) if said.line(&line) => held_back.push(line),
                    Some(_) => {}
                    None => has_stderr = false,
                },
                () = sleep(PATIENCE.saturating_sub(started.elapsed())), if started.elapsed() < PATIENCE => {}
            }
            if started.elapsed() >= PATIENCE {
                for line in held_back
                    .drain(..)
                    .filter(|line| !line.contains("Finished"))
                {
                    output.say(&line);
                }
            }
        }
        let status = self.child.wait().await?;
        self.group = None;
        Ok((said, status.success()))
    }
}

impl Drop for Cargo {
    fn drop(&mut self) {
        if let Some(group) = self.group {
            // What has ended by itself needs no end.
            let _ = kill_process_group(group, Signal::TERM);
        }
    }
}

/// The group of a process that was started as the first of one.
pub(super) fn group_of(child: &Child) -> Option<Pid> {
    let id = child.id().and_then(|id| i32::try_from(id).ok())?;
    Pid::from_raw(id)
}
