//! Names that cargo takes for a package, and that do not stand in the way of what an app depends on.

use std::fmt;

/// What cargo and rustc keep for themselves.
const RESERVED: [&str; 12] = [
    "alloc",
    "build",
    "core",
    "deps",
    "doc",
    "examples",
    "incremental",
    "proc-macro",
    "proc_macro",
    "self",
    "std",
    "test",
];

/// What no file or folder of Windows may be called, as its devices are.
const DEVICES: [&str; 22] = [
    "aux", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "con", "lpt1",
    "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9", "nul", "prn",
];

const KEYWORDS: [&str; 52] = [
    "Self", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue",
    "crate", "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if",
    "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub",
    "ref", "return", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "union", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// What an app depends on: two crates of one name cannot be told apart.
const DEPENDENCIES: [&str; 10] = [
    "jiff",
    "scalekit_emulator",
    "schemars",
    "serde",
    "serde_json",
    "tokio",
    "xmcp",
    "xmcp_build",
    "xmcp_rs",
    "xmcp_test",
];

/// The most characters that a package's name may have.
const LIMIT: usize = 64;

/// The name of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PackageName(String);

/// Why a text is no name of a package, and the nearest one that is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct IllegalPackageName {
    name: String,
    reason: &'static str,
    pub(crate) nearest: String,
}

impl PackageName {
    /// Checks a name that somebody wrote.
    pub(crate) fn parse(text: &str) -> Result<Self, IllegalPackageName> {
        match problem(text) {
            None => Ok(Self(text.to_owned())),
            Some(reason) => Err(IllegalPackageName {
                name: text.to_owned(),
                reason,
                nearest: nearest(text),
            }),
        }
    }

    /// The name as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// What the crate is called in code.
    pub(crate) fn in_code(&self) -> String {
        self.0.replace('-', "_")
    }
}

impl fmt::Display for IllegalPackageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` cannot name a package: {}", self.name, self.reason)
    }
}

fn problem(text: &str) -> Option<&'static str> {
    let is_word =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
    if text.is_empty() {
        return Some("it is empty");
    }
    if !text.chars().all(is_word) {
        return Some("it has other characters than `a-z`, `0-9`, `-` and `_`");
    }
    if text.chars().any(|character| character.is_ascii_uppercase()) {
        return Some("it has capitals, which names of packages do not have");
    }
    if !text.starts_with(|first: char| first.is_ascii_lowercase()) {
        return Some("it does not begin with a letter");
    }
    if text.len() > LIMIT {
        return Some("it has more than 64 characters");
    }
    if RESERVED.contains(&text) {
        return Some("cargo and rustc keep that name for themselves");
    }
    if DEVICES.contains(&text) {
        return Some("Windows keeps that name for a device");
    }
    if KEYWORDS.contains(&text) {
        return Some("it is a keyword of Rust");
    }
    if DEPENDENCIES.contains(&text.replace('-', "_").as_str()) {
        return Some("the app would depend on a crate of that name");
    }
    None
}

fn nearest(text: &str) -> String {
    // A capital begins a word: `MyServer` is `my-server`.
    let mut words = String::new();
    let mut before = '-';
    for character in text.chars() {
        if character.is_ascii_uppercase() && before.is_ascii_lowercase() {
            words.push('-');
        }
        words.push(match character.to_ascii_lowercase() {
            plain if plain.is_ascii_alphanumeric() || plain == '_' => plain,
            _ => '-',
        });
        before = character;
    }
    let words: Vec<_> = words.split('-').filter(|word| !word.is_empty()).collect();
    let mut name = words.join("-");
    name.truncate(LIMIT - "-server".len());
    let name = name
        .trim_start_matches(|first: char| !first.is_ascii_lowercase())
        .trim_end_matches(['-', '_']);
    match name {
        "" => "my-server".to_owned(),
        name if problem(name).is_some() => format!("{name}-server"),
        name => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{PackageName, problem};

    #[test]
    fn a_name_is_taken_as_it_is() {
        for name in ["notes", "my-server", "my_server", "a1"] {
            assert_eq!(PackageName::parse(name).unwrap().as_str(), name);
        }
        assert_eq!(PackageName::parse("a-b").unwrap().in_code(), "a_b");
    }

    #[test]
    fn what_is_no_name_is_refused_with_the_nearest_one() {
        for (text, nearest) in [
            ("My Server", "my-server"),
            ("MyServer", "my-server"),
            ("HTTPServer", "httpserver"),
            ("2fast", "fast"),
            ("été", "t"),
            ("", "my-server"),
            ("***", "my-server"),
            ("test", "test-server"),
            ("async", "async-server"),
            ("con", "con-server"),
            ("xmcp", "xmcp-server"),
            ("-a-", "a"),
        ] {
            let illegal = PackageName::parse(text).unwrap_err();
            assert_eq!(illegal.nearest, nearest, "{illegal}");
            assert_eq!(problem(nearest), None);
        }
        let long = PackageName::parse(&"a".repeat(200)).unwrap_err();
        assert_eq!(problem(&long.nearest), None);
    }
}
