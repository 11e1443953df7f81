//! `xmcp.toml` of a project, as the build reads it: all of its mistakes at once, each with its place, and what it sets as Rust
//! expressions, so that a server needs no TOML at run time.

mod description;
mod document;
mod icons;
mod problem;
#[cfg(feature = "schema")]
mod schema;
mod sections;
mod unknown;

pub use description::{KeyDescription, keys, markdown, template};
pub use problem::Problem;
#[cfg(feature = "schema")]
pub use schema::{schema, schema_text};
pub use sections::{Build, Paths, ProjectPath};

use crate::Settings;
use document::Document;
use problem::Problems;
use sections::BuildSettings;
use std::{
    io,
    path::{Path, PathBuf},
};

/// The name of the file, in the project's root.
pub const FILE_NAME: &str = "xmcp.toml";

/// What a project's `xmcp.toml` says.
///
/// ```
/// # let root = tempfile::tempdir()?;
/// # let root = root.path();
/// std::fs::write(root.join("xmcp.toml"), "[http]\nport = 4000\nhots = \"::1\"\n")?;
///
/// let (config, problems) = xmcp_config::ProjectConfig::read(root);
/// assert_eq!(config.settings.http.port, Some(4000));
/// assert_eq!(config.differences()[0].field, "http.port");
/// assert_eq!(problems[0].to_string(), "xmcp.toml:3:1: unknown key `hots` in `[http]`: did you mean `host`?");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProjectConfig {
    /// The settings of the server: the defaults, and what the file changes.
    pub settings: Settings,
    /// Where the files of the app are.
    pub paths: Paths,
    /// What the build is strict about.
    pub build: Build,
    differences: Vec<Difference>,
    files: Vec<PathBuf>,
}

/// A setting that the file changes, for generated code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its place in [`Settings`], such as `http.limits.header_timeout`.
    pub field: String,
    /// A Rust expression for its value, which names nothing outside of `::core`, `::std` and `::xmcp::codegen`.
    pub expression: String,
}

impl ProjectConfig {
    /// Reads `xmcp.toml` in the folder `root`, and the icons that it names. Without the file, everything has its default.
    ///
    /// This never fails: what is wrong is among the problems, in the order of the file, and the key then has its default.
    #[must_use]
    pub fn read(root: &Path) -> (Self, Vec<Problem>) {
        let file = root.join(FILE_NAME);
        let bytes = match std::fs::read(&file) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return (Self::default(), Vec::new());
            }
            Err(error) => {
                let mut problems = Problems::new(FILE_NAME, "");
                problems.add(0..0, format!("the file cannot be read: {error}"));
                return (
                    Self {
                        files: vec![file],
                        ..Self::default()
                    },
                    problems.into_sorted(),
                );
            }
        };
        let (mut config, problems) = match std::str::from_utf8(&bytes) {
            Ok(text) => Self::parse(text, root),
            Err(error) => {
                let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
                let mut problems = Problems::new(FILE_NAME, &valid);
                problems.add(
                    valid.len()..valid.len(),
                    "the file is not UTF-8 from here on: save it as UTF-8",
                );
                (Self::default(), problems.into_sorted())
            }
        };
        config.files.insert(0, file);
        (config, problems)
    }

    /// Reads the text of an `xmcp.toml`, and the icons that it names below `root`.
    fn parse(text: &str, root: &Path) -> (Self, Vec<Problem>) {
        let mut problems = Problems::new(FILE_NAME, text);
        let Document {
            settings,
            build,
            differences,
            files,
        } = Document::read(text, root, &mut problems);
        let BuildSettings { paths, build } = build;
        (
            Self {
                settings,
                paths,
                build,
                differences,
                files,
            },
            problems.into_sorted(),
        )
    }

    /// The settings that the file sets to something else than the default, in the order of the fields.
    #[must_use]
    pub fn differences(&self) -> &[Difference] {
        &self.differences
    }

    /// The files that were read, each below the `root` that was given: a build script must run again when one changes. A missing
    /// `xmcp.toml` is not among them, since cargo would then run the script on every build.
    #[must_use]
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }
}
