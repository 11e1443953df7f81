//! The sections of `xmcp.toml` that only the build reads: where the files of the app are, and what it is strict about.

use crate::{
    choice::Lint,
    definition::define_settings,
    rule::Rule,
    value::{Raw, Shape, Value, list},
};

define_settings! {
    /// What `xmcp.toml` says to the build alone.
    root pub(crate) BuildSettings {
        /// Where the files of the app are.
        paths: Paths,
        /// What the build is strict about.
        build: Build,
    }
    sections SECTIONS
    variables variables

    /// Where the files of the app are, relative to this file; `false` turns one off.
    section [paths] Paths {
        /// The folder in which every file is a tool.
        tools: ProjectPath = ProjectPath::at("tools"), "tools", Rule::Path;
        /// The folder in which every file is a prompt.
        prompts: ProjectPath = ProjectPath::at("prompts"), "prompts", Rule::Path;
        /// The folder in which every file is a resource.
        resources: ProjectPath = ProjectPath::at("resources"), "resources", Rule::Path;
        /// The folder in which every folder with a `SKILL.md` is a skill.
        skills: ProjectPath = ProjectPath::at("skills"), "skills", Rule::Path;
        /// The file that says what stands before the endpoint, the auth provider for one. Used when it exists.
        middleware: ProjectPath = ProjectPath::at("src/middleware.rs"), "middleware", Rule::Path;
        /// The file that makes what handlers share. Used when it exists.
        state: ProjectPath = ProjectPath::at("src/state.rs"), "state", Rule::Path;
    }

    /// What the build is strict about.
    section [build] Build {
        /// What fails the build: `"undocumented"` is an argument without a description, otherwise a warning; `"unscoped"` is a tool, a prompt or a resource with neither `scopes` nor `public(true)`, once there is a middleware.
        deny: Vec<Lint> = Vec::new(), "deny", Rule::Choice;
    }
}

/// A place below the project's root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProjectPath {
    /// A relative path with `/` between its segments, none of which is `.` or `..`.
    At(String),
    /// Turned off with `false`.
    Off,
}

impl ProjectPath {
    fn at(path: &str) -> Self {
        Self::At(path.to_owned())
    }

    /// The path, unless it is turned off.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::At(path) => Some(path),
            Self::Off => None,
        }
    }
}

impl Value for ProjectPath {
    fn shape() -> Shape {
        Shape::PathOrFalse
    }

    fn from_raw(raw: Raw) -> Option<Self> {
        match raw {
            Raw::Text(path) => Some(Self::At(path)),
            Raw::Boolean(false) => Some(Self::Off),
            _ => None,
        }
    }

    fn to_raw(&self) -> Raw {
        match self {
            Self::At(path) => Raw::Text(path.clone()),
            Self::Off => Raw::Boolean(false),
        }
    }

    fn rust(&self) -> String {
        match self {
            Self::At(path) => path.rust(),
            Self::Off => false.rust(),
        }
    }
}

impl Value for Vec<Lint> {
    fn shape() -> Shape {
        Shape::Choices(Lint::WORDS)
    }

    fn from_raw(raw: Raw) -> Option<Self> {
        match raw {
            Raw::List(words) => words.iter().map(|word| Lint::from_word(word)).collect(),
            _ => None,
        }
    }

    fn to_raw(&self) -> Raw {
        Raw::List(self.iter().map(|lint| lint.word().to_owned()).collect())
    }

    fn rust(&self) -> String {
        list(self.iter().map(Value::rust))
    }
}
