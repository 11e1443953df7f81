//! Who a server is, and what it has.

use std::collections::HashSet;

use rmcp::model::{Prompt, Resource, ResourceTemplate, Tool};
use serde::Serialize;
use serde_json::Value;

use super::client::Client;
use crate::{Failure, Output, Result, table::table, text};

/// All that a server says of itself, as it says it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Overview {
    server_info: Value,
    protocol_version: String,
    capabilities: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    instructions: Option<String>,
    tools: Vec<Tool>,
    prompts: Vec<Prompt>,
    resources: Vec<Resource>,
    resource_templates: Vec<ResourceTemplate>,
}

impl Overview {
    /// Asks for every list that the server says it has.
    pub(super) async fn of(client: &Client) -> Result<Self> {
        let peer = client.peer();
        let Some(info) = peer.peer_info() else {
            return Err(
                Failure::new("the server does not say who it is").hint("see what the server logs")
            );
        };
        let mut overview = Self {
            server_info: serde_json::to_value(&info.server_info).unwrap_or_default(),
            protocol_version: info.protocol_version.to_string(),
            capabilities: serde_json::to_value(&info.capabilities).unwrap_or_default(),
            instructions: info.instructions.clone(),
            tools: Vec::new(),
            prompts: Vec::new(),
            resources: Vec::new(),
            resource_templates: Vec::new(),
        };
        if info.capabilities.tools.is_some() {
            overview.tools = client.tools().await?;
        }
        if info.capabilities.prompts.is_some() {
            overview.prompts = client.prompts().await?;
        }
        if info.capabilities.resources.is_some() {
            overview.resources = client.resources().await?;
            // Servers with resources alone may not know the word.
            overview.resource_templates = client.templates().await.unwrap_or_default();
        }
        Ok(overview)
    }

    /// For people.
    pub(super) fn show(&self, output: &Output) {
        let info = |key: &str| self.server_info[key].as_str();
        let name = info("name").unwrap_or("a server without a name");
        let mut heading = text::line(name, 100);
        if let Some(version) = info("version") {
            heading = format!("{heading} {}", text::line(version, 100));
        }
        if let Some(title) = info("title").filter(|title| *title != name) {
            heading = format!("{heading}: {}", text::line(title, 200));
        }
        output.data(&heading);
        let capabilities: Vec<_> = match &self.capabilities {
            Value::Object(members) => members.keys().map(|name| text::line(name, 50)).collect(),
            _ => Vec::new(),
        };
        let protocol = text::line(&self.protocol_version, 20);
        output.data(&format!(
            "protocol {protocol}: {}",
            match &capabilities[..] {
                [] => "nothing".to_owned(),
                some => some.join(", "),
            }
        ));
        if let Some(instructions) = &self.instructions {
            output.data(&format!("\n{}", text::printable(instructions.trim_end())));
        }
        self.tables(output);
    }

    fn tables(&self, output: &Output) {
        let show = |heading: &str, count: usize, table: String| {
            if count > 0 {
                output.data(&format!("\n{heading} ({count})\n{table}"));
            }
        };
        let tools = self.tools.iter().map(|tool| {
            [
                tool.name.to_string(),
                takes(&Value::Object((*tool.input_schema).clone())),
                said(tool.description.as_deref(), tool.title.as_deref()),
            ]
        });
        let heading = ["NAME", "TAKES", "DESCRIPTION"];
        show("Tools", self.tools.len(), table(heading, tools));
        let prompts = self.prompts.iter().map(|prompt| {
            let arguments = prompt.arguments.iter().flatten().map(|argument| {
                let mark = if argument.required == Some(true) {
                    ""
                } else {
                    "?"
                };
                format!("{}{mark}", argument.name)
            });
            [
                prompt.name.clone(),
                arguments.collect::<Vec<_>>().join(", "),
                said(prompt.description.as_deref(), prompt.title.as_deref()),
            ]
        });
        show("Prompts", self.prompts.len(), table(heading, prompts));
        let heading = ["URI", "TYPE", "DESCRIPTION"];
        let resources = self.resources.iter().map(|resource| {
            let name = resource.title.as_deref().unwrap_or(&resource.name);
            [
                resource.uri.clone(),
                resource.mime_type.clone().unwrap_or_default(),
                said(resource.description.as_deref(), Some(name)),
            ]
        });
        show("Resources", self.resources.len(), table(heading, resources));
        let templates = self.resource_templates.iter().map(|template| {
            let name = template.title.as_deref().unwrap_or(&template.name);
            [
                template.uri_template.clone(),
                template.mime_type.clone().unwrap_or_default(),
                said(template.description.as_deref(), Some(name)),
            ]
        });
        let count = self.resource_templates.len();
        show("Resource templates", count, table(heading, templates));
    }
}

/// The names of a tool's arguments; those that may be left out end with `?`.
fn takes(schema: &Value) -> String {
    let Some(properties) = schema["properties"].as_object() else {
        return String::new();
    };
    let required = schema["required"].as_array().into_iter().flatten();
    // A set: both are the server's, and each may be as long as its answer.
    let required: HashSet<_> = required.filter_map(Value::as_str).collect();
    let names = properties
        .keys()
        .map(|name| match required.contains(name.as_str()) {
            true => name.clone(),
            false => format!("{name}?"),
        });
    names.collect::<Vec<_>>().join(", ")
}

fn said(description: Option<&str>, title: Option<&str>) -> String {
    description.or(title).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, thread, time::Duration};

    use serde_json::{Map, Value, json};

    use super::takes;

    #[test]
    fn what_may_be_left_out_ends_with_a_question_mark() {
        let schema = json!({ "properties": { "a": {}, "b": {} }, "required": ["b", 1, "c"] });

        assert_eq!(takes(&schema), "a?, b");
    }

    #[test]
    fn a_schema_with_very_many_arguments_is_read_at_once() {
        let names = |letter| (0..40_000).map(move |number| format!("{letter}{number:06}"));
        let properties: Map<_, _> = names('a').map(|name| (name, Value::Null)).collect();
        let required: Vec<_> = names('b').collect();
        let schema = json!({ "properties": properties, "required": required });

        let (send, read) = mpsc::channel();
        thread::spawn(move || send.send(takes(&schema).len()));

        // Compared each with each these are more than a billion comparisons.
        assert!(read.recv_timeout(Duration::from_secs(10)).is_ok());
    }
}
