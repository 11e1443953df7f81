//! What a new file says.

use std::fmt::Write as _;

use super::{Kind, place::Location};

/// How wide rustfmt leaves a chain of calls on its line.
const CHAIN: usize = 60;

/// The file's text, as rustfmt would write it.
pub(super) fn text(location: &Location, description: Option<&str>, wants_scopes: bool) -> String {
    let description = match description {
        Some(text) => text.split_whitespace().collect::<Vec<_>>().join(" "),
        None => in_words(location),
    };
    let mut text = format!("//! {description}\n");
    if location.kind == Kind::Resource {
        let _ = writeln!(text, "// {} is {}", location.file, location.title);
    }
    text.push_str("use xmcp::prelude::*;\n\n");
    text.push_str(&metadata(location, wants_scopes));
    text.push('\n');
    match location.kind {
        Kind::Tool => text.push_str(&handler_of("pub input", "What to work on")),
        Kind::Prompt => text.push_str(&handler_of("subject", "What it is about")),
        Kind::Resource => text.push_str(&handler_of_resource(location)),
    }
    text
}

/// The path as a sentence: a tool's last part says what is done, and what stands before it to what.
fn in_words(location: &Location) -> String {
    let mut words = location.words();
    if location.kind == Kind::Resource {
        return format!("What is at {}", location.title);
    }
    words.reverse();
    let sentence = capital(&words.join(" "));
    match (location.kind, sentence.contains(' ')) {
        (_, true) => sentence,
        (Kind::Tool, false) => format!("{sentence} with the text that is given"),
        (_, false) => format!("{sentence} the subject that is given"),
    }
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => String::new(),
    }
}

fn metadata(location: &Location, wants_scopes: bool) -> String {
    let owner = match location.kind {
        Kind::Tool => "ToolMetadata",
        Kind::Prompt => "PromptMetadata",
        Kind::Resource => "ResourceMetadata",
    };
    let words = location.words();
    let mut calls = vec![format!(".title({:?})", capital(&words.join(" ")))];
    match location.kind {
        Kind::Tool => calls.push(".read_only(true)".to_owned()),
        Kind::Prompt => {}
        Kind::Resource => calls.push(".mime_type(\"text/plain\")".to_owned()),
    }
    if wants_scopes {
        let first = words.first().map_or("app", String::as_str);
        let scope = format!("{}:read", first.to_lowercase().replace(' ', "-"));
        calls.push(format!(".scopes(&[{scope:?}])"));
    }
    let start = format!("{owner}::new()");
    let on_one_line = format!("{start}{}", calls.concat());
    let promise = match location.kind {
        Kind::Tool => {
            "// `read_only` promises that it changes nothing, so clients may call it without asking: a tool that does must not say so.\n"
        }
        Kind::Prompt | Kind::Resource => "",
    };
    let before = format!("{promise}pub const METADATA: {owner} = ");
    if on_one_line.len() <= CHAIN {
        return format!("{before}{on_one_line};\n");
    }
    let lines: String = calls.iter().map(|call| format!("\n    {call}")).collect();
    format!("{before}{start}{lines};\n")
}

/// `Schema` with one field, and a handler that gives it back.
fn handler_of(field: &str, documentation: &str) -> String {
    let name = field.trim_start_matches("pub ");
    format!(
        "#[derive(Deserialize, JsonSchema)]\n\
         pub struct Schema {{\n    /// {documentation}\n    {field}: String,\n}}\n\n\
         pub async fn handler(Schema {{ {name} }}: Schema) -> String {{\n    format!(\"This was given: {{{name}}}\")\n}}\n"
    )
}

fn handler_of_resource(location: &Location) -> String {
    if location.parameters.is_empty() {
        return "pub async fn handler() -> &'static str {\n    \"What a client reads\"\n}\n"
            .to_owned();
    }
    let mut text = String::from("#[derive(Deserialize, JsonSchema)]\npub struct Schema {\n");
    for parameter in &location.parameters {
        let field = identifier(parameter);
        let _ = write!(
            text,
            "    /// What stands at `{parameter}` in the URI\n    {field}: String,\n"
        );
    }
    let first = identifier(&location.parameters[0]);
    let rest: String = location.parameters[1..]
        .iter()
        .map(|parameter| format!(" + \"/\" + &input.{}", identifier(parameter)))
        .collect();
    let _ = write!(
        text,
        "}}\n\npub async fn handler(input: Schema) -> String {{\n    input.{first}{rest}\n}}\n"
    );
    text
}

/// A field's name: a word that means something in Rust needs `r#`.
fn identifier(name: &str) -> String {
    match syn::parse_str::<syn::Ident>(name) {
        Ok(_) => name.to_owned(),
        Err(_) => format!("r#{name}"),
    }
}
