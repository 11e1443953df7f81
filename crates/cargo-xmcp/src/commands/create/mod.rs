//! `cargo xmcp create`: a file that is a tool, a prompt or a resource, ready to be edited.

mod place;
mod text;

use std::{fs, path::Path, process::ExitCode};

use clap::{Args, ValueEnum};
use xmcp_build::Diagnostic;
use xmcp_config::{Lint, ProjectConfig};

use crate::{Failure, Output, Project, Result, drawing::Finding, files, project::Selection};
use place::Location;

/// Make a file that is a tool, a prompt or a resource
///
/// The file compiles as it is, and the next build serves it: there is nothing to register. Nothing is written over.
///
/// NAME is a path below the folder of the kind (`users/get` is tools/users/get.rs, the tool `users_get`), or the file itself
/// (`tools/users/get.rs`). A resource's path is its URI, so that may stand there as well: `users://{id}/profile`.
#[derive(Args, Debug)]
#[group(skip)]
#[command(after_help = "\
Examples:
  cargo xmcp create tool dice/roll                    tools/dice/roll.rs is the tool `dice_roll`
  cargo xmcp create tool search -d \"Search the notes\"
  cargo xmcp create prompt review                     prompts/review.rs
  cargo xmcp create resource 'users://{id}/profile'   resources/(users)/[id]/profile.rs
  cargo xmcp create resource '(docs)/[...path]'       is docs://{+path}")]
pub(crate) struct Arguments {
    /// What the file is: tool, prompt or resource
    #[arg(value_enum, hide_possible_values = true)]
    kind: Kind,

    /// Its name, its path, or for a resource its URI
    name: String,

    /// What it is for, in a sentence for the model; else the name in words
    #[arg(short, long, value_name = "TEXT")]
    description: Option<String>,

    #[command(flatten)]
    project: Selection,
}

/// What a file can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    Tool,
    Prompt,
    Resource,
}

impl Kind {
    /// The key of its folder in `[paths]`, which is the folder unless that says otherwise.
    fn plural(self) -> &'static str {
        match self {
            Self::Tool => "tools",
            Self::Prompt => "prompts",
            Self::Resource => "resources",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Tool => "tool",
            Self::Prompt => "prompt",
            Self::Resource => "resource",
        }
    }
}

pub(crate) fn run(arguments: &Arguments, output: &Output) -> Result<ExitCode> {
    let project = Project::find(&arguments.project)?;
    let root = project.root();
    let (config, _) = ProjectConfig::read(root);
    let folder = folder(arguments.kind, &config)?;
    let location = Location::parse(arguments.kind, &arguments.name, folder)?;
    let before = errors(root);
    let wants_scopes = config.build.deny.contains(&Lint::Unscoped);
    let text = text::text(&location, arguments.description.as_deref(), wants_scopes);
    let file = root.join(&location.file);
    files::create(&file, &text)?;
    // What the build would say of it, such as that two files have one name, is looked for where it is written down: in the build.
    let mut new = errors(root)
        .into_iter()
        .filter(|error| !before.contains(error));
    if let Some(error) = new.find(|error| error.file.starts_with(folder)) {
        let _ = fs::remove_file(&file);
        return Err(refused(&location, &error));
    }
    output.done(
        "Created",
        &format!(
            "{}: the {} `{}`",
            location.file,
            arguments.kind.word(),
            location.title
        ),
    );
    output.say("        Edit it; the next build serves it.");
    for error in new {
        output.say(&Finding::from(&error).draw(root));
    }
    Ok(ExitCode::SUCCESS)
}

fn folder(kind: Kind, config: &ProjectConfig) -> Result<&str> {
    let path = match kind {
        Kind::Tool => &config.paths.tools,
        Kind::Prompt => &config.paths.prompts,
        Kind::Resource => &config.paths.resources,
    };
    path.path().ok_or_else(|| {
        let plural = kind.plural();
        Failure::new(format!(
            "this app has no {plural}: they are turned off in xmcp.toml"
        ))
        .hint(format!(
            "remove `{plural} = false` below `[paths]`, or name a folder there"
        ))
    })
}

fn errors(root: &Path) -> Vec<Diagnostic> {
    let (_, diagnostics) = xmcp_build::plan(root);
    diagnostics.errors().cloned().collect()
}

fn refused(location: &Location, error: &Diagnostic) -> Failure {
    let finding = Finding::from(error);
    let failure = Failure::new(format!(
        "`{}` would not do: {}",
        location.file,
        finding.what()
    ));
    failure.hint(finding.help().unwrap_or("choose another name"))
}
