//! The files of this repository that follow from the definition of the settings: they say what the code says.
//!
//! `UPDATE_EXPECT=1 cargo test -p xmcp-config --test checked_in` rewrites those that are generated.

use std::{
    fs,
    path::{Path, PathBuf},
};
use xmcp_config::{ProjectConfig, Settings, keys, markdown, schema_text, template};

const KEYS_BEGIN: &str = "<!-- keys: written by the tests of xmcp-config -->\n";
const KEYS_END: &str = "<!-- end of keys -->";

/// The root of the repository; `None` where the crate was unpacked from a registry.
fn repository() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?.parent()?;
    root.join("xmcp.schema.json")
        .is_file()
        .then(|| root.to_owned())
}

fn assert_checked_in(file: &Path, expected: &str) {
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(file, expected).unwrap();
    }
    let found = fs::read_to_string(file).unwrap();
    assert!(
        found == expected,
        "{} is not what the settings say: run `UPDATE_EXPECT=1 cargo test -p xmcp-config --test checked_in`",
        file.display(),
    );
}

#[test]
fn the_schema_is_the_generated_one() {
    let Some(root) = repository() else { return };
    assert_checked_in(&root.join("xmcp.schema.json"), &schema_text());
}

#[test]
fn the_documentation_has_the_generated_tables() {
    let Some(root) = repository() else { return };
    let file = root.join("docs/config.md");
    let text = fs::read_to_string(&file).unwrap();
    let (before, rest) = text.split_once(KEYS_BEGIN).unwrap();
    let (_, after) = rest.split_once(KEYS_END).unwrap();
    assert_checked_in(
        &file,
        &format!("{before}{KEYS_BEGIN}\n{}\n{KEYS_END}{after}", markdown()),
    );
}

#[test]
fn the_example_file_has_every_key_and_no_mistake() {
    let Some(root) = repository() else { return };
    let text = fs::read_to_string(root.join("xmcp.toml")).unwrap();
    assert_eq!(text.lines().next(), Some("#:schema ./xmcp.schema.json"));
    let (_, problems) = ProjectConfig::read(&root);
    assert_eq!(problems, []);

    for key in keys() {
        let section = text
            .split_once(&format!("\n[{}]\n", key.section))
            .unwrap()
            .1;
        let section = section.split("\n[").next().unwrap();
        let default = format!("# {} = {}", key.name, key.default);
        let set = |line: &str| {
            line.split_once(" = ")
                .is_some_and(|(name, _)| name == key.name)
        };
        assert!(
            section.lines().any(|line| line == default || set(line)),
            "xmcp.toml lacks a key: add `{default}` below `[{}]`",
            key.section,
        );
    }
    // A value may be the app's own; what is said above it is the definition's.
    for said in template().split("\n\n") {
        let (words, _) = said.trim_end().rsplit_once('\n').unwrap_or_default();
        assert!(
            text.contains(words),
            "xmcp.toml says something else than the definition, which is:\n{words}"
        );
    }
}

#[test]
fn the_variables_of_the_example_environment_exist() {
    let Some(root) = repository() else { return };
    let text = fs::read_to_string(root.join(".env.example")).unwrap();
    let mut names = Vec::new();
    let mut settings = Settings::default();
    for line in text.lines().filter_map(|line| line.strip_prefix("# ")) {
        let Some((name, value)) = line.split_once('=').filter(|(name, _)| !name.contains(' '))
        else {
            continue;
        };
        names.push(name.to_owned());
        settings
            .apply_environment(|asked| (asked == name).then(|| value.to_owned()))
            .unwrap();
    }
    assert!(names.len() >= 7, "{names:?}");
    names.retain(|name| !matches!(name.as_str(), "PORT" | "HOST" | "BASE_URL"));
    assert_eq!(xmcp_config::env::unknown_variables(names), []);
}

/// The template with every key uncommented.
fn uncommented() -> String {
    let key_line = |line: &str| {
        let (name, _) = line.strip_prefix("# ")?.split_once(" = ")?;
        name.bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
            .then(|| line[2..].to_owned())
    };
    template()
        .lines()
        .map(|line| key_line(line).unwrap_or_else(|| line.to_owned()) + "\n")
        .collect()
}

#[test]
fn the_template_uncommented_is_the_defaults() {
    let folder = tempfile::tempdir().unwrap();
    let text = uncommented();
    fs::write(folder.path().join("xmcp.toml"), &text).unwrap();
    let (config, problems) = ProjectConfig::read(folder.path());
    assert_eq!(problems, [], "{text}");

    // A port that is set is another thing than the same port by default: see `[http] port`.
    let mut expected = Settings::default();
    expected.http.port = Some(3001);
    assert_eq!(config.settings, expected);
    assert_eq!(config.paths, xmcp_config::Paths::default());
    assert_eq!(config.build, xmcp_config::Build::default());
    assert_eq!(
        config
            .differences()
            .iter()
            .map(|difference| &difference.field)
            .collect::<Vec<_>>(),
        ["http.port"]
    );
    for key in keys() {
        assert!(
            text.contains(&format!("\n{} = {}\n", key.name, key.default)),
            "{key:?}"
        );
    }
}

#[test]
fn the_template_as_it_is_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("xmcp.toml"), template()).unwrap();
    let (config, problems) = ProjectConfig::read(folder.path());
    assert_eq!(problems, []);
    assert_eq!(config.settings, Settings::default());
    assert_eq!(config.differences(), []);
}
