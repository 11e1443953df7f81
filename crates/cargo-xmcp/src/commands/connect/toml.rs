//! A server's entry in TOML, with comments and order as they are.

use serde_json::Value as Json;
use toml_edit::{Array, DocumentMut, Item, Table, Value, value};

use super::write::Asked;
use crate::Result;

/// The text with the entry; `None` if it is there already.
pub(super) fn with_entry(text: &str, asked: &Asked<'_>) -> Result<Option<String>> {
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
        // Without the line's text: these files hold tokens of other servers.
        let start = error.span().map_or(0, |span| span.start.min(text.len()));
        let line = text.as_bytes()[..start]
            .iter()
            .filter(|byte| **byte == b'\n')
            .count()
            + 1;
        asked.unreadable(format!(
            "{}:{line}: {}",
            asked.file.display(),
            error.message()
        ))
    })?;
    let not_a_table = || asked.unreadable(format!("`{}` is to be a table", asked.key));
    let servers = document
        .entry(asked.key)
        .or_insert_with(implicit)
        .as_table_like_mut()
        .ok_or_else(not_a_table)?;
    let entry = Item::Table(table(asked.entry));
    match servers.get(asked.name) {
        Some(there) if says(there, asked.entry) => return Ok(None),
        Some(_) if !asked.force => return Err(asked.other()),
        _ => {}
    }
    servers.insert(asked.name, entry);
    Ok(Some(document.to_string()))
}

/// The entry in a file of its own.
pub(super) fn alone(key: &str, name: &str, entry: &Json) -> String {
    let mut document = DocumentMut::new();
    let mut servers = Table::new();
    servers.set_implicit(true);
    servers.insert(name, Item::Table(table(entry)));
    document.insert(key, Item::Table(servers));
    document.to_string()
}

fn implicit() -> Item {
    let mut table = Table::new();
    table.set_implicit(true);
    Item::Table(table)
}

/// An entry is a flat object of texts and lists of texts.
fn table(entry: &Json) -> Table {
    let mut table = Table::new();
    for (name, member) in entry.as_object().into_iter().flatten() {
        let item = match member {
            Json::Array(texts) => value(texts.iter().filter_map(Json::as_str).collect::<Array>()),
            member => value(member.as_str().unwrap_or_default()),
        };
        table.insert(name, item);
    }
    table
}

/// Whether what is there says the same.
fn says(there: &Item, entry: &Json) -> bool {
    let (Some(there), Some(entry)) = (there.as_table_like(), entry.as_object()) else {
        return false;
    };
    there.len() == entry.len()
        && entry
            .iter()
            .all(|(name, member)| match (there.get(name), member) {
                (Some(Item::Value(Value::String(text))), Json::String(other)) => {
                    text.value() == other
                }
                (Some(Item::Value(Value::Array(texts))), Json::Array(others)) => {
                    texts.len() == others.len()
                        && texts
                            .iter()
                            .zip(others)
                            .all(|(text, other)| text.as_str() == other.as_str())
                }
                _ => false,
            })
}
