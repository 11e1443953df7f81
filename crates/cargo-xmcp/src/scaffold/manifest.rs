//! What an app's Cargo.toml has.

use std::fmt::Write as _;

use super::{Auth, Choices, Framework, Part};

/// Where a dependency stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    Normal,
    Build,
    Dev,
}

impl Section {
    pub(crate) const ALL: [Self; 3] = [Self::Normal, Self::Build, Self::Dev];

    /// The name of the table.
    pub(crate) fn table(self) -> &'static str {
        match self {
            Self::Normal => "dependencies",
            Self::Build => "build-dependencies",
            Self::Dev => "dev-dependencies",
        }
    }
}

/// A dependency of an app.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Dependency {
    pub(crate) section: Section,
    pub(crate) name: &'static str,
    /// What stands behind the `=`.
    pub(crate) value: String,
}

impl Dependency {
    /// All that an app needs, in the order of their names in each section.
    pub(crate) fn all(choices: &Choices, framework: &Framework) -> Vec<Self> {
        let path = |folder: &str| format!("{{ path = {} }}", quoted(&framework.folder(folder)));
        let xmcp = format!(
            "{{ package = \"xmcp-rs\", path = {} }}",
            quoted(&framework.folder("xmcp"))
        );
        let mut all = Vec::new();
        let mut add = |section, name, value: String| {
            all.push(Self {
                section,
                name,
                value,
            });
        };
        // The examples of tools alone name these two.
        let has_tools = choices.with.contains(&Part::Tools);
        if has_tools && choices.auth != Auth::None {
            let jiff = "{ version = \"0.2\", default-features = false, features = [\"std\"] }";
            add(Section::Normal, "jiff", jiff.to_owned());
        }
        add(Section::Normal, "schemars", "\"1.2\"".to_owned());
        let serde = "{ version = \"1\", features = [\"derive\"] }";
        add(Section::Normal, "serde", serde.to_owned());
        add(Section::Normal, "xmcp", xmcp);
        add(Section::Build, "xmcp-build", path("xmcp-build"));
        if has_tools && choices.auth == Auth::Scalekit {
            add(Section::Dev, "scalekit-emulator", path("scalekit-emulator"));
        }
        add(Section::Dev, "serde_json", "\"1\"".to_owned());
        let tokio = "{ version = \"1\", features = [\"macros\", \"rt\"] }";
        add(Section::Dev, "tokio", tokio.to_owned());
        add(Section::Dev, "xmcp-test", path("xmcp-test"));
        all
    }
}

/// The Cargo.toml of a new app.
pub(super) fn manifest(package: &str, choices: &Choices, framework: &Framework) -> String {
    let mut text = format!(
        "[package]\nname = \"{}\"\nversion = \"0.1.0\"\nedition = \"2024\"\npublish = false\n\n\
         # A workspace of its own, whatever folder it is in.\n[workspace]\n",
        package
    );
    let dependencies = Dependency::all(choices, framework);
    for section in Section::ALL {
        let _ = writeln!(text, "\n[{}]", section.table());
        let of_section = dependencies
            .iter()
            .filter(|dependency| dependency.section == section);
        for Dependency { name, value, .. } in of_section {
            if *name == "xmcp" {
                text.push_str(
                    "# The framework's crates are not published: those with a `path` are the checkout that made this app.\n",
                );
            }
            let _ = writeln!(text, "{name} = {value}");
        }
    }
    text.push('\n');
    text.push_str(&framework.profiles());
    text
}

/// A text as TOML has it.
fn quoted(text: &str) -> String {
    toml_edit::Value::from(text).to_string()
}
