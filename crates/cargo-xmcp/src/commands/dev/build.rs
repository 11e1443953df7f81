//! One build: by rustc alone where that is right (`direct.rs`), else by cargo; and our own look at the files, which is taken meanwhile and
//! stops either when it finds something.

use std::{
    fs,
    path::{Path, PathBuf},
    pin::pin,
    time::{Duration, Instant, SystemTime},
};

use cargo_metadata::TargetKind;
use tokio::{select, task::spawn_blocking};
use xmcp_build::App;

pub(super) use super::work::group_of;
use super::{
    cargo::Cargo,
    cargo_output::CargoOutput,
    dep_info,
    direct::Direct,
    dylib::{Dylib, Parts},
    ground::{Ground, Success},
    invocation::Invocation,
    planned::{Planned, Planning},
};
use crate::{Failure, Output, Project, Result};

/// What there is to build, and how.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) root: PathBuf,
    pub(super) workspace: PathBuf,
    /// Where cargo puts what it builds.
    pub(super) target: PathBuf,
    pub(super) package: String,
    pub(super) binary: String,
    /// The source of the binary.
    main: PathBuf,
    pub(super) features: Vec<String>,
    pub(super) with: With,
}

/// What makes a build faster.
#[derive(Clone, Debug, Default)]
pub(super) struct With {
    /// The libraries of the app as a shared one.
    pub(super) dylib: Option<Dylib>,
    /// The way without cargo.
    pub(super) direct: Option<Direct>,
    /// How the app's library was compiled before.
    pub(super) known: Option<Invocation>,
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
    /// What cargo has shown, when it was asked and the compiler had a look.
    pub(super) shown: Option<Shown>,
}

/// What a build of cargo's shows for builds to come.
#[derive(Debug)]
pub(super) struct Shown {
    /// Of what a shared library can be made.
    pub(super) parts: Option<Parts>,
    /// Whether the framework was built anew.
    pub(super) is_new_framework: bool,
    /// How the app's library was compiled.
    pub(super) invocation: Option<Invocation>,
    /// What the way without cargo stands on, and the code that was generated; or why there is none.
    pub(super) ground: std::result::Result<(Ground, String), String>,
    /// Whether rustc alone failed, for another reason than the app's source.
    pub(super) is_direct_broken: bool,
}

/// A program that was built.
#[derive(Clone, Debug)]
pub(super) struct Program {
    pub(super) path: PathBuf,
    /// Where it looks for shared libraries, as `LD_LIBRARY_PATH` has it.
    pub(super) search_path: Option<String>,
    /// What it is made of, as far as somebody says.
    pub(super) files: Vec<PathBuf>,
    /// When it was made. Who else builds the app, an editor say, may have made it: whether cargo found it fresh tells nothing.
    pub(super) made: Option<SystemTime>,
}

impl Program {
    fn at(path: &Path, files: Vec<PathBuf>, search_path: Option<String>) -> Self {
        Self {
            path: path.to_owned(),
            files,
            search_path,
            made: fs::metadata(path).and_then(|file| file.modified()).ok(),
        }
    }
}

impl Order {
    pub(super) fn new(project: &Project, features: &[String]) -> Result<Self> {
        let binary = project.binary()?;
        let mut targets = project.package().targets.iter();
        let main = targets
            .find(|target| target.name == binary && target.kind.contains(&TargetKind::Bin))
            .map(|target| target.src_path.as_std_path().to_owned());
        Ok(Self {
            root: project.root().to_owned(),
            workspace: project.workspace_root().to_owned(),
            target: project.target_directory().to_owned(),
            package: project.name().to_owned(),
            binary: binary.to_owned(),
            main: main.unwrap_or_default(),
            features: features.to_vec(),
            with: With::default(),
        })
    }

    /// The same, made faster.
    pub(super) fn with(self, with: With) -> Self {
        Self { with, ..self }
    }

    /// Carries it out. When this is dropped, what was started for it is ended.
    ///
    /// # Errors
    ///
    /// When cargo cannot be started.
    pub(super) async fn carry_out(self, output: &Output) -> Result<Built> {
        let mut planning = self.plan();
        let mut is_direct_broken = false;
        if let Some(direct) = &self.with.direct {
            let why = match direct.is_open() {
                Err(why) => why,
                Ok(()) => match self.go(direct, planning).await? {
                    Ok(built) => return Ok(built),
                    Err(detour) => {
                        planning = Planning::Done(detour.planned);
                        is_direct_broken = detour.is_broken;
                        detour.why
                    }
                },
            };
            output.detail(&format!("  by cargo: {why}"));
        }
        self.ask_cargo(planning, is_direct_broken, output).await
    }

    fn plan(&self) -> Planning {
        let root = self.root.clone();
        Planning::AtWork(spawn_blocking(move || Planned::of(&root)))
    }

    /// Builds without cargo. The compiler begins with the code that was generated last, for most edits change none of it, and has to begin
    /// again when this one does.
    async fn go(
        &self,
        direct: &Direct,
        planning: Planning,
    ) -> Result<std::result::Result<Built, Detour>> {
        let mut started = Instant::now();
        let text = direct.text();
        let mut compiling = Box::pin(direct.compile(&text));
        let mut planning = pin!(planning.result());
        let (mut planned, early) = select! {
            planned = &mut planning => (planned?, None),
            early = &mut compiling => (planning.await?, Some(early)),
        };
        if !planned.errors.is_empty() {
            return Ok(Ok(planned.failed()));
        }
        let detour = |why: String, is_broken, planned| {
            Ok(Err(Detour {
                why,
                is_broken,
                planned: Box::new(planned),
            }))
        };
        if !direct.takes(&planned.text) {
            let why = "the build script has something to say".to_owned();
            return detour(why, false, planned);
        }
        let is_as_before = planned.text == text;
        let mut steps = Vec::new();
        let compiled = match early {
            Some(early) if is_as_before => early,
            None if is_as_before => compiling.await,
            _ => {
                // Which ends the compiler.
                drop(compiling);
                started = Instant::now();
                steps = planned.steps();
                direct.compile(&planned.text).await
            }
        };
        let compiled = match compiled {
            Ok(compiled) if compiled.is_final() => compiled,
            Ok(_) => return detour("rustc alone cannot".to_owned(), true, planned),
            Err(error) => return detour(error.to_string(), true, planned),
        };
        planned.warnings.extend(compiled.problems.warnings);
        steps.push(("rustc alone", started.elapsed()));
        let program =
            |path: PathBuf| Program::at(&path, direct.files(&path), Some(direct.search_path()));
        Ok(Ok(Built {
            app: planned.app,
            result: compiled
                .program
                .map(program)
                .ok_or(compiled.problems.errors),
            warnings: planned.warnings,
            steps,
            shown: None,
        }))
    }

    async fn ask_cargo(
        &self,
        planning: Planning,
        is_direct_broken: bool,
        output: &Output,
    ) -> Result<Built> {
        let since = SystemTime::now();
        // Its pipes hold what it says until somebody listens.
        let mut cargo = Cargo::start(self)?;
        let mut planned = planning.result().await?;
        if !planned.errors.is_empty() {
            return Ok(planned.failed());
        }
        let said = cargo.attend(CargoOutput::of(&self.package, &self.binary), output);
        let (said, is_good) = said
            .await
            .map_err(|error| Failure::new("cargo cannot be listened to").because(&error))?;
        planned.warnings.extend(said.warnings());
        let mut steps = planned.steps();
        steps.extend(&said.steps);
        let search_path = self.with.dylib.as_ref().map(Dylib::search_path);
        let result = match (&said.executable, is_good) {
            (Some(path), true) => Ok(Program::at(path, dep_info::files(path), search_path)),
            _ => Err(said.failure()),
        };
        let shown = Shown {
            is_direct_broken,
            ..self.shown(said, &planned, since)
        };
        Ok(Built {
            app: planned.app,
            result,
            warnings: planned.warnings,
            steps,
            shown: Some(shown),
        })
    }

    /// What can be learnt of what cargo said.
    fn shown(&self, said: CargoOutput, planned: &Planned, since: SystemTime) -> Shown {
        let known = self.with.known.clone().filter(|known| {
            let hash = known.codegen("extra-filename").unwrap_or("/");
            let mut files = said.fresh.iter();
            files.any(|file| file.to_string_lossy().contains(hash))
        });
        let invocation = said.invocation.or(known);
        let ground = match &invocation {
            None => Err("cargo had nothing to do".to_owned()),
            Some(invocation) => Ground::of(Success {
                root: &self.root,
                workspace: &self.workspace,
                program: &self.main,
                invocation,
                manifests: &said.manifests,
                files: said
                    .executable
                    .as_deref()
                    .map(dep_info::files)
                    .unwrap_or_default(),
                text: &planned.text,
                since,
            }),
        };
        let native = said.native;
        let parts = said.framework.as_ref().map(|(framework, _)| Parts {
            libraries: vec![("xmcp".to_owned(), framework.clone())],
            search: framework
                .parent()
                .map(|folder| format!("dependency={}", folder.display()))
                .into_iter()
                .chain(native)
                .collect(),
            target: None,
        });
        Shown {
            parts,
            is_new_framework: said.framework.is_some_and(|(_, is_fresh)| !is_fresh),
            invocation,
            ground: ground.map(|ground| (ground, planned.text.clone())),
            is_direct_broken: false,
        }
    }
}

/// Why cargo has to be asked after all.
struct Detour {
    why: String,
    is_broken: bool,
    planned: Box<Planned>,
}
