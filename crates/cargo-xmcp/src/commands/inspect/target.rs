//! Which server is meant.

use std::path::PathBuf;

use url::Url;

use super::Arguments;
use crate::{Output, Project, Result, built, endpoint};

/// A server, and how to come to it.
#[derive(Debug)]
pub(super) enum Target {
    /// One that listens.
    Url(Url),
    /// A program to be started.
    Program(Program),
}

/// A program that speaks MCP on stdin and stdout.
#[derive(Debug)]
pub(super) struct Program {
    pub(super) path: PathBuf,
    pub(super) arguments: Vec<PathBuf>,
    /// The folder that it runs in, if it is not this one.
    pub(super) folder: Option<PathBuf>,
}

impl Target {
    /// What the command line says; without a word about it, the app of this folder, which is built.
    pub(super) fn of(arguments: &Arguments, output: &Output) -> Result<Self> {
        if let Some(url) = &arguments.url {
            return Ok(Self::Url(endpoint::parse(url)?));
        }
        if let Some((path, rest)) = arguments.bin.split_first() {
            return Ok(Self::Program(Program {
                path: path.clone(),
                arguments: rest.to_vec(),
                folder: None,
            }));
        }
        let project = Project::find(&arguments.project)?;
        Ok(Self::Program(Program {
            path: built::binary(&project, output)?,
            arguments: vec!["--stdio".into()],
            folder: Some(project.root().to_owned()),
        }))
    }
}

impl Program {
    /// How a person would type it.
    pub(super) fn name(&self) -> String {
        let mut name = self.path.display().to_string();
        for argument in &self.arguments {
            name.push(' ');
            name.push_str(&argument.display().to_string());
        }
        name
    }
}
