//! The keys as people read them: the table in the docs, and the commented file that a new project gets.

use super::sections;
use crate::{
    key::Section,
    rule::Rule,
    settings,
    value::{Raw, Shape},
};
use std::fmt::Write;

/// A key of `xmcp.toml`, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyDescription {
    /// The dotted name of its section, such as `http.limits`.
    pub section: &'static str,
    /// Its name in the section.
    pub name: &'static str,
    /// What it takes, as a phrase, such as `a whole number of seconds from 1 to 15`.
    pub takes: String,
    /// Its default, as it is written in the file.
    pub default: String,
    /// The variable that sets it, if one does.
    pub variable: Option<&'static str>,
    /// What it does, as one paragraph.
    pub documentation: String,
}

/// Every key, in the order of the file.
#[must_use]
pub fn keys() -> Vec<KeyDescription> {
    let mut keys = Vec::new();
    describe(settings::SECTIONS, &mut keys);
    describe(sections::SECTIONS, &mut keys);
    keys
}

fn describe<R: Default>(sections: &'static [Section<R>], keys: &mut Vec<KeyDescription>) {
    let default = R::default();
    for section in sections {
        keys.extend(section.keys.iter().map(|key| KeyDescription {
            section: section.name,
            name: key.name,
            takes: takes((key.shape)(), key.rule),
            default: toml_text(&(key.get)(&default)),
            variable: key.variable,
            documentation: paragraph(key.documentation),
        }));
    }
}

/// Every section and what it is about, in the order of the file.
pub(super) fn section_documentation() -> Vec<(&'static str, String)> {
    let server = settings::SECTIONS
        .iter()
        .map(|section| (section.name, paragraph(section.documentation)));
    server
        .chain(
            sections::SECTIONS
                .iter()
                .map(|section| (section.name, paragraph(section.documentation))),
        )
        .collect()
}

/// An `xmcp.toml` with every key, each commented out with its default and with what it does above it.
#[must_use]
pub fn template() -> String {
    let mut text = String::from(
        "#:schema ./xmcp.schema.json\n\n\
         # Settings of the server. Every key is here with its default: uncomment what you change.\n\
         # They are read when the server is built; docs/config.md names the variable that changes each at start.\n",
    );
    let keys = keys();
    for (section, documentation) in section_documentation() {
        text.push('\n');
        comment(&mut text, &documentation);
        let _ = writeln!(text, "[{section}]");
        for key in keys.iter().filter(|key| key.section == section) {
            text.push('\n');
            comment(&mut text, &key.documentation);
            let _ = writeln!(text, "# {} = {}", key.name, key.default);
        }
    }
    text
}

/// The tables of keys for the docs, in Markdown, one for each section.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::new();
    let keys = keys();
    for (section, documentation) in section_documentation() {
        let _ = write!(text, "### `[{section}]`\n\n{documentation}\n\n");
        text.push_str("| Key | Takes | Default | Environment | Meaning |\n|---|---|---|---|---|\n");
        for key in keys.iter().filter(|key| key.section == section) {
            let variable = key
                .variable
                .map_or_else(String::new, |variable| format!("`{variable}`"));
            let KeyDescription {
                name,
                takes,
                default,
                documentation,
                ..
            } = key;
            let _ = writeln!(
                text,
                "| `{name}` | {takes} | `{default}` | {variable} | {documentation} |"
            );
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len());
    text.push('\n');
    text
}

/// Wraps a paragraph into comment lines.
fn comment(text: &mut String, paragraph: &str) {
    const WIDTH: usize = 110;

    let mut line = String::from("#");
    for word in paragraph.split(' ') {
        if line.chars().count() + 1 + word.chars().count() > WIDTH {
            let _ = writeln!(text, "{line}");
            line = String::from("#");
        }
        line.push(' ');
        line.push_str(word);
    }
    let _ = writeln!(text, "{line}");
}

/// A doc comment as one paragraph.
pub(super) fn paragraph(documentation: &str) -> String {
    documentation
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

fn takes(shape: Shape, rule: Rule) -> String {
    match (shape, rule) {
        (_, Rule::Seconds { minimum, maximum }) => format!("seconds, {minimum} to {maximum}"),
        (_, Rule::Bytes { minimum, maximum }) => format!("bytes, {minimum} to {maximum}"),
        (_, Rule::Number { minimum, maximum }) => format!("number, {minimum} to {maximum}"),
        (_, Rule::Endpoint) => "path".to_owned(),
        (_, Rule::PublicUrl | Rule::Link) => "URL, `http` or `https`".to_owned(),
        (_, Rule::BindHost) => "IP address or host name".to_owned(),
        (_, Rule::Hosts) => "list of hosts".to_owned(),
        (_, Rule::Networks) => "list of IP addresses and networks".to_owned(),
        (_, Rule::Origins { .. }) => "list of origins".to_owned(),
        (Shape::Text | Shape::OptionalText, _) => "string".to_owned(),
        (Shape::Integer, _) => "number".to_owned(),
        (Shape::Boolean, _) => "`true` or `false`".to_owned(),
        (Shape::Texts, _) => "list of strings".to_owned(),
        (Shape::Choice(words), _) => words
            .iter()
            .map(|word| format!("`\"{word}\"`"))
            .collect::<Vec<_>>()
            .join(" or "),
        (Shape::Choices(words), _) => {
            format!(
                "list of {}",
                words
                    .iter()
                    .map(|word| format!("`\"{word}\"`"))
                    .collect::<Vec<_>>()
                    .join(", ")
            )
        }
        (Shape::PathOrFalse, _) => "path or `false`".to_owned(),
        (Shape::Icons, _) => "`[[server.icons]]` tables".to_owned(),
    }
}

/// A value as TOML.
fn toml_text(raw: &Raw) -> String {
    match raw {
        Raw::Text(text) => string(text),
        Raw::Integer(integer) => integer.to_string(),
        Raw::Boolean(boolean) => boolean.to_string(),
        Raw::List(list) => format!(
            "[{}]",
            list.iter()
                .map(|text| string(text))
                .collect::<Vec<_>>()
                .join(", ")
        ),
        // No icon has a default.
        Raw::Icons(_) => "[]".to_owned(),
    }
}

/// A basic string of TOML. Defaults have no control characters, which alone would need more than this.
fn string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
