//! Icons as the protocol writes them.

use serde_json::{Map, Value};

use crate::{Icon, IconTheme};

/// The icons of a definition, which has no member for them when there are none.
pub(super) fn insert(definition: &mut Map<String, Value>, icons: &[Icon]) {
    if !icons.is_empty() {
        definition.insert("icons".to_owned(), Value::Array(all(icons)));
    }
}

/// Each of them.
pub(super) fn all(icons: &[Icon]) -> Vec<Value> {
    icons.iter().map(icon).collect()
}

fn icon(icon: &Icon) -> Value {
    let mut written = Map::new();
    written.insert("src".to_owned(), icon.src.into());
    if let Some(mime_type) = icon.mime_type {
        written.insert("mimeType".to_owned(), mime_type.into());
    }
    if !icon.sizes.is_empty() {
        let sizes = icon.sizes.iter().copied();
        written.insert("sizes".to_owned(), sizes.collect());
    }
    if let Some(theme) = icon.theme {
        let theme = match theme {
            IconTheme::Light => "light",
            IconTheme::Dark => "dark",
        };
        written.insert("theme".to_owned(), theme.into());
    }
    Value::Object(written)
}
