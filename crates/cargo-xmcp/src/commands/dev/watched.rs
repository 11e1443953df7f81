//! Which paths matter: what a watcher reports is compared with what the build reads.

use std::path::{Path, PathBuf};

use xmcp_build::App;

use crate::Project;

/// Files and folders of which every change counts, those that are not there yet included.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Watched {
    root: PathBuf,
    target: PathBuf,
    places: Vec<PathBuf>,
}

/// Beside what the build says it reads: seen from the root of the app, or of a package that it is built with.
const OF_A_PACKAGE: [&str; 3] = ["Cargo.toml", "build.rs", "src"];
/// Beside these, of the app alone.
const ENVIRONMENT: &str = ".env";

impl Watched {
    /// What the app reads, and the files that the program was made of that was built of it.
    pub(super) fn of(project: &Project, app: &App, files: &[PathBuf]) -> Self {
        let (root, target) = (project.root(), project.target_directory());
        // What the build itself writes is no edit. An app may stand in a target folder, as those of tests do.
        let is_written = |path: &&PathBuf| path.starts_with(root) || !path.starts_with(target);
        let of_program = files.iter().filter(is_written).cloned();
        let inputs: Vec<_> = app.inputs.iter().cloned().chain(of_program).collect();
        Self::new(root, target, &inputs, &project.local_packages())
    }

    /// What `inputs` of the app in `root` name, and the sources of `packages`. What is in `target` never counts.
    pub(super) fn new(
        root: &Path,
        target: &Path,
        inputs: &[PathBuf],
        packages: &[PathBuf],
    ) -> Self {
        let of_packages = packages
            .iter()
            .map(PathBuf::as_path)
            .chain([root])
            .flat_map(|package| OF_A_PACKAGE.map(|name| package.join(name)));
        let mut places: Vec<_> = inputs
            .iter()
            .map(|input| root.join(input))
            .chain(of_packages)
            .chain([root.join(ENVIRONMENT)])
            .collect();
        places.sort();
        places.dedup_by(|later, earlier| later.starts_with(earlier));
        Self {
            root: root.to_owned(),
            target: target.to_owned(),
            places,
        }
    }

    /// Its root, which stands for everything.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The files and folders of which every change counts.
    pub(super) fn places(&self) -> impl Iterator<Item = &Path> {
        self.places.iter().map(PathBuf::as_path)
    }

    /// What to watch: folders, and whether what is below them counts as well. Of what is missing it is the nearest folder above.
    pub(super) fn folders(&self) -> Vec<(PathBuf, bool)> {
        let mut folders: Vec<(PathBuf, bool)> = self
            .places
            .iter()
            .filter_map(|place| match place.is_dir() {
                true => Some((place.clone(), true)),
                false => {
                    let mut above = place.ancestors().skip(1);
                    above
                        .find(|path| path.is_dir())
                        .map(|path| (path.to_owned(), false))
                }
            })
            .collect();
        folders.push((self.root.clone(), false));
        folders.sort_by(|(a, is_a_deep), (b, is_b_deep)| (a, !is_a_deep).cmp(&(b, !is_b_deep)));
        folders.dedup_by(|later, earlier| {
            later.0 == earlier.0 || (earlier.1 && later.0.starts_with(&earlier.0))
        });
        folders
    }

    /// Whether a change of this path is one of the app.
    pub(super) fn counts(&self, path: &Path) -> bool {
        let is_of = |place: &PathBuf| path.starts_with(place) || place.starts_with(path);
        self.is_written(path) && self.places.iter().any(is_of)
    }

    /// Whether somebody writes it who edits the app: neither the build nor an editor for itself.
    pub(super) fn is_written(&self, path: &Path) -> bool {
        // An app may stand in a target folder, as those of tests do.
        let is_built = path.starts_with(&self.target) && !self.root.starts_with(&self.target);
        !is_built && !self.root.starts_with(path) && !is_temporary(path)
    }

    /// Whether only a process has to read it, and not the build.
    pub(super) fn is_environment(&self, path: &Path) -> bool {
        path == self.root.join(ENVIRONMENT)
    }

    /// Whether a process reads it at its start, whatever the build makes of it.
    pub(super) fn is_read(&self, path: &Path) -> bool {
        path == self.root || self.is_environment(path)
    }

    /// Whether it may have changed what packages there are.
    pub(super) fn is_manifest(&self, path: &Path) -> bool {
        path == self.root || path.file_name().is_some_and(|name| name == "Cargo.toml")
    }

    /// The path as people know it.
    pub(super) fn shown<'a>(&self, path: &'a Path) -> std::borrow::Cow<'a, str> {
        if path == self.root {
            return "several files".into();
        }
        path.strip_prefix(&self.root)
            .unwrap_or(path)
            .to_string_lossy()
    }
}

/// What editors write beside a file while it is saved.
fn is_temporary(path: &Path) -> bool {
    let Some(name) = path.file_name().map(|name| name.to_string_lossy()) else {
        return true;
    };
    let is_hidden = name.starts_with('.') && name != ENVIRONMENT && name != ".cargo";
    let ends = [
        "~",
        ".swp",
        ".swx",
        ".swo",
        ".tmp",
        ".bak",
        ".orig",
        "___jb_tmp___",
        "___jb_old___",
    ];
    // Vim tries with this name whether it may write here.
    is_hidden
        || name == "4913"
        || name.starts_with('#')
        || ends.iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watched(root: &Path) -> Watched {
        let inputs = ["xmcp.toml", "tools", "prompts", "src/lib.rs"].map(PathBuf::from);
        Watched::new(
            root,
            &root.join("target"),
            &inputs,
            &[root.join("crates/db")],
        )
    }

    #[test]
    fn what_the_build_reads_counts_and_nothing_else() {
        let watched = watched(Path::new("/app"));
        for path in [
            "/app/tools/greet.rs",
            "/app/tools/users/get.rs",
            "/app/tools",
            "/app/prompts",
            "/app/xmcp.toml",
            "/app/.env",
            "/app/Cargo.toml",
            "/app/build.rs",
            "/app/src/db/pool.rs",
            "/app/crates/db/src/lib.rs",
            "/app/crates",
        ] {
            assert!(watched.counts(Path::new(path)), "{path}");
        }
        for path in [
            "/app",
            "/",
            "/app/README.md",
            "/app/Cargo.lock",
            "/app/target/debug/app",
            "/app/crates/other/src/lib.rs",
            "/app/tools/.greet.rs.swp",
            "/app/tools/greet.rs~",
            "/app/tools/4913",
            "/app/tools/#greet.rs#",
            "/app/tools/.#greet.rs",
            "/app/src/main.rs.tmp",
        ] {
            assert!(!watched.counts(Path::new(path)), "{path}");
        }
    }

    #[test]
    fn a_folder_that_is_missing_is_waited_for_in_the_one_above() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        std::fs::create_dir_all(root.join("tools/users")).unwrap();
        std::fs::create_dir_all(root.join("src")).unwrap();
        assert_eq!(
            watched(root).folders(),
            [
                (root.to_owned(), false),
                (root.join("src"), true),
                (root.join("tools"), true),
            ]
        );
    }
}
