//! The app that is asked both ways: everything here ends by itself, and says nothing before.

use std::{collections::BTreeSet, sync::LazyLock};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use xmcp::{
    App, Json, ToolMetadata,
    codegen::{self, Call, Input, IntoToolResult, Prompt, Reply, Shape, Tool},
};

use super::headers::Said;
use crate::{primitives::PROMPTS, support, tools::TOOLS};

/// Those of the others' that end by themselves and do not speak to the client before.
const QUIET: [&str; 6] = [
    "echo",
    "said",
    "panic_at_once",
    "refuse",
    "scoped",
    "nothing",
];

/// With a tool of each name that a recorded request has, so that these are answered.
static ALL: LazyLock<Vec<Tool>> = LazyLock::new(|| {
    let quiet = TOOLS
        .iter()
        .filter(|tool| QUIET.contains(&tool.name))
        .copied();
    let recorded = recorded_names("tools/call").map(|name| Tool {
        name,
        ..TOOLS[TOOLS.len() - 1]
    });
    quiet.chain([ORDER]).chain(recorded).collect()
});

static ALL_PROMPTS: LazyLock<Vec<Prompt>> = LazyLock::new(|| {
    let that_end = PROMPTS
        .iter()
        .filter(|prompt| prompt.name != "endless")
        .copied();
    let recorded = recorded_names("prompts/get").map(|name| Prompt { name, ..PROMPTS[0] });
    that_end.chain(recorded).collect()
});

/// The names that recorded calls of this method have, each once.
fn recorded_names(method: &str) -> impl Iterator<Item = &'static str> {
    let names: BTreeSet<String> = super::recorded()
        .iter()
        .map(|seed| Said::by(&seed.bytes))
        .filter(|said| said.method.as_deref() == Some(method))
        .filter_map(|said| said.name)
        .collect();
    names.into_iter().map(|name| &*name.leak())
}

pub(super) fn app() -> App {
    App {
        tools: &ALL,
        prompts: &ALL_PROMPTS,
        ..support::app()
    }
}

/// One field for each thing that a schema enforces.
#[derive(Deserialize, Serialize, JsonSchema)]
struct Order {
    #[schemars(length(min = 1, max = 20))]
    name: String,
    #[schemars(range(min = 1, max = 5))]
    count: u8,
    size: Option<Size>,
    #[serde(default)]
    #[schemars(length(max = 3))]
    tags: Vec<String>,
    to: Option<Address>,
    #[schemars(range(min = 0.0))]
    price: Option<f64>,
    note: Option<Value>,
}

#[derive(Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Size {
    Small,
    VeryLarge,
}

#[derive(Deserialize, Serialize, JsonSchema)]
struct Address {
    #[schemars(length(min = 1))]
    street: String,
    #[schemars(regex(pattern = "^[a-z]{2}[0-9]+$"))]
    code: Option<String>,
}

async fn order(order: Order) -> Json<Order> {
    Json(order)
}

const ORDER: Tool = Tool {
    name: "order",
    description: "Orders something",
    source: "tools/order.rs:1:1",
    metadata: &ToolMetadata::NONE,
    meta: None,
    input: Input::Schema(codegen::input_schema::<Order>),
    shape: || Shape::of_async_0(|| order(codegen::input())),
    call: |call: Call<'_>| Reply::new(async move { order(call.input()?).await.into_tool_result() }),
};
