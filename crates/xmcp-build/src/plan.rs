//! From a folder to the model of its app. Reads files and tells what it read; changes nothing.

use std::fs;
use std::io::ErrorKind;
use std::mem;
use std::path::{Path, PathBuf};

use crate::check::{Lints, Routed};
use crate::convention::{self, Convention, MIDDLEWARE, STATE};
use crate::kind::Kind;
use crate::module::ModuleNames;
use crate::project::Project;
use crate::scan::Folder;
use crate::{App, Diagnostics, Module, Place, Skills, check, dependencies, parse, scan, skill};

/// The app in `root`, the folder of its `Cargo.toml`, and everything that is wrong with it.
///
/// Never fails: what cannot be read or understood is among the diagnostics, and the app holds the rest.
pub fn plan(root: &Path) -> (App, Diagnostics) {
    let mut diagnostics = Diagnostics::default();
    let mut project = Project::read(root, &mut diagnostics);
    if root.to_str().is_none() {
        let message = "the folder's path is not UTF-8, as generated code needs it to be: move the project elsewhere";
        diagnostics.error("Cargo.toml", Place::START, message);
    }
    let mut reader = Reader {
        root,
        inputs: mem::take(&mut project.inputs),
        diagnostics: &mut diagnostics,
    };

    let [tools, prompts, resources] =
        Kind::ALL.map(|kind| reader.folder(kind, project.folder(kind)));
    let skills = reader.skills(project.skills.as_deref());
    let state = project.state.filter(|path| reader.convention(&STATE, path));
    let middleware = project
        .middleware
        .filter(|path| reader.convention(&MIDDLEWARE, path));
    reader.crate_roots(&[
        (STATE.name, state.as_deref()),
        (MIDDLEWARE.name, middleware.as_deref()),
    ]);
    let files = || tools.iter().chain(&prompts).chain(&resources);
    reader.manifest(files());
    let modules = files().map(|routed| routed.module.clone()).collect();

    let inputs = reader.inputs;
    let lints = Lints {
        undocumented: project.undocumented,
        // Without a middleware nobody signs in, and there is nobody to tell apart.
        denies_unscoped: project.denies_unscoped && middleware.is_some(),
    };
    let app = App {
        root: root.to_owned(),
        modules,
        tools: check::tools(&tools, lints, &mut diagnostics),
        prompts: check::prompts(&prompts, lints, &mut diagnostics),
        resources: check::resources(&resources, &skills, lints, &mut diagnostics),
        skills,
        state,
        middleware,
        settings: project.settings,
        inputs,
    };
    (app, diagnostics)
}

/// Reads files, and keeps a list of what it read or missed.
struct Reader<'a> {
    root: &'a Path,
    inputs: Vec<PathBuf>,
    diagnostics: &'a mut Diagnostics,
}

impl Reader<'_> {
    fn folder(&mut self, kind: Kind, folder: Option<&str>) -> Vec<Routed> {
        let Some(folder) = folder else {
            return Vec::new();
        };
        self.inputs.push(folder.into());
        let mut names = ModuleNames::default();
        let paths = scan::scan(self.root, Folder::Routed(kind), folder, self.diagnostics);
        paths
            .into_iter()
            .map(|path| self.file(kind, folder, path, &mut names))
            .collect()
    }

    fn skills(&mut self, folder: Option<&str>) -> Skills {
        let Some(folder) = folder else {
            return Skills::default();
        };
        self.inputs.push(folder.into());
        let paths = scan::scan(self.root, Folder::Skills, folder, self.diagnostics);
        skill::read(self.root, folder, &paths, self.diagnostics)
    }

    fn file(&mut self, kind: Kind, folder: &str, path: String, names: &mut ModuleNames) -> Routed {
        let file = format!("{folder}/{path}");
        let parsed = text(self.root, &file, self.diagnostics)
            .and_then(|text| parse::file(kind, &file, &text, self.diagnostics));
        let conditions = parsed
            .as_ref()
            .map(|file| file.conditions.clone())
            .unwrap_or_default();
        Routed {
            module: Module {
                name: names.name(kind.plural(), &path),
                path: file,
                conditions,
            },
            path,
            file: parsed,
        }
    }

    /// Whether the file of a convention is there.
    fn convention(&mut self, convention: &Convention, path: &str) -> bool {
        match self.read(path) {
            Some(text) => {
                convention.check(path, &text, self.diagnostics);
                true
            }
            None => false,
        }
    }

    fn crate_roots(&mut self, conventions: &[(&'static str, Option<&str>)]) {
        let declared: Vec<_> = conventions
            .iter()
            .filter_map(|(name, path)| path.map(|path| (*name, path)))
            .collect();
        for path in ["src/lib.rs", "src/main.rs"] {
            if let Some(text) = self.read(path) {
                convention::check_root(path, &text, &declared, self.diagnostics);
            }
        }
    }

    fn manifest<'a>(&mut self, files: impl Iterator<Item = &'a Routed>) {
        let Some(text) = self.read("Cargo.toml") else {
            return;
        };
        let files: Vec<_> = files
            .filter_map(|routed| Some((routed.module.path.as_str(), routed.file.as_ref()?)))
            .collect();
        dependencies::check(&text, &files, self.diagnostics);
    }

    /// The text of a file that may be missing.
    fn read(&mut self, path: &str) -> Option<String> {
        self.inputs.push(path.into());
        text(self.root, path, self.diagnostics)
    }
}

/// The text of a file. One that is missing has none; one that cannot be read has none either, and a diagnostic.
fn text(root: &Path, path: &str, diagnostics: &mut Diagnostics) -> Option<String> {
    let error = match fs::read_to_string(root.join(path)) {
        Ok(text) => return Some(text),
        Err(error) if error.kind() == ErrorKind::NotFound => return None,
        Err(error) => error,
    };
    let message = match error.kind() {
        ErrorKind::InvalidData => "file is not UTF-8: save it as UTF-8".to_owned(),
        _ => format!("cannot be read ({error}): mend it or remove it"),
    };
    diagnostics.error(path, Place::START, message);
    None
}
