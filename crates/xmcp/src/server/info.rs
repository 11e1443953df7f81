//! What the server says of itself: the results of `initialize` and `server/discover`.

use bytes::Bytes;
use serde_json::{Map, Value, json};
use xmcp_config::{Settings, Theme};

use super::{Capabilities, version::Versions};
use crate::Era;

/// The parts of both results that never change.
pub(crate) struct Info {
    /// `initialize` without its version, as an object.
    legacy: Map<String, Value>,
    modern: Bytes,
}

impl Info {
    pub(crate) fn write(
        settings: &Settings,
        capabilities: Capabilities,
        versions: &Versions,
    ) -> Self {
        let server = implementation(settings);
        let mut legacy = Map::new();
        legacy.insert("capabilities".to_owned(), capabilities.to_json(Era::Legacy));
        legacy.insert("serverInfo".to_owned(), server.clone());
        let mut modern = Map::new();
        modern.insert("resultType".to_owned(), "complete".into());
        modern.insert("supportedVersions".to_owned(), json!(versions.all()));
        modern.insert("capabilities".to_owned(), capabilities.to_json(Era::Modern));
        modern.insert("ttlMs".to_owned(), 0.into());
        modern.insert("cacheScope".to_owned(), "public".into());
        modern.insert(
            "_meta".to_owned(),
            json!({ "io.modelcontextprotocol/serverInfo": server }),
        );
        if let Some(instructions) = &settings.server.instructions {
            legacy.insert("instructions".to_owned(), instructions.as_str().into());
            modern.insert("instructions".to_owned(), instructions.as_str().into());
        }
        Self {
            legacy,
            modern: Value::Object(modern).to_string().into(),
        }
    }

    pub(crate) fn initialize(&self, version: &'static str) -> Bytes {
        let mut result = Map::new();
        result.insert("protocolVersion".to_owned(), version.into());
        result.extend(self.legacy.clone());
        Value::Object(result).to_string().into()
    }

    pub(crate) fn discover(&self) -> Bytes {
        self.modern.clone()
    }
}

/// `Implementation` of the schema.
fn implementation(settings: &Settings) -> Value {
    let server = &settings.server;
    let mut implementation = Map::new();
    implementation.insert("name".to_owned(), server.name.as_str().into());
    implementation.insert("version".to_owned(), server.version.as_str().into());
    let optional = [
        ("title", &server.title),
        ("description", &server.description),
        ("websiteUrl", &server.website),
    ];
    for (key, value) in optional {
        if let Some(value) = value {
            implementation.insert(key.to_owned(), value.as_str().into());
        }
    }
    if !server.icons.is_empty() {
        let icons = server.icons.iter().map(|icon| {
            let mut entry = Map::new();
            entry.insert("src".to_owned(), icon.src.as_str().into());
            if let Some(mime_type) = &icon.mime_type {
                entry.insert("mimeType".to_owned(), mime_type.as_str().into());
            }
            if let Some(sizes) = &icon.sizes {
                entry.insert("sizes".to_owned(), sizes.split_whitespace().collect());
            }
            match icon.theme {
                Some(Theme::Light) => entry.insert("theme".to_owned(), "light".into()),
                Some(Theme::Dark) => entry.insert("theme".to_owned(), "dark".into()),
                None => None,
            };
            Value::Object(entry)
        });
        implementation.insert("icons".to_owned(), icons.collect());
    }
    Value::Object(implementation)
}
