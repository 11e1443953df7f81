//! Tools that run as tasks.

use std::{sync::Arc, time::Duration};

use futures_util::future::pending;
use tokio::sync::Notify;
use xmcp::{
    App, AppState, Capability, DynamicTool, TaskSupport,
    codegen::{self, Call, Input, IntoToolResult, Reply, Settings, Shape, Tool},
    prelude::*,
};

/// What tests and tools tell each other.
#[derive(Clone, Default)]
pub struct Signals {
    /// `wait` has begun.
    pub started: Arc<Notify>,
    /// Lets `wait` go on.
    pub release: Arc<Notify>,
    /// `wait` was dropped, or has ended.
    pub over: Arc<Notify>,
}

#[derive(Deserialize, JsonSchema)]
struct Name {
    name: String,
}

#[derive(Deserialize, JsonSchema)]
struct Confirm {
    #[expect(dead_code, reason = "that it was given is enough")]
    confirm: bool,
}

struct Over(Arc<Notify>);

impl Drop for Over {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

/// Works until the test says that it is done.
async fn wait(context: Context) -> Result<String> {
    let signals = context.state::<Signals>().ok_or("no signals")?;
    let _over = Over(Arc::clone(&signals.over));
    signals.started.notify_one();
    context.progress(Progress::new(1.0)).await;
    signals.release.notified().await;
    Ok("done".to_owned())
}

async fn wait_for_ever(_: Context) -> String {
    pending().await
}

async fn fail(_: Context) -> Result<String> {
    Err(ToolError::new("it did not work"))
}

async fn fail_in_protocol(_: Context) -> Result<String> {
    Err(ToolError::rpc(-32603, "no such luck"))
}

async fn panic(_: Context) -> String {
    panic!("of a task");
}

async fn need_a_model(context: Context) -> Result<String> {
    context.require(Capability::Sampling)?;
    Ok("there is one".to_owned())
}

/// Asks under the same key until the answer is yes.
async fn insist(context: Context) -> Result<String> {
    match context.answer::<Confirm>("confirm")? {
        Some(Elicited::Accept(_)) => Ok("confirmed".to_owned()),
        _ => Err(InputRequired::new()
            .elicit::<Confirm>("confirm", "Sure?")
            .into()),
    }
}

async fn ask_together(context: Context) -> Result<String> {
    let first = context.elicit::<Name>("Who?").key("first");
    let second = context.elicit::<Name>("And who?").key("second");
    let (first, second) = tokio::join!(first, second);
    let name = |name: Elicited<Name>| name.accepted().map_or_else(String::new, |name| name.name);
    Ok(format!("{} and {}", name(first?), name(second?)))
}

/// Asks by what it returns.
async fn return_a_question(context: Context) -> Result<String> {
    match context.answer::<Name>("user_name")? {
        Some(name) => Ok(name.accepted().map_or_else(String::new, |name| name.name)),
        None => Err(InputRequired::new()
            .elicit::<Name>("user_name", "Who?")
            .into()),
    }
}

async fn wait_on_demand(context: Context) -> Result<String> {
    wait(context).await
}

/// Asks first, and is a task after that.
async fn ask_first(context: Context) -> Result<String> {
    let Some(Name { name }) = context
        .elicit::<Name>("Who?")
        .key("user_name")
        .await?
        .accepted()
    else {
        return Ok("nobody".to_owned());
    };
    let is_task = context.begin_task();
    tokio::time::sleep(Duration::from_millis(1)).await;
    Ok(format!("{name}, {is_task}"))
}

/// Makes itself a task too late.
async fn begin_late(context: Context) -> &'static str {
    tokio::spawn(async move {
        tokio::task::yield_now().await;
        context.begin_task();
    });
    "never one"
}

/// Adds a tool for each way to be a task.
async fn add_tools(context: Context) -> Result<()> {
    let tool = |name: &str| {
        DynamicTool::without_arguments(name, async |context| {
            let is_task = context.begin_task();
            wait(context).await.map(|said| format!("{said}, {is_task}"))
        })
    };
    let server = context.server();
    server.add_tool(tool("added").task(TaskSupport::Optional))?;
    server.add_tool(tool("added_required").task(TaskSupport::Required))?;
    server.add_tool(tool("added_on_demand").task_on_demand())?;
    Ok(())
}

macro_rules! tool {
    ($handler:ident, $metadata:expr) => {
        Tool {
            name: stringify!($handler),
            description: "For tests",
            source: "tools/test.rs:1:1",
            metadata: &$metadata,
            meta: None,
            input: Input::None,
            shape: || Shape::of_async_1($handler),
            call: |call: Call<'_>| {
                Reply::new(async move {
                    let context = codegen::extract(call.context()).await?;
                    codegen::assert_send($handler(context))
                        .await
                        .into_tool_result()
                })
            },
        }
    };
}

const OPTIONAL: ToolMetadata = ToolMetadata::new().task(TaskSupport::Optional);
const REQUIRED: ToolMetadata = ToolMetadata::new().task(TaskSupport::Required);
const ON_DEMAND: ToolMetadata = OPTIONAL.task_on_demand();
/// That a call can become a task says that it may be one.
const ON_DEMAND_ALONE: ToolMetadata = ToolMetadata::new().task_on_demand();

pub static TOOLS: &[Tool] = &[
    tool!(wait, OPTIONAL),
    tool!(wait_for_ever, REQUIRED),
    tool!(fail, REQUIRED),
    tool!(fail_in_protocol, OPTIONAL),
    tool!(panic, OPTIONAL),
    tool!(need_a_model, OPTIONAL),
    tool!(insist, OPTIONAL),
    tool!(ask_together, OPTIONAL),
    tool!(return_a_question, OPTIONAL),
    tool!(ask_first, ON_DEMAND_ALONE),
    tool!(begin_late, ON_DEMAND),
    tool!(wait_on_demand, ON_DEMAND),
    tool!(add_tools, ToolMetadata::NONE),
];

/// No task among them.
pub static PLAIN: &[Tool] = &[tool!(fail, ToolMetadata::NONE)];

pub fn app(tools: &'static [Tool]) -> App {
    App {
        dev: true,
        settings: Settings::default,
        tools,
        prompts: &[],
        resources: &[],
        skills: &[],
        state: None,
        middleware: None,
        emulator: None,
    }
}

pub fn state(signals: &Signals) -> AppState {
    AppState::new().with(signals.clone())
}
