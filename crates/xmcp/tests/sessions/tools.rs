//! Tools that wait for the test, and say and ask what it wants.

use schemars::JsonSchema;
use serde::Deserialize;
use tokio::sync::Semaphore;
use xmcp::{
    App, Context, LogLevel, Progress, ResourceMetadata, Result, ServerHandle, State, ToolMetadata,
    codegen::{
        self, Call, Input, IntoResourceResult, IntoToolResult, Reply, Resource, Settings, Shape,
        Tool,
    },
};

/// How the test and the handlers meet.
pub struct Stage {
    /// A permit for every handler that has said its first words.
    pub entered: Semaphore,
    /// A permit lets one handler go on.
    pub door: Semaphore,
    /// A permit for every handler that was dropped before its end.
    pub dropped: Semaphore,
}

impl Default for Stage {
    fn default() -> Self {
        Self {
            entered: Semaphore::new(0),
            door: Semaphore::new(0),
            dropped: Semaphore::new(0),
        }
    }
}

/// Tells the test when a handler ends before it is done.
struct Entered(State<Stage>, bool);

impl Entered {
    async fn wait(&mut self) {
        self.0.entered.add_permits(1);
        if let Ok(permit) = self.0.door.acquire().await {
            permit.forget();
        }
        self.1 = true;
    }
}

impl Drop for Entered {
    fn drop(&mut self) {
        if !self.1 {
            self.0.dropped.add_permits(1);
        }
    }
}

#[derive(Deserialize, JsonSchema)]
struct Schema {
    /// How much to say before the door and after it
    #[serde(default)]
    says: u32,
}

/// Says something, waits, says something again.
async fn say(Schema { says }: Schema, context: Context, stage: State<Stage>) -> &'static str {
    let mut entered = Entered(stage, false);
    for step in 0..says {
        context.progress(Progress::new(f64::from(step))).await;
    }
    entered.wait().await;
    for step in says..2 * says {
        context.progress(Progress::new(f64::from(step))).await;
    }
    "said"
}

/// Waits without a context.
async fn wait(stage: State<Stage>) -> &'static str {
    Entered(stage, false).wait().await;
    "waited"
}

/// Lets the client go, and waits.
async fn pause(context: Context, stage: State<Stage>) -> &'static str {
    context.close_stream();
    Entered(stage, false).wait().await;
    "paused"
}

/// Says at the level of debugging and of warnings.
async fn log(context: Context) -> &'static str {
    context.log(LogLevel::Debug, "detail").await;
    context.log(LogLevel::Warning, "look out").await;
    "logged"
}

#[derive(Deserialize, JsonSchema)]
struct Name {
    /// Your name
    name: String,
}

/// Asks for a name.
async fn ask(context: Context) -> Result<String> {
    let name = context.elicit::<Name>("What is your name?").await?;
    Ok(match name.accepted() {
        Some(Name { name }) => format!("Hello, {name}!"),
        None => "Hello, stranger!".to_owned(),
    })
}

/// Who the client is.
async fn client(context: Context) -> String {
    context
        .client()
        .map_or("nobody", |client| &client.name)
        .to_owned()
}

#[derive(Deserialize, JsonSchema)]
struct Changed {
    /// `tools`, `prompts`, `resources`, or the URI of one
    what: Vec<String>,
}

/// Says that something has changed.
async fn change(Changed { what }: Changed, server: ServerHandle) -> &'static str {
    for what in what {
        match &*what {
            "tools" => server.tools_changed(),
            "prompts" => server.prompts_changed(),
            "resources" => server.resources_changed(),
            uri => server.resource_updated(uri),
        }
    }
    "changed"
}

const SECRET: ResourceMetadata = ResourceMetadata::new().scopes(&["notes:read"]);

fn note(uri: &'static str, metadata: &'static ResourceMetadata) -> Resource {
    Resource {
        uri,
        name: "note",
        description: "Description",
        source: "resources/test.rs:1:1",
        metadata,
        meta: None,
        input: Input::None,
        parameters: &[],
        shape: || Shape::resource_0(|| "text"),
        call: |_| Reply::new(async { "text".into_resource_result() }),
        complete: None,
    }
}

/// The app with resources, one of which asks for a scope where somebody is signed in.
pub fn with_resources(signed_in: bool) -> App {
    let mut resources = vec![note("notes://1", &ResourceMetadata::NONE)];
    if signed_in {
        resources.push(note("notes://secret", &SECRET));
    }
    App {
        resources: resources.leak(),
        ..app()
    }
}

fn entry(
    name: &'static str,
    input: Input,
    shape: fn() -> Shape,
    call: for<'a> fn(Call<'a>) -> Reply<'a>,
) -> Tool {
    Tool {
        name,
        description: "Description",
        source: "tools/test.rs:1:1",
        metadata: &ToolMetadata::NONE,
        meta: None,
        input,
        shape,
        call,
    }
}

/// An entry whose handler takes these from the request.
macro_rules! tool {
    ($handler:ident, $shape:ident, [$($argument:ident),*]) => {
        entry(stringify!($handler), Input::None, || Shape::$shape($handler), |call| {
            Reply::new(async move {
                $(let $argument = codegen::extract(call.context()).await?;)*
                $handler($($argument),*).await.into_tool_result()
            })
        })
    };
}

/// The app.
pub fn app() -> App {
    let say = entry(
        "say",
        Input::Schema(codegen::input_schema::<Schema>),
        || Shape::of_async_2(|context, stage| say(codegen::input(), context, stage)),
        |call| {
            Reply::new(async move {
                let input = call.input()?;
                let context = codegen::extract(call.context()).await?;
                let stage = codegen::extract(call.context()).await?;
                say(input, context, stage).await.into_tool_result()
            })
        },
    );
    let change = entry(
        "change",
        Input::Schema(codegen::input_schema::<Changed>),
        || Shape::of_async_1(|server| change(codegen::input(), server)),
        |call| {
            Reply::new(async move {
                let input = call.input()?;
                let server = codegen::extract(call.context()).await?;
                change(input, server).await.into_tool_result()
            })
        },
    );
    let tools = vec![
        say,
        change,
        tool!(wait, of_async_1, [stage]),
        tool!(pause, of_async_2, [context, stage]),
        tool!(log, of_async_1, [context]),
        tool!(ask, of_async_1, [context]),
        tool!(client, of_async_1, [context]),
    ];
    App {
        dev: true,
        settings: Settings::default,
        tools: tools.leak(),
        prompts: &[],
        resources: &[],
        skills: &[],
        state: None,
        middleware: None,
        emulator: None,
    }
}
