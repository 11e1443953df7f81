//! What the server says of itself: the results of `initialize` and `server/discover`.

use bytes::Bytes;
use serde_json::{Map, Value, json};
use xmcp_config::{Settings, Theme};

use super::{Capabilities, version::Versions};
use crate::Era;

/// The parts of both results that never change.
pub(crate) struct Info {
    server: Value,
    instructions: Option<String>,
    versions: Vec<&'static str>,
}

impl Info {
    pub(crate) fn write(settings: &Settings, versions: &Versions) -> Self {
        Self {
            server: implementation(settings),
            instructions: settings.server.instructions.clone(),
            versions: versions.all().to_vec(),
        }
    }

    pub(crate) fn initialize(&self, version: &'static str, capabilities: Capabilities) -> Bytes {
        let mut result = Map::new();
        result.insert("protocolVersion".to_owned(), version.into());
        result.insert("capabilities".to_owned(), capabilities.to_json(Era::Legacy));
        result.insert("serverInfo".to_owned(), self.server.clone());
        self.instruct(&mut result);
        Value::Object(result).to_string().into()
    }

    pub(crate) fn discover(&self, capabilities: Capabilities) -> Bytes {
        let mut result = Map::new();
        result.insert("resultType".to_owned(), "complete".into());
        result.insert("supportedVersions".to_owned(), json!(self.versions));
        result.insert("capabilities".to_owned(), capabilities.to_json(Era::Modern));
        result.insert("ttlMs".to_owned(), 0.into());
        result.insert("cacheScope".to_owned(), "public".into());
        result.insert(
            "_meta".to_owned(),
            json!({ "io.modelcontextprotocol/serverInfo": self.server }),
        );
        self.instruct(&mut result);
        Value::Object(result).to_string().into()
    }

    /// `Implementation` of the schema.
    pub(crate) fn server(&self) -> &Value {
        &self.server
    }

    fn instruct(&self, result: &mut Map<String, Value>) {
        if let Some(instructions) = &self.instructions {
            result.insert("instructions".to_owned(), instructions.as_str().into());
        }
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
