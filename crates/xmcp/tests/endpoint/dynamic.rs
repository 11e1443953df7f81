//! Tools, prompts and resources that come and go while the server runs (2025-11-25 and 2026-07-28 server/tools, "List Changed
//! Notification", and its sisters; that clients are told is shown in tests/sessions).

use serde_json::{Map, Value, json};
use xmcp::{
    App, DynamicPrompt, DynamicResource, DynamicTool, Era, RegisterError, Session, Settings,
    codegen::{self, Input, Tool},
    prelude::*,
};

use crate::{
    primitives::{PROMPTS, RESOURCES},
    support::{BOTH, Server, app_of},
    tools,
};

/// A tool that does to the server what it is told.
static CHANGE: &[Tool] = &[
    tools::TOOLS[0],
    tool!(async change, of_async_1, Schema, [server]),
];

mod change {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;

    #[derive(Deserialize, JsonSchema)]
    pub struct Schema {
        /// What to do
        pub step: String,
    }

    #[derive(Deserialize, JsonSchema)]
    pub struct City {
        /// Which district
        pub district: String,
    }

    #[derive(Deserialize, JsonSchema)]
    pub struct Note {
        pub id: u32,
    }

    #[derive(Deserialize, JsonSchema)]
    pub struct Topic {
        pub topic: Subject,
    }

    #[derive(Debug, Deserialize, JsonSchema)]
    pub enum Subject {
        Rust,
        Tea,
    }

    fn tool(name: &str, said: &'static str) -> DynamicTool {
        DynamicTool::new(name, move |city: City, _context| async move {
            format!("{said} in {}", city.district)
        })
    }

    pub async fn handler(input: Schema, server: ServerHandle) -> Result<String> {
        let said = |added: Result<(), RegisterError>| match added {
            Ok(()) => "added".to_owned(),
            Err(error) => error.to_string(),
        };
        Ok(match &*input.step {
            "tool" => said(server.add_tool(
                tool("weather", "rain")
                    .title("Weather")
                    .description("The weather")
                    .read_only(true)
                    .meta(Map::from_iter([("a.b/c".to_owned(), json!(1))])),
            )),
            "tool again" => said(server.add_tool(tool("weather", "sun"))),
            "first tool" => said(server.add_tool(tool("a_first", "x").order(-5))),
            "scoped tool" => said(server.add_tool(tool("secret", "x").scopes(["admin"]))),
            "taken tool" => said(server.add_tool(tool("hello", "x"))),
            "bad name" => said(server.add_tool(tool("no such name", "x"))),
            "raw tool" => said(server.add_tool(DynamicTool::with_schema(
                "raw_weather",
                json!({ "type": "object", "properties": { "n": { "type": "integer", "minimum": 1 } }, "required": ["n"] }),
                |input: Value, _context| async move { Json(input) },
            ))),
            "bad schema" => said(server.add_tool(DynamicTool::with_schema(
                "bad",
                json!({ "type": "string" }),
                |_: Value, _context| async {},
            ))),
            "remove tool" => server.remove_tool("weather").to_string(),
            "remove file" => server.remove_tool("hello").to_string(),
            "prompt" => said(server.add_prompt(DynamicPrompt::new(
                "write",
                |topic: Topic, _context| async move { format!("Write about {:?}.", topic.topic) },
            ))),
            "numbers" => said(server.add_prompt(DynamicPrompt::new(
                "numbers",
                |note: Note, _context| async move { note.id.to_string() },
            ))),
            "remove prompt" => server.remove_prompt("write").to_string(),
            "resource" => said(server.add_resource(
                DynamicResource::new("notes://today", "today", |_context| async { "Buy milk." }).size(9),
            )),
            "opaque" => said(server.add_resource(DynamicResource::new(
                "urn:isbn:1?x#y",
                "book",
                |_context| async { "A book." },
            ))),
            "template" => said(server.add_resource(
                DynamicResource::template("notes://{id}", "note", |note: Note, _context| async move {
                    (note.id > 0).then(|| format!("note {}", note.id))
                })
                .mime_type("text/x-note"),
            )),
            "same shape" => said(server.add_resource(DynamicResource::template(
                "test://users/{id}",
                "user",
                |note: Note, _context| async move { note.id.to_string() },
            ))),
            "misfit" => said(server.add_resource(DynamicResource::template(
                "notes://{number}",
                "note",
                |note: Note, _context| async move { note.id.to_string() },
            ))),
            "bad uri" => said(server.add_resource(DynamicResource::new(
                "Notes",
                "note",
                |_context| async { "" },
            ))),
            "remove template" => server.remove_resource("notes://{id}").to_string(),
            step => panic!("{step}"),
        })
    }
}

async fn server(change: impl FnOnce(&mut Settings)) -> Server {
    let app = App {
        tools: CHANGE,
        ..app_of(PROMPTS, RESOURCES)
    };
    Server::app(app, change, None, None).await
}

/// What the tool said that it did.
async fn step(server: &Server, step: &str) -> String {
    let result = server
        .result(Era::Modern, "change", json!({ "step": step }))
        .await;
    result["content"][0]["text"].as_str().unwrap().to_owned()
}

/// The names or URIs of a list.
async fn list(server: &Server, era: Era, method: &str, member: &str, key: &str) -> Vec<String> {
    let result = server.request(era, method, json!({})).await.result();
    let entries = result[member].as_array().unwrap();
    entries
        .iter()
        .map(|entry| entry[key].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn tools_come_change_and_go() {
    for era in BOTH {
        let server = server(|_| {}).await;
        let tools = async || list(&server, era, "tools/list", "tools", "name").await;
        assert_eq!(tools().await, ["hello", "change"]);
        assert_eq!(step(&server, "tool").await, "added");
        assert_eq!(tools().await, ["hello", "change", "weather"]);
        let definition =
            server.request(era, "tools/list", json!({})).await.result()["tools"][2].take();
        let expected = json!({
            "name": "weather",
            "title": "Weather",
            "description": "The weather",
            "inputSchema": {
                "type": "object",
                "properties": { "district": { "description": "Which district", "type": "string" } },
                "required": ["district"],
                "additionalProperties": false,
            },
            "annotations": { "readOnlyHint": true },
            "_meta": { "a.b/c": 1 },
        });
        assert_eq!(definition, expected);
        let weather = async || {
            let arguments = json!({ "district": "Mitte" });
            server.result(era, "weather", arguments).await["content"][0]["text"].take()
        };
        assert_eq!(weather().await, "rain in Mitte");
        let refused = server.result(era, "weather", json!({})).await;
        assert_eq!(refused["isError"], true);

        assert_eq!(step(&server, "tool again").await, "added");
        assert_eq!(tools().await, ["hello", "change", "weather"]);
        assert_eq!(weather().await, "sun in Mitte");

        assert_eq!(step(&server, "first tool").await, "added");
        assert_eq!(
            tools().await,
            ["hello", "change", "a_first", "weather"],
            "those of files stand first"
        );

        assert_eq!(step(&server, "remove tool").await, "true");
        assert_eq!(step(&server, "remove tool").await, "false");
        assert_eq!(tools().await, ["hello", "change", "a_first"]);
        let (_, code, message) = server.call(era, "weather", json!({})).await.error();
        assert_eq!((code, &*message), (-32602, "unknown tool `weather`"));
    }
}

#[tokio::test]
async fn a_file_wins_over_what_is_added() {
    let server = server(|_| {}).await;
    let taken = "`hello` is taken by a file: choose another";
    assert_eq!(step(&server, "taken tool").await, taken);
    assert_eq!(step(&server, "remove file").await, "false");
    let taken = "`test://users/{id}` is taken by a file: choose another";
    assert_eq!(step(&server, "same shape").await, taken);
    for era in BOTH {
        assert_eq!(
            server.result(era, "hello", json!({})).await["content"][0]["text"],
            "hello"
        );
    }
}

#[tokio::test]
async fn what_cannot_be_served_is_not_added() {
    let server = server(|_| {}).await;
    for (name, expected) in [
        (
            "bad name",
            "`no such name` is no name: use 1 to 128 of `A-Z a-z 0-9 _ . -`",
        ),
        (
            "bad schema",
            "the schema of `bad` does not say `\"type\": \"object\"`",
        ),
        (
            "numbers",
            "the schema of `numbers` has a member `id` that is no text",
        ),
        (
            "misfit",
            "the schema of `notes://{number}` lacks the parameter `number` of the URI: add it as a field",
        ),
        (
            "bad uri",
            "`Notes` is no URI of a resource: it has no scheme: write `notes://1`",
        ),
    ] {
        let said = step(&server, name).await;
        assert!(said.starts_with(expected), "{said}");
    }
    assert_eq!(
        list(&server, Era::Modern, "tools/list", "tools", "name")
            .await
            .len(),
        2
    );
}

#[tokio::test]
async fn a_json_schema_makes_a_tool() {
    let server = server(|_| {}).await;
    assert_eq!(step(&server, "raw tool").await, "added");
    for era in BOTH {
        let result = server.result(era, "raw_weather", json!({ "n": 3 })).await;
        assert_eq!(result["content"][0]["text"], r#"{"n":3}"#);
        let result = server.result(era, "raw_weather", json!({ "n": 0 })).await;
        assert_eq!(result["isError"], true);
    }
}

#[tokio::test]
async fn prompts_come_and_go() {
    for era in BOTH {
        let server = server(|_| {}).await;
        let get = async || {
            let params = json!({ "name": "write", "arguments": { "topic": "Tea" } });
            server.request(era, "prompts/get", params).await
        };
        assert_eq!(get().await.error().1, -32602);
        assert_eq!(step(&server, "prompt").await, "added");
        assert_eq!(
            get().await.result()["messages"][0]["content"]["text"],
            "Write about Tea."
        );
        let params = json!({ "ref": { "type": "ref/prompt", "name": "write" }, "argument": { "name": "topic", "value": "t" } });
        let completed = server
            .request(era, "completion/complete", params)
            .await
            .result();
        assert_eq!(completed["completion"]["values"], json!(["Tea", "Rust"]));
        assert_eq!(step(&server, "remove prompt").await, "true");
        assert_eq!(get().await.error().1, -32602);
    }
}

#[tokio::test]
async fn resources_and_templates_come_and_go() {
    for era in BOTH {
        let server = server(|_| {}).await;
        let read = async |uri: &str| {
            let answer = server
                .request(era, "resources/read", json!({ "uri": uri }))
                .await;
            answer.json()["result"]["contents"][0].clone()
        };
        assert_eq!(read("notes://today").await, Value::Null);
        for name in ["resource", "template", "opaque"] {
            assert_eq!(step(&server, name).await, "added");
        }
        let uris = list(&server, era, "resources/list", "resources", "uri").await;
        assert_eq!(uris[uris.len() - 2..], ["notes://today", "urn:isbn:1?x#y"]);
        let templates = list(
            &server,
            era,
            "resources/templates/list",
            "resourceTemplates",
            "uriTemplate",
        )
        .await;
        assert_eq!(templates.last().unwrap(), "notes://{id}");
        let expected =
            json!({ "uri": "notes://today", "mimeType": "text/plain", "text": "Buy milk." });
        assert_eq!(read("notes://today").await, expected);
        let expected = json!({ "uri": "notes://7", "mimeType": "text/x-note", "text": "note 7" });
        assert_eq!(read("notes://7").await, expected);
        assert_eq!(read("notes://0").await, Value::Null);
        assert_eq!(read("urn:isbn:1?x#y").await["text"], "A book.");
        assert_eq!(step(&server, "remove template").await, "true");
        assert_eq!(read("notes://7").await, Value::Null);
        assert_eq!(read("notes://today").await["text"], "Buy milk.");
    }
}

#[tokio::test]
async fn what_is_added_first_is_announced_from_then_on() {
    let server = Server::with(CHANGE, |_| {}).await;
    for era in BOTH {
        let prompts = server.request(era, "prompts/list", json!({})).await;
        assert_eq!(prompts.error().1, -32601);
    }
    step(&server, "prompt").await;
    let discovered = server
        .request(Era::Modern, "server/discover", json!({}))
        .await
        .result();
    assert_eq!(
        discovered["capabilities"]["prompts"],
        json!({ "listChanged": true })
    );
    let params = json!({ "protocolVersion": "2025-11-25" });
    let initialized = server
        .request(Era::Legacy, "initialize", params)
        .await
        .result();
    assert_eq!(initialized["capabilities"]["prompts"], json!({}));
    for era in BOTH {
        assert_eq!(
            list(&server, era, "prompts/list", "prompts", "name").await,
            ["write"]
        );
    }
}

/// 2025-11-25 server/utilities/pagination, "Error Handling".
#[tokio::test]
async fn a_cursor_from_before_a_change_is_refused() {
    let server = server(|settings| settings.server.page_size = 1).await;
    for (era, name) in [(Era::Legacy, "tool"), (Era::Modern, "first tool")] {
        let first = server.request(era, "tools/list", json!({})).await.result();
        let cursor = json!({ "cursor": first["nextCursor"] });
        assert_eq!(
            server
                .request(era, "tools/list", cursor.clone())
                .await
                .status,
            200
        );
        step(&server, name).await;
        let answer = server.request(era, "tools/list", cursor).await.error();
        let message = "`cursor` is of a list that has changed since: ask for the list without one";
        assert_eq!(answer, (200, -32602, message.to_owned()));
    }
}

#[tokio::test]
async fn scopes_guard_what_is_added_too() {
    let app = || App {
        tools: CHANGE,
        ..app_of(PROMPTS, RESOURCES)
    };
    for (scope, status) in [("admin", 200), ("other", 403)] {
        let session = Session::for_test("usr_1").scopes([scope]).build();
        let server = Server::app(app(), |_| {}, None, Some(session)).await;
        step(&server, "scoped tool").await;
        for era in BOTH {
            let answer = server.call(era, "secret", json!({ "district": "x" })).await;
            assert_eq!(answer.status, status);
        }
    }
}
