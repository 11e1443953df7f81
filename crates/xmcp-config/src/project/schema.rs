//! The JSON Schema of `xmcp.toml`, draft 7, which the editors' TOML extensions read.

use super::{
    description::{paragraph, section_documentation},
    icons, sections,
};
use crate::{
    Theme,
    key::{Key, Section},
    rule::Rule,
    settings,
    value::{Raw, Shape},
};
use serde_json::{Map, Value, json};

/// The schema, with every key's description and default.
#[must_use]
pub fn schema() -> Value {
    let mut root = object("Settings of an xmcp server".to_owned());
    add(settings::SECTIONS, &mut root);
    add(sections::SECTIONS, &mut root);
    let mut schema = Map::new();
    schema.insert(
        "$schema".to_owned(),
        json!("http://json-schema.org/draft-07/schema#"),
    );
    schema.insert("title".to_owned(), json!(super::FILE_NAME));
    schema.extend(root);
    Value::Object(schema)
}

/// The schema as the text of a file.
#[must_use]
pub fn schema_text() -> String {
    format!("{:#}\n", schema())
}

fn add<R: Default>(sections: &'static [Section<R>], root: &mut Map<String, Value>) {
    let default = R::default();
    let documentation = section_documentation();
    for section in sections {
        let about = documentation
            .iter()
            .find(|(name, _)| *name == section.name)
            .map_or("", |(_, about)| about);
        let mut table = object(about.to_owned());
        for key in section.keys {
            insert(&mut table, key.name, property(key, &(key.get)(&default)));
        }
        // A section is defined after the one it is in.
        let mut parent = &mut *root;
        let mut segments = section.name.split('.').collect::<Vec<_>>();
        let last = segments.pop().unwrap_or_default();
        for segment in segments {
            match parent
                .get_mut("properties")
                .and_then(|properties| properties.get_mut(segment))
            {
                Some(Value::Object(table)) => parent = table,
                _ => unreachable!(
                    "the section `{}` is defined before its parent",
                    section.name
                ),
            }
        }
        insert(parent, last, Value::Object(table));
    }
}

fn object(description: String) -> Map<String, Value> {
    let Value::Object(object) = json!({
        "description": description,
        "type": "object",
        "additionalProperties": false,
        "properties": {},
    }) else {
        return Map::new();
    };
    object
}

fn insert(table: &mut Map<String, Value>, name: &str, schema: Value) {
    if let Some(Value::Object(properties)) = table.get_mut("properties") {
        properties.insert(name.to_owned(), schema);
    }
}

fn property<R>(key: &Key<R>, default: &Raw) -> Value {
    let mut schema = Map::new();
    schema.insert(
        "description".to_owned(),
        json!(paragraph(key.documentation)),
    );
    let kind = match (key.shape)() {
        Shape::Text | Shape::OptionalText => text(key.rule, (key.shape)() == Shape::OptionalText),
        Shape::Integer => match key.rule.range() {
            Some((minimum, maximum)) => {
                json!({ "type": "integer", "minimum": minimum, "maximum": maximum })
            }
            None => json!({ "type": "integer" }),
        },
        Shape::Boolean => json!({ "type": "boolean" }),
        Shape::Texts => json!({ "type": "array", "items": item(key.rule) }),
        Shape::Choice(words) => json!({ "enum": words }),
        Shape::Choices(words) => json!({ "type": "array", "items": { "enum": words } }),
        Shape::PathOrFalse => {
            json!({ "anyOf": [{ "type": "string", "minLength": 1 }, { "const": false }] })
        }
        Shape::Icons => icon_list(),
    };
    if let Value::Object(kind) = kind {
        schema.extend(kind);
    }
    schema.insert("default".to_owned(), value(default));
    Value::Object(schema)
}

/// Patterns are a first help while typing; the build checks all of it, and says more.
fn text(rule: Rule, may_be_empty: bool) -> Value {
    let pattern = match rule {
        Rule::Endpoint => "^/[^?#{}*]*[^/?#{}*]$",
        Rule::PublicUrl => "^https?://[^/?#@]+(/[^?#]*[^/?#])?$",
        Rule::Link => "^https?://[^/?#@]+([/?#].*)?$",
        Rule::Filter | Rule::BindHost => return json!({ "type": "string", "minLength": 1 }),
        _ => return json!({ "type": "string" }),
    };
    if may_be_empty {
        return json!({ "type": "string", "pattern": format!("^$|{pattern}") });
    }
    json!({ "type": "string", "pattern": pattern })
}

fn item(rule: Rule) -> Value {
    match rule {
        Rule::Origins { any: true } => {
            json!({ "type": "string", "pattern": "^\\*$|^[a-z][a-z0-9+.-]*://[^/?#@]+$" })
        }
        Rule::Origins { any: false } => {
            json!({ "type": "string", "pattern": "^[a-z][a-z0-9+.-]*://[^/?#@]+$" })
        }
        Rule::Networks => {
            json!({ "type": "string", "pattern": "^[0-9a-fA-F.:]+(/[1-9][0-9]{0,2})?$" })
        }
        Rule::Hosts => json!({ "type": "string", "pattern": "^[^/?#@*]+$" }),
        _ => json!({ "type": "string" }),
    }
}

fn icon_list() -> Value {
    let mut icon = object("An icon of the server.".to_owned());
    for (name, documentation) in icons::KEYS {
        let mut schema = json!({ "description": documentation, "type": "string", "minLength": 1 });
        if name == "theme" {
            schema = json!({ "description": documentation, "enum": Theme::WORDS });
        }
        insert(&mut icon, name, schema);
    }
    icon.insert("required".to_owned(), json!(["src"]));
    json!({ "type": "array", "items": icon })
}

fn value(raw: &Raw) -> Value {
    match raw {
        Raw::Text(text) => json!(text),
        Raw::Integer(integer) => json!(integer),
        Raw::Boolean(boolean) => json!(boolean),
        Raw::List(list) => json!(list),
        // No icon has a default.
        Raw::Icons(_) => json!([]),
    }
}
