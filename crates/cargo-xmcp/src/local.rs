//! What an app's own files and variables say of it: `xmcp.toml`, `.env`, and the environment above both.

use std::{collections::BTreeMap, env, fs, io, path::Path};

use xmcp_config::{DEFAULT_PORT, ProjectConfig, Settings};

use crate::{Failure, Project, Result, project::Selection};

/// The file of what differs from machine to machine, and of secrets.
const ENV_FILE: &str = ".env";

/// An app's settings on this machine.
pub(crate) struct Local {
    settings: Settings,
    /// What `.env` says. It may hold secrets.
    variables: BTreeMap<String, String>,
}

impl Local {
    /// Those of nobody's folder: the environment alone.
    pub(crate) fn nowhere() -> Self {
        Self {
            settings: Settings::default(),
            variables: BTreeMap::new(),
        }
    }

    /// The app that `selection` names, or the one of this folder if there is one, and its settings.
    pub(crate) fn around(selection: &Selection) -> Result<(Option<Project>, Self)> {
        let project = match Project::find(selection) {
            Ok(project) => Some(project),
            Err(failure) if selection.is_named() => return Err(failure),
            Err(_) => None,
        };
        let local = match &project {
            Some(project) => Self::of(project.root())?,
            None => Self::nowhere(),
        };
        Ok((project, local))
    }

    /// Those of the app in the folder `root`. A file that is not there says nothing.
    pub(crate) fn of(root: &Path) -> Result<Self> {
        let (config, problems) = ProjectConfig::read(root);
        if let Some(problem) = problems.first() {
            return Err(
                Failure::new(format!("`xmcp.toml` is not in order: {problem}"))
                    .hint("`cargo xmcp check` shows where"),
            );
        }
        let mut local = Self {
            settings: config.settings,
            variables: variables(&root.join(ENV_FILE))?,
        };
        let mut settings = local.settings.clone();
        if let Err(errors) = settings.apply_environment(|name| local.variable(name)) {
            let said: Vec<_> = errors.iter().map(ToString::to_string).collect();
            return Err(Failure::new("a variable is not in order")
                .note(said.join("; "))
                .hint("docs/config.md says what each of them may be"));
        }
        local.settings = settings;
        Ok(local)
    }

    /// A variable: of the environment, else of `.env`. An empty one is not set.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        env::var(name)
            .ok()
            .or_else(|| self.variables.get(name).cloned())
            .filter(|value| !value.trim().is_empty())
    }

    /// The names of the variables that `.env` sets.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str)
    }

    /// What the server would be started with.
    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The URL at which its clients reach it.
    pub(crate) fn url(&self) -> String {
        let http = &self.settings.http;
        let base = http.public_url.clone().unwrap_or_else(|| {
            // Port 0 is any: nobody knows which before the server runs.
            let port = http.port.filter(|port| *port != 0).unwrap_or(DEFAULT_PORT);
            format!("http://localhost:{port}")
        });
        format!("{}{}", base.trim_end_matches('/'), http.endpoint)
    }
}

/// What is wrong with the file is said without its text, which may be a secret.
fn variables(path: &Path) -> Result<BTreeMap<String, String>> {
    let text = match fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => {
            return Err(Failure::new(format!("`{}` cannot be read", path.display()))
                .because(&error)
                .hint("look at who may read it"));
        }
    };
    dotenvy::from_read_iter(&*text)
        .collect::<std::result::Result<_, _>>()
        .map_err(|_| {
            Failure::new(format!(
                "`{}` has a line that is no assignment",
                path.display()
            ))
            .hint("write NAME=value, with quotes around a value that has spaces")
        })
}
