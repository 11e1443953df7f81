//! `cargo xmcp init`: an app of a crate that is there already. What is there stays as it is.

mod manifest;
mod step;

use std::{fs, path::Path, process::ExitCode};

use cargo_metadata::{Target, TargetKind};
use clap::Args;

use crate::{
    Output, Project, Result,
    drawing::Finding,
    files,
    project::Selection,
    scaffold::{self, Auth, Blueprint, File, Framework, Options, Questions},
};
use step::Step;

/// Make an app of a crate that is there already
///
/// Adds the dependencies to its Cargo.toml, which keeps its form, and the files that an app has and the crate has not. Nothing is
/// written over: for each file it says what it did, or what is left for you to write.
#[derive(Args, Debug)]
#[group(skip)]
#[command(after_help = "\
Examples:
  cargo xmcp init                        In the folder of the crate
  cargo xmcp init --auth none --yes
  cargo xmcp init --package server       In a workspace")]
pub(crate) struct Arguments {
    #[command(flatten)]
    options: Options,

    #[command(flatten)]
    project: Selection,
}

pub(crate) fn run(arguments: &Arguments, output: &Output) -> Result<ExitCode> {
    let project = Project::find(&arguments.project)?;
    let framework = Framework::find(arguments.options.path.as_deref())?;
    let mut options = arguments.options.clone();
    // What is an app already, and open, is not closed by a default.
    if is_app(&project) && !project.root().join("src/middleware.rs").exists() {
        options.auth = options.auth.or(Some(Auth::None));
    }
    let choices = Questions::new(&options).choices(&options)?;
    let target = |kind| {
        let mut targets = project.package().targets.iter();
        targets.find(|target| target.kind.contains(&kind))
    };
    let library = target(TargetKind::Lib);
    let blueprint = Blueprint {
        package: project.name().to_owned(),
        library: library
            .map_or(project.name(), |library| &library.name)
            .replace('-', "_"),
        choices,
        framework,
    };
    let crate_ = Crate {
        root: project.root(),
        library: path_of(&project, library, "src/lib.rs"),
        main: path_of(&project, target(TargetKind::Bin), "src/main.rs"),
        blueprint: &blueprint,
    };

    let mut steps = manifest::add_dependencies(&project, &blueprint)?;
    if let Some(lock) = blueprint.framework.lock()
        && project.is_workspace_root()
        && !project.root().join("Cargo.lock").exists()
    {
        files::create(&project.root().join("Cargo.lock"), &lock)?;
        steps.push(Step::created("Cargo.lock"));
    }
    // Which folders there are is looked at before any is made.
    let examples = crate_.missing_examples();
    for file in blueprint.sources() {
        steps.push(crate_.add(&file)?);
    }
    for file in examples {
        steps.push(crate_.add(&file)?);
    }
    steps.push(crate_.ignore()?);
    if blueprint.choices.auth == Auth::ApiKey {
        steps.push(crate_.add_secret(".env", &scaffold::variables_with_key()?)?);
    }
    for step in &steps {
        step.say(output);
    }
    let (_, diagnostics) = xmcp_build::plan(project.root());
    for diagnostic in diagnostics.iter() {
        output.say(&format!(
            "\n{}",
            Finding::from(diagnostic).draw(project.root())
        ));
    }
    let left = steps.iter().filter(|step| step.is_left()).count();
    match left {
        0 => output.say("\nNext: `cargo run`"),
        _ => output.say("\nNext: what is left above, then `cargo run`"),
    }
    Ok(ExitCode::SUCCESS)
}

fn is_app(project: &Project) -> bool {
    let mut dependencies = project.package().dependencies.iter();
    dependencies.any(|dependency| dependency.name == "xmcp-build")
}

/// Where a target's source is, as seen from the package.
fn path_of(project: &Project, target: Option<&Target>, usual: &str) -> String {
    let path = target.and_then(|target| {
        target
            .src_path
            .as_std_path()
            .strip_prefix(project.root())
            .ok()
    });
    path.map_or(usual.to_owned(), |path| {
        path.to_string_lossy().replace('\\', "/")
    })
}

/// Whether it is what `cargo new` writes.
fn is_hello(text: &str) -> bool {
    text.starts_with("fn main() {")
        && text.contains("(\"Hello, world!\")")
        && text.lines().count() == 3
}

/// The crate that becomes an app.
struct Crate<'a> {
    root: &'a Path,
    library: String,
    main: String,
    blueprint: &'a Blueprint,
}

impl Crate<'_> {
    /// The examples of those kinds of which the crate has no folder, and their tests.
    fn missing_examples(&self) -> Vec<File> {
        let mut with = self.blueprint.choices.with.clone();
        with.retain(|part| !self.root.join(part.to_string()).exists());
        self.blueprint.examples_of(&with)
    }

    /// Adds a file, or says what it lacks.
    fn add(&self, file: &File) -> Result<Step> {
        let path = match file.path {
            "src/lib.rs" => &self.library,
            "src/main.rs" => &self.main,
            other => other,
        };
        let whole = self.root.join(path);
        let Ok(text) = fs::read_to_string(&whole) else {
            files::create(&whole, &file.text)?;
            return Ok(Step::created(path));
        };
        let library = &self.blueprint.library;
        Ok(match file.path {
            "build.rs" if !text.contains("xmcp_build::build") => {
                Step::left(path, "call `xmcp_build::build();` in its `main`")
            }
            "src/lib.rs" if !text.contains("include_app!") => {
                let end = if text.ends_with('\n') || text.is_empty() {
                    ""
                } else {
                    "\n"
                };
                files::replace(&whole, &format!("{text}{end}\nxmcp::include_app!();\n"))?;
                Step::changed(path, "added `xmcp::include_app!();`")
            }
            "src/main.rs" if is_hello(&text) => {
                files::replace(&whole, &file.text)?;
                Step::changed(path, "serves the app instead of saying hello")
            }
            "src/main.rs" if !text.contains("xmcp::run") => Step::left(
                path,
                &format!(
                    "serve the app, `fn main() -> std::process::ExitCode {{ xmcp::run({library}::app()) }}`"
                ),
            ),
            _ => Step::kept(path),
        })
    }

    fn add_secret(&self, path: &str, text: &str) -> Result<Step> {
        let whole = self.root.join(path);
        if let Ok(there) = fs::read_to_string(&whole) {
            return Ok(match there.contains("XMCP_API_KEY") {
                true => Step::kept(path),
                false => Step::left(
                    path,
                    "add a key: `XMCP_API_KEY_ME=` and what `openssl rand -hex 32` prints",
                ),
            });
        }
        files::create_secret(&whole, text)?;
        Ok(Step::created(path))
    }

    /// Keeps secrets out of the repository.
    fn ignore(&self) -> Result<Step> {
        let file = self.blueprint.ignored();
        let whole = self.root.join(file.path);
        let Ok(text) = fs::read_to_string(&whole) else {
            files::create(&whole, &file.text)?;
            return Ok(Step::created(file.path));
        };
        let is_there = text
            .lines()
            .any(|line| matches!(line.trim(), ".env" | "/.env" | ".env*" | "*.env"));
        if is_there {
            return Ok(Step::kept(file.path));
        }
        let end = if text.ends_with('\n') || text.is_empty() {
            ""
        } else {
            "\n"
        };
        files::replace(&whole, &format!("{text}{end}.env\n"))?;
        Ok(Step::changed(file.path, "added `.env`"))
    }
}
