//! What `xmcp.toml` says that matters to the build: where things are, what it is strict about, and the settings to generate.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use toml::de::DeTable;
use xmcp_config::{Lint, ProjectConfig};

use crate::kind::Kind;
use crate::{Diagnostics, Place, Severity};

/// The settings of a project. A path that is `None` is turned off.
pub(crate) struct Project {
    tools: Option<String>,
    prompts: Option<String>,
    resources: Option<String>,
    pub(crate) skills: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) middleware: Option<String>,
    /// How severe an undocumented argument is.
    pub(crate) undocumented: Severity,
    /// Whether a tool behind a middleware has to say who may call it.
    pub(crate) denies_unscoped: bool,
    /// Settings that differ from their default, each with a Rust expression.
    pub(crate) settings: Vec<(String, String)>,
    /// The files it was read from, and `xmcp.toml` even when there is none.
    pub(crate) inputs: Vec<PathBuf>,
}

impl Project {
    pub(crate) fn read(root: &Path, diagnostics: &mut Diagnostics) -> Self {
        let (config, problems) = ProjectConfig::read(root);
        for problem in problems {
            let file = problem.file.to_string_lossy();
            diagnostics.error(
                &file,
                Place {
                    line: problem.line,
                    column: problem.column,
                },
                problem.message,
            );
        }
        let files = config
            .files()
            .iter()
            .map(|file| file.strip_prefix(root).unwrap_or(file).to_owned());
        let inputs = std::iter::once(xmcp_config::FILE_NAME.into())
            .chain(files)
            .collect();
        let places = Places::read(root);
        let path = |path: &xmcp_config::ProjectPath| path.path().map(str::to_owned);
        let mut project = Self {
            tools: path(&config.paths.tools),
            prompts: path(&config.paths.prompts),
            resources: path(&config.paths.resources),
            skills: path(&config.paths.skills),
            state: path(&config.paths.state),
            middleware: path(&config.paths.middleware),
            undocumented: match config.build.deny.contains(&Lint::Undocumented) {
                true => Severity::Error,
                false => Severity::Warning,
            },
            denies_unscoped: config.build.deny.contains(&Lint::Unscoped),
            settings: settings(&config),
            inputs,
        };
        project.check_folders(&places, diagnostics);
        project.check_presence(root, &places, diagnostics);
        project.check_elsewhere(root, diagnostics);
        project
    }

    /// Where the files of a kind are.
    pub(crate) fn folder(&self, kind: Kind) -> Option<&str> {
        let folder = match kind {
            Kind::Tool => &self.tools,
            Kind::Prompt => &self.prompts,
            Kind::Resource => &self.resources,
        };
        folder.as_deref()
    }

    /// What is there by default may be missing; what somebody names is meant to be there.
    fn check_presence(&self, root: &Path, places: &Places, diagnostics: &mut Diagnostics) {
        let default = xmcp_config::Paths::default();
        for (name, what, path, default) in [
            ("tools", "folder", &self.tools, &default.tools),
            ("prompts", "folder", &self.prompts, &default.prompts),
            ("resources", "folder", &self.resources, &default.resources),
            ("skills", "folder", &self.skills, &default.skills),
            ("state", "file", &self.state, &default.state),
            ("middleware", "file", &self.middleware, &default.middleware),
        ] {
            let Some(path) = path else { continue };
            if Some(path.as_str()) != default.path() && root.join(path).symlink_metadata().is_err()
            {
                let message = format!(
                    "`{name}`: there is no `{path}` in the project: write the {what} that is meant, or `false`"
                );
                diagnostics.error(xmcp_config::FILE_NAME, places.of(name), message);
            }
        }
    }

    /// A folder that neither is routed nor a module of the app holds files that nobody compiles. People who know xmcp for
    /// TypeScript look for tools in `src/tools` first.
    fn check_elsewhere(&mut self, root: &Path, diagnostics: &mut Diagnostics) {
        for kind in Kind::ALL {
            let plural = kind.plural();
            let Some(folder) = self
                .folder(kind)
                .filter(|folder| !folder.starts_with("src"))
            else {
                continue;
            };
            let elsewhere = format!("src/{plural}");
            let is_module = [format!("{elsewhere}.rs"), format!("{elsewhere}/mod.rs")]
                .iter()
                .any(|module| root.join(module).exists());
            if root.join(&elsewhere).is_dir() && !is_module {
                let message = format!(
                    "files here are no {plural}: move them to `{folder}`, or write `[paths] {plural} = \"{elsewhere}\"` in {}",
                    xmcp_config::FILE_NAME
                );
                diagnostics.warning(&elsewhere, Place::START, message);
            }
            self.inputs.push(elsewhere.into());
        }
    }

    /// A file inside of two folders would be two things.
    fn check_folders(&self, places: &Places, diagnostics: &mut Diagnostics) {
        let folders = [
            ("tools", &self.tools),
            ("prompts", &self.prompts),
            ("resources", &self.resources),
            ("skills", &self.skills),
        ];
        for (name, folder) in folders {
            for (other_name, other) in folders {
                let (Some(folder), Some(other)) = (folder, other) else {
                    continue;
                };
                if name != other_name && Path::new(folder).starts_with(other) {
                    let message = format!(
                        "`[paths] {name}` is inside of `[paths] {other_name}`: give each a folder of its own"
                    );
                    diagnostics.error(xmcp_config::FILE_NAME, places.of(name), message);
                }
            }
        }
    }
}

/// Where the keys of `[paths]` stand in the file.
#[derive(Default)]
struct Places(HashMap<String, Place>);

impl Places {
    /// A file that cannot be read has been reported, and has no places.
    fn read(root: &Path) -> Self {
        let text = fs::read_to_string(root.join(xmcp_config::FILE_NAME)).unwrap_or_default();
        let Ok(table) = DeTable::parse(&text) else {
            return Self::default();
        };
        let paths = table
            .get_ref()
            .get("paths")
            .and_then(|paths| paths.get_ref().as_table());
        let places = paths.into_iter().flatten().map(|(key, value)| {
            (
                key.get_ref().to_string(),
                Place::at(&text, value.span().start),
            )
        });
        Self(places.collect())
    }

    fn of(&self, key: &str) -> Place {
        self.0.get(key).copied().unwrap_or(Place::START)
    }
}

/// What the file sets, and the package's own name and version where it does not.
fn settings(config: &ProjectConfig) -> Vec<(String, String)> {
    let set = config
        .differences()
        .iter()
        .map(|difference| (difference.field.clone(), difference.expression.clone()));
    let mut settings: Vec<_> = set.collect();
    for (key, variable) in [
        ("server.version", "CARGO_PKG_VERSION"),
        ("server.name", "CARGO_PKG_NAME"),
    ] {
        if !settings.iter().any(|(set, _)| set == key) {
            settings.insert(
                0,
                (
                    key.to_owned(),
                    format!("::std::string::String::from(env!(\"{variable}\"))"),
                ),
            );
        }
    }
    settings
}
