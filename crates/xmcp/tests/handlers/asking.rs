//! Handlers that ask the client, one for each way and each thing that can come of it.

use serde_json::json;
use xmcp::{
    Answer, Capability,
    codegen::{
        self, Call, Input, IntoPromptResult, IntoResourceResult, IntoToolResult, Prompt, Reply,
        Resource, Shape, Tool,
    },
    prelude::*,
};

#[derive(Deserialize, JsonSchema)]
struct Name {
    /// Your name
    #[schemars(length(min = 2))]
    name: String,
}

#[derive(Deserialize, JsonSchema)]
struct Color {
    color: Shade,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Shade {
    Red,
    Blue,
}

#[derive(Deserialize, JsonSchema)]
struct Nested {
    #[expect(dead_code, reason = "no form has it")]
    name: Name,
}

async fn ask(context: Context) -> Result<String> {
    Ok(match context.elicit::<Name>("What is your name?").await? {
        Elicited::Accept(Name { name }) => format!("Hello, {name}!"),
        Elicited::Decline => "declined".to_owned(),
        Elicited::Cancel => "cancelled".to_owned(),
    })
}

/// Two questions at a time, one under a key of its own.
async fn ask_together(context: Context) -> Result<String> {
    let name = context.elicit::<Name>("What is your name?").key("name");
    let (name, roots) = tokio::join!(name, context.roots());
    let name = name?
        .accepted()
        .map_or("nobody".to_owned(), |name| name.name);
    let roots: Vec<String> = roots?.into_iter().map(|root| root.uri).collect();
    Ok(format!("{name} in {}", roots.join(", ")))
}

/// The second question depends on the answer to the first.
async fn ask_in_turn(context: Context) -> Result<String> {
    context.progress(Progress::new(1.0)).await;
    let Some(Name { name }) = context
        .elicit::<Name>("What is your name?")
        .await?
        .accepted()
    else {
        return Ok("nobody".to_owned());
    };
    context.progress(Progress::new(2.0)).await;
    let question = format!("What color does {name} like?");
    let color = context.elicit::<Color>(question).await?.accepted();
    Ok(format!("{name} likes {:?}", color.map(|color| color.color)))
}

async fn ask_model(context: Context) -> Result<String> {
    let question = Sampling::new()
        .user("What is the capital of France?")
        .max_tokens(100);
    let answer = context.sample(question).await?;
    Ok(format!("{} says {}", answer.model, answer.text()))
}

async fn send_away(context: Context) -> Result<String> {
    let answer = context
        .elicit_url("Connect your account", "https://example.com/connect")
        .await?;
    Ok(format!("{answer:?}"))
}

async fn ask_from_a_task(context: Context) -> Result<String> {
    let asking = context.clone();
    let task = tokio::spawn(async move {
        tokio::task::yield_now().await;
        asking.roots().await.map(|roots| roots.len())
    });
    Ok(format!("{} roots", task.await??))
}

async fn ask_for_a_tree(context: Context) -> Result<String> {
    context.elicit::<Nested>("Everything?").await?;
    Ok("asked".to_owned())
}

fn need_a_model(context: Context) -> Result<String> {
    context.require(Capability::Sampling)?;
    Ok(format!(
        "may it call tools? {}",
        context.supports(&Capability::SamplingTools)
    ))
}

/// Asks by what it returns.
fn return_a_question(context: Context) -> Result<String, InputRequired> {
    match context.answer::<Name>("user_name") {
        Ok(Some(Elicited::Accept(Name { name }))) => Ok(format!("Hello, {name}!")),
        Ok(Some(other)) => Ok(format!("nobody: {}", other.is_accepted())),
        Ok(None) | Err(_) => {
            Err(InputRequired::new().elicit::<Name>("user_name", "What is your name?"))
        }
    }
}

fn return_three_questions(context: Context) -> Result<String> {
    let name = context.answer::<Name>("user_name")?;
    let greeting = context.answer::<Sampled>("greeting")?;
    let roots = context.answer::<Roots>("client_roots")?;
    let (Some(name), Some(greeting), Some(roots)) = (name, greeting, roots) else {
        return Err(InputRequired::new()
            .elicit::<Name>("user_name", "What is your name?")
            .sample("greeting", Sampling::new().user("Greet").max_tokens(50))
            .roots("client_roots")
            .state(&"three")
            .into());
    };
    let state: Option<String> = context.request_state()?;
    let name = name.accepted().map_or_else(String::new, |name| name.name);
    Ok(format!(
        "{} {name}, {} roots, {state:?}",
        greeting.text(),
        roots.len()
    ))
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Steps {
    done: Vec<String>,
}

/// Three rounds that each leave something for the next.
fn return_one_by_one(context: Context) -> Result<String> {
    let mut steps: Steps = context.request_state()?.unwrap_or_default();
    let key = format!("step{}", steps.done.len() + 1);
    if let Some(answer) = context.answer::<Name>(&key)? {
        steps
            .done
            .push(answer.accepted().map_or_else(String::new, |name| name.name));
    }
    if steps.done.len() == 3 {
        return Ok(steps.done.join(" "));
    }
    let key = format!("step{}", steps.done.len() + 1);
    Err(InputRequired::new()
        .elicit::<Name>(key, "The next word?")
        .state(&steps)
        .into())
}

/// Tells of its steps, those before its question included.
async fn tell_and_return_a_question(context: Context) -> Result<String> {
    context.progress(Progress::new(1.0)).await;
    let Some(answer) = context.answer::<Name>("user_name")? else {
        return Err(InputRequired::new()
            .elicit::<Name>("user_name", "What is your name?")
            .into());
    };
    for step in [0.5, 2.0, 2.0, f64::NAN] {
        context.progress(Progress::new(step)).await;
    }
    Ok(format!("{}", answer.is_accepted()))
}

/// Never content.
fn insist() -> InputRequired {
    InputRequired::new().elicit::<Name>("again", "And now?")
}

fn ask_for_nothing() -> InputRequired {
    InputRequired::new()
}

fn ask_for_a_tree_at_last() -> InputRequired {
    InputRequired::new().elicit::<Nested>("all", "Everything?")
}

fn come_back() -> InputRequired {
    InputRequired::new().state(&json!({ "later": true }))
}

/// What all that ask by a key have in common, for prompts and resources.
fn one<T>(context: &Context, key: &str) -> Result<T::Output, ToolError>
where
    T: Answer + serde::de::DeserializeOwned + JsonSchema,
{
    match context.answer::<T>(key)? {
        Some(answer) => Ok(answer),
        None => Err(InputRequired::new()
            .elicit::<T>(key, "What is your name?")
            .into()),
    }
}

fn prompt(context: Context) -> Result<String> {
    let name = one::<Name>(&context, "user_name")?;
    Ok(format!(
        "Write to {}",
        name.accepted().map_or_else(String::new, |name| name.name)
    ))
}

async fn resource(context: Context) -> Result<String> {
    ask(context).await
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

macro_rules! tool {
    (async $handler:ident) => {
        Tool {
            name: stringify!($handler),
            shape: || Shape::of_async_1($handler),
            call: |call: Call<'_>| {
                Reply::new(async move {
                    let context = codegen::extract(call.context()).await?;
                    codegen::assert_send($handler(context))
                        .await
                        .into_tool_result()
                })
            },
            ..TOOL
        }
    };
    (sync $handler:ident) => {
        Tool {
            name: stringify!($handler),
            shape: || Shape::of_1($handler),
            call: |call: Call<'_>| {
                Reply::new(async move {
                    let context = codegen::extract(call.context()).await?;
                    codegen::run(&ToolMetadata::NONE, move || $handler(context))
                        .await?
                        .into_tool_result()
                })
            },
            ..TOOL
        }
    };
    (bare $handler:ident) => {
        Tool {
            name: stringify!($handler),
            shape: || Shape::of_0($handler),
            call: |_| Reply::new(async { $handler().into_tool_result() }),
            ..TOOL
        }
    };
}

/// Takes arguments, to which a state is bound.
#[derive(Deserialize, JsonSchema)]
struct Schema {
    /// What for
    topic: String,
}

fn bound(Schema { topic }: Schema, context: Context) -> Result<String> {
    let Some(state) = context.request_state::<String>()? else {
        return Err(InputRequired::new()
            .elicit::<Name>("confirm", format!("About {topic}?"))
            .state(&topic)
            .into());
    };
    Ok(format!("state-ok: {state}"))
}

pub static TOOLS: &[Tool] = &[
    tool!(async ask),
    tool!(async ask_together),
    tool!(async ask_in_turn),
    tool!(async ask_model),
    tool!(async send_away),
    tool!(async ask_from_a_task),
    tool!(async ask_for_a_tree),
    tool!(sync need_a_model),
    tool!(sync return_a_question),
    tool!(sync return_three_questions),
    tool!(sync return_one_by_one),
    tool!(async tell_and_return_a_question),
    tool!(bare insist),
    tool!(bare ask_for_nothing),
    tool!(bare ask_for_a_tree_at_last),
    tool!(bare come_back),
    BOUND,
    Tool {
        name: "bound_as_well",
        ..BOUND
    },
];

const BOUND: Tool = Tool {
    name: "bound",
    input: Input::Schema(codegen::input_schema::<Schema>),
    shape: || Shape::of_1(|context| bound(codegen::input(), context)),
    call: |call: Call<'_>| {
        Reply::new(async move {
            let (input, context) = (call.input()?, codegen::extract(call.context()).await?);
            codegen::run(&ToolMetadata::NONE, move || bound(input, context))
                .await?
                .into_tool_result()
        })
    },
    ..TOOL
};

pub static PROMPTS: &[Prompt] = &[Prompt {
    name: "ask_first",
    description: "For tests",
    source: "prompts/test.rs:1:1",
    metadata: &codegen::PromptMetadata::NONE,
    meta: None,
    input: Input::None,
    shape: || Shape::prompt_1(prompt),
    call: |call: Call<'_>| {
        Reply::new(
            async move { prompt(codegen::extract(call.context()).await?).into_prompt_result() },
        )
    },
    complete: None,
}];

pub static RESOURCES: &[Resource] = &[Resource {
    uri: "test://asked",
    name: "asked",
    description: "For tests",
    source: "resources/test.rs:1:1",
    metadata: &codegen::ResourceMetadata::NONE,
    meta: None,
    input: Input::None,
    parameters: &[],
    shape: || Shape::resource_async_1(resource),
    call: |call: Call<'_>| {
        Reply::new(async move {
            resource(codegen::extract(call.context()).await?)
                .await
                .into_resource_result()
        })
    },
    complete: None,
}];
