//! The least that a server on the same libraries can do: one axum handler, one typed parse of the request, one typed answer. It checks
//! nothing, bounds nothing and knows no protocol. What the framework's server costs is told as a multiple of it.

use std::io::{self, Write};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use serde::{Deserialize, Serialize};
use serde_json::{json, value::RawValue};

#[derive(Deserialize)]
struct Request<'a> {
    #[serde(borrow)]
    id: &'a RawValue,
    method: &'a str,
    #[serde(borrow, default)]
    params: Params<'a>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Params<'a> {
    name: &'a str,
    #[serde(borrow)]
    arguments: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Greet {
    name: String,
}

#[derive(Deserialize)]
struct Review {
    code: String,
}

#[derive(Serialize)]
struct Answer<'a, T> {
    jsonrpc: &'static str,
    id: &'a RawValue,
    result: T,
}

#[derive(Serialize)]
struct CallResult {
    content: [Text; 1],
}

#[derive(Serialize)]
struct PromptResult {
    messages: [Message; 1],
}

#[derive(Serialize)]
struct Message {
    role: &'static str,
    content: Text,
}

#[derive(Serialize)]
struct Text {
    r#type: &'static str,
    text: String,
}

impl Text {
    fn new(text: String) -> Self {
        Self {
            r#type: "text",
            text,
        }
    }
}

/// `list` is the text of the whole list of tools.
fn answer(body: &[u8], list: &RawValue) -> Option<Vec<u8>> {
    let request: Request<'_> = serde_json::from_slice(body).ok()?;
    let params = request.params;
    match request.method {
        "tools/list" => encode(request.id, list),
        "tools/call" if params.name == "greet" => {
            let Greet { name } = serde_json::from_str(params.arguments?.get()).ok()?;
            let content = [Text::new(format!("Hello, {name}!"))];
            encode(request.id, CallResult { content })
        }
        "prompts/get" if params.name == "review" => {
            let Review { code } = serde_json::from_str(params.arguments?.get()).ok()?;
            let content = Text::new(format!("Review this code: {code}"));
            let role = "user";
            let messages = [Message { role, content }];
            encode(request.id, PromptResult { messages })
        }
        _ => None,
    }
}

fn encode(id: &RawValue, result: impl Serialize) -> Option<Vec<u8>> {
    let jsonrpc = "2.0";
    serde_json::to_vec(&Answer {
        jsonrpc,
        id,
        result,
    })
    .ok()
}

async fn endpoint(State(list): State<&'static RawValue>, body: Bytes) -> Response {
    match answer(&body, list) {
        Some(json) => ([(header::CONTENT_TYPE, "application/json")], json).into_response(),
        None => StatusCode::BAD_REQUEST.into_response(),
    }
}

/// `BENCH_TOOLS` tools in the framework's form, so that as many bytes are written.
fn list() -> &'static RawValue {
    let number = |what| json!({ "type": "number", "description": format!("The {what} number") });
    let tools = std::env::var("BENCH_TOOLS").map_or(2, |number| number.parse().expect("a number"));
    let tools: Vec<_> = (0..tools)
        .map(|place| {
            json!({
                "name": format!("add_{place:04}"),
                "description": "Add two numbers",
                "inputSchema": {
                    "type": "object",
                    "properties": { "a": number("first"), "b": number("second") },
                    "required": ["a", "b"],
                    "additionalProperties": false,
                },
            })
        })
        .collect();
    let list = serde_json::value::to_raw_value(&json!({ "tools": tools }));
    Box::leak(list.expect("it is JSON"))
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    writeln!(
        io::stderr(),
        "running on http://{}/mcp",
        listener.local_addr()?
    )?;
    let router = Router::new()
        .route("/mcp", post(endpoint))
        .with_state(list());
    axum::serve(listener, router).await
}
