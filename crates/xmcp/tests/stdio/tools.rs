//! Tools as the generated registry has them, one for each thing that can happen during a call.

use std::sync::{
    Condvar, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use xmcp::{
    Context, Json, LogLevel, Progress, Session, State, ToolError, ToolMetadata,
    codegen::{self, Call, Input, IntoToolResult, Reply, Shape, Tool},
};

/// What tests and handlers tell each other.
pub(crate) struct Stage {
    /// A permit for every handler that came as far as its door.
    pub(crate) entered: Semaphore,
    /// A permit lets one handler through.
    pub(crate) door: Semaphore,
    /// A permit for every handler that ended, however it ended.
    pub(crate) left: Semaphore,
    /// How many messages `flood` got rid of.
    pub(crate) sent: AtomicUsize,
    is_released: Mutex<bool>,
    released: Condvar,
}

impl Default for Stage {
    fn default() -> Self {
        let nobody = || Semaphore::new(0);
        Self {
            entered: nobody(),
            door: nobody(),
            left: nobody(),
            sent: AtomicUsize::new(0),
            is_released: Mutex::new(false),
            released: Condvar::new(),
        }
    }
}

impl Stage {
    /// Lets the handlers go on that block their thread.
    pub(crate) fn release(&self) {
        *self.is_released.lock().unwrap() = true;
        self.released.notify_all();
    }
}

/// Says that a handler has ended, dropped or not.
struct Leaving(State<Stage>);

impl Drop for Leaving {
    fn drop(&mut self) {
        self.0.left.add_permits(1);
    }
}

#[derive(Deserialize, JsonSchema)]
struct Schema {
    /// What to say
    text: String,
}

#[derive(Serialize, JsonSchema)]
struct Said {
    text: String,
    length: usize,
}

async fn echo(Schema { text }: Schema) -> String {
    text
}

fn said(Schema { text }: Schema) -> Json<Said> {
    Json(Said {
        length: text.len(),
        text,
    })
}

async fn wait(stage: State<Stage>) -> Result<&'static str, ToolError> {
    let leaving = Leaving(stage);
    leaving.0.entered.add_permits(1);
    leaving.0.door.acquire().await?.forget();
    Ok("waited")
}

fn block(stage: State<Stage>) -> &'static str {
    stage.entered.add_permits(1);
    let mut is_released = stage.is_released.lock().unwrap();
    while !*is_released {
        is_released = stage.released.wait(is_released).unwrap();
    }
    "blocked"
}

fn panic_at_once() -> String {
    panic!("a secret of the server's");
}

async fn panic_later(stage: State<Stage>) -> String {
    stage.entered.add_permits(1);
    tokio::task::yield_now().await;
    panic!("a secret of the server's");
}

async fn refuse() -> Result<String, ToolError> {
    Err(ToolError::rpc(-32602, "no such city").data(serde_json::json!({ "city": "Atlantis" })))
}

async fn talk(context: Context) -> &'static str {
    context
        .progress(Progress::new(1.0).total(2.0).message("half way"))
        .await;
    context.log(LogLevel::Debug, "a detail").await;
    context.log(LogLevel::Warning, "a warning").await;
    "talked"
}

async fn flood(context: Context, stage: State<Stage>) -> &'static str {
    for number in 0..500 {
        context
            .log(LogLevel::Error, format!("message {number}"))
            .await;
        stage.sent.fetch_add(1, Ordering::SeqCst);
    }
    "flooded"
}

/// Leaves something behind that speaks when the door opens.
async fn haunt(context: Context, stage: State<Stage>) -> &'static str {
    let shared = stage.clone();
    tokio::spawn(async move {
        let leaving = Leaving(shared);
        if let Ok(permit) = leaving.0.door.acquire().await {
            permit.forget();
        }
        context
            .log(LogLevel::Emergency, "a voice from beyond")
            .await;
        context.progress(Progress::new(2.0)).await;
        context.cancelled().await;
        context.cancellation().cancelled().await;
    });
    "gone"
}

async fn client(context: Context) -> String {
    let name = context.client().map_or("nobody", |client| &client.name);
    format!(
        "{name} {:?} {:?} headers={}",
        context.era(),
        context.transport(),
        context.headers().len()
    )
}

async fn session(session: Session) -> String {
    session.user_id().to_owned()
}

const TOOL: Tool = Tool {
    name: "",
    description: "For tests",
    source: "tools/test.rs:1:1",
    metadata: &ToolMetadata::NONE,
    meta: None,
    input: Input::None,
    shape: || Shape::of_0(String::new),
    call: |_| Reply::new(async { String::new().into_tool_result() }),
};
static SCOPED: ToolMetadata = ToolMetadata::new().scopes(&["secrets:read"]);

/// The call of an async handler whose arguments all come from the request.
macro_rules! call {
    ($handler:ident($($argument:ident),*)) => {
        |_call: Call<'_>| Reply::new(async move {
            $(let $argument = codegen::extract(_call.context()).await?;)*
            codegen::assert_send($handler($($argument),*)).await.into_tool_result()
        })
    };
}

pub(crate) static TOOLS: [Tool; 14] = [
    Tool {
        name: "echo",
        input: Input::Schema(codegen::input_schema::<Schema>),
        shape: || Shape::of_async_0(|| echo(codegen::input())),
        call: |call: Call<'_>| {
            Reply::new(async move { echo(call.input()?).await.into_tool_result() })
        },
        ..TOOL
    },
    Tool {
        name: "said",
        input: Input::Schema(codegen::input_schema::<Schema>),
        shape: || Shape::of_0(|| said(codegen::input())),
        call: |call: Call<'_>| Reply::new(async move { said(call.input()?).into_tool_result() }),
        ..TOOL
    },
    Tool {
        name: "wait",
        shape: || Shape::of_async_1(wait),
        call: call!(wait(a0)),
        ..TOOL
    },
    Tool {
        name: "block",
        shape: || Shape::of_1(block),
        call: |call: Call<'_>| {
            Reply::new(
                async move { block(codegen::extract(call.context()).await?).into_tool_result() },
            )
        },
        ..TOOL
    },
    Tool {
        name: "panic_at_once",
        call: |_| Reply::new(async { panic_at_once().into_tool_result() }),
        ..TOOL
    },
    Tool {
        name: "panic_later",
        shape: || Shape::of_async_1(panic_later),
        call: call!(panic_later(a0)),
        ..TOOL
    },
    Tool {
        name: "refuse",
        shape: || Shape::of_async_0(refuse),
        call: call!(refuse()),
        ..TOOL
    },
    Tool {
        name: "talk",
        shape: || Shape::of_async_1(talk),
        call: call!(talk(a0)),
        ..TOOL
    },
    Tool {
        name: "flood",
        shape: || Shape::of_async_2(flood),
        call: call!(flood(a0, a1)),
        ..TOOL
    },
    Tool {
        name: "haunt",
        shape: || Shape::of_async_2(haunt),
        call: call!(haunt(a0, a1)),
        ..TOOL
    },
    Tool {
        name: "client",
        shape: || Shape::of_async_1(client),
        call: call!(client(a0)),
        ..TOOL
    },
    Tool {
        name: "session",
        shape: || Shape::of_async_1(session),
        call: call!(session(a0)),
        ..TOOL
    },
    Tool {
        name: "scoped",
        metadata: &SCOPED,
        ..TOOL
    },
    Tool {
        name: "nothing",
        ..TOOL
    },
];
