//! The client against an app made by hand: what the build script would generate for a few tool files.

use http::StatusCode;
use serde_json::{Value, json};
use xmcp::{
    App, AppState, Era, Middleware, Session, TaskSupport,
    auth::scalekit::{self, ScalekitConfig},
    codegen::{self, Call, Input, Reply, Shape, Tool},
    prelude::*,
};
use xmcp_test::Client;

const SCOPED: ToolMetadata = ToolMetadata::new().scopes(&["todo:write"]);

struct Greeting(&'static str);

#[derive(Deserialize, JsonSchema)]
struct Greet {
    /// Whom to greet
    name: String,
    /// How often
    times: Option<u8>,
}

async fn greet(input: Greet, session: Option<Session>, greeting: State<Greeting>) -> String {
    let user = session.map_or("nobody".to_owned(), |session| session.user_id().to_owned());
    format!(
        "{} {}{}, says {user}",
        greeting.0,
        input.name,
        "!".repeat(input.times.unwrap_or(1).into())
    )
}

async fn work(context: Context, headers: Headers) -> Json<Vec<String>> {
    context.progress(Progress::new(1.0).total(1.0)).await;
    context.log(LogLevel::Info, "worked").await;
    let client = context
        .client()
        .map(|client| client.name.clone())
        .unwrap_or_default();
    Json(vec![
        client,
        headers.get("x-tenant").unwrap_or_default().to_owned(),
    ])
}

fn fail() -> Result<String> {
    Err(ToolError::new("no such file"))
}

fn work_call(call: Call<'_>) -> Reply<'_> {
    Reply::new(async move {
        let context = codegen::extract(call.context()).await?;
        let headers = codegen::extract(call.context()).await?;
        work(context, headers).await.into_tool_result()
    })
}

static TOOLS: &[Tool] = &[
    Tool {
        name: "greet",
        description: "Greet someone",
        source: "tools/greet.rs:1:1",
        metadata: &ToolMetadata::NONE,
        meta: None,
        input: Input::Schema(codegen::input_schema::<Greet>),
        shape: || Shape::of_async_2(|session, greeting| greet(codegen::input(), session, greeting)),
        call: |call| {
            Reply::new(async move {
                let input = call.input::<Greet>()?;
                let session = codegen::extract(call.context()).await?;
                let greeting = codegen::extract(call.context()).await?;
                greet(input, session, greeting).await.into_tool_result()
            })
        },
    },
    Tool {
        name: "work",
        description: "Work for a while",
        source: "tools/work.rs:1:1",
        metadata: &ToolMetadata::NONE,
        meta: None,
        input: Input::None,
        shape: || Shape::of_async_2(work),
        call: work_call,
    },
    Tool {
        name: "fail",
        description: "Fail",
        source: "tools/fail.rs:1:1",
        metadata: &SCOPED,
        meta: None,
        input: Input::None,
        shape: || Shape::of_0(fail),
        call: |_| Reply::new(async { fail().into_tool_result() }),
    },
];

fn app() -> App {
    App {
        dev: true,
        settings: codegen::Settings::default,
        tools: TOOLS,
        prompts: &[],
        resources: &[],
        skills: &[],
        state: Some(|| Box::pin(async { Ok(AppState::new().with(Greeting("Hello"))) })),
        middleware: None,
        emulator: None,
    }
}

const BOTH: [Era; 2] = [Era::Legacy, Era::Modern];

#[tokio::test]
async fn calls_a_tool_of_the_app_as_it_is() {
    let client = xmcp_test::client(app()).await;
    let greeting = client.call("greet", json!({ "name": "Ada" })).await;
    assert_eq!(greeting.text(), "Hello Ada!, says nobody");
    assert_eq!(
        greeting.content,
        json!([{ "type": "text", "text": "Hello Ada!, says nobody" }])
    );
    assert!(!greeting.is_error);
    assert_eq!(
        (
            &greeting.structured_content,
            &greeting.meta,
            &greeting.notifications[..]
        ),
        (&None, &None, &[][..])
    );
}

#[tokio::test]
async fn calls_with_a_session_a_state_and_settings_of_the_tests_making() {
    for era in BOTH {
        let client = Client::builder(app())
            .session(Session::for_test("usr_1").build())
            .state(AppState::new().with(Greeting("Hi")))
            .settings(|settings| settings.server.strict = true)
            .era(era)
            .build()
            .await
            .unwrap();
        assert_eq!(
            client
                .call("greet", json!({ "name": "Ada", "times": 2 }))
                .await
                .text(),
            "Hi Ada!!, says usr_1"
        );
        let refused = client
            .call("greet", json!({ "name": "Ada", "times": "2" }))
            .await;
        assert!(refused.is_error, "{}", refused.text());
    }
}

#[tokio::test]
async fn collects_what_a_handler_says_before_it_answers() {
    for era in BOTH {
        let client = Client::builder(app())
            .era(era)
            .header("x-tenant", "acme")
            .build()
            .await
            .unwrap();
        let worked = client.call("work", json!({})).await;
        let progress = json!({ "progressToken": 1, "progress": 1, "total": 1 });
        let expected = [
            json!({ "jsonrpc": "2.0", "method": "notifications/progress", "params": progress }),
            json!({ "jsonrpc": "2.0", "method": "notifications/message", "params": { "level": "info", "data": "worked" } }),
        ];
        assert_eq!(worked.notifications, expected, "{era:?}");
        match era {
            Era::Legacy => assert_eq!(
                worked.structured::<Value>(),
                json!({ "result": ["", "acme"] })
            ),
            Era::Modern => assert_eq!(worked.structured::<Vec<String>>(), ["xmcp-test", "acme"]),
        }
    }
}

#[tokio::test]
async fn lists_the_tools() {
    for era in BOTH {
        let client = Client::builder(app()).era(era).build().await.unwrap();
        let tools = client.list_tools().await;
        let names: Vec<&Value> = tools.iter().map(|tool| &tool["name"]).collect();
        assert_eq!(names, ["greet", "work", "fail"]);
    }
}

#[tokio::test]
async fn sends_any_request() {
    let modern = xmcp_test::client(app()).await;
    assert_eq!(
        modern.request("server/discover", json!({})).await.unwrap()["supportedVersions"][0],
        "2026-07-28"
    );
    let legacy = Client::builder(app())
        .era(Era::Legacy)
        .build()
        .await
        .unwrap();
    assert_eq!(legacy.request("ping", json!({})).await, Ok(json!({})));
    let params = json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } });
    assert_eq!(
        legacy.request("initialize", params).await.unwrap()["protocolVersion"],
        "2025-06-18"
    );
}

#[tokio::test]
async fn headers_name_what_a_request_is_about() {
    use xmcp::codegen::{self, Input, Prompt, Reply, Resource, Shape};

    static PROMPTS: &[Prompt] = &[Prompt {
        name: "hello",
        description: "Says hello",
        source: "prompts/hello.rs:2:1",
        metadata: &codegen::PromptMetadata::NONE,
        meta: None,
        input: Input::None,
        shape: || Shape::prompt_0(String::new),
        call: |_| Reply::new(async { codegen::IntoPromptResult::into_prompt_result("hello") }),
        complete: None,
    }];
    static RESOURCES: &[Resource] = &[Resource {
        uri: "docs://readme",
        name: "docs_readme",
        description: "What to read first",
        source: "resources/(docs)/readme.rs:2:1",
        metadata: &codegen::ResourceMetadata::NONE,
        meta: None,
        input: Input::None,
        parameters: &[],
        shape: || Shape::resource_0(String::new),
        call: |_| Reply::new(async { codegen::IntoResourceResult::into_resource_result("read") }),
        complete: None,
    }];
    let app = App {
        prompts: PROMPTS,
        resources: RESOURCES,
        ..app()
    };
    let client = xmcp_test::client(app).await;

    let prompt = client.request("prompts/get", json!({ "name": "hello" }));
    assert_eq!(
        prompt.await.unwrap()["messages"][0]["content"]["text"],
        "hello"
    );
    let resource = client.request("resources/read", json!({ "uri": "docs://readme" }));
    assert_eq!(resource.await.unwrap()["contents"][0]["text"], "read");
}

#[tokio::test]
async fn a_refusal_names_what_was_asked_and_what_came_back() {
    let client = xmcp_test::client(app()).await;
    let unknown = client.try_call("no_such", json!({})).await.unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "tool `no_such` was answered with error -32602 (status 200): unknown tool `no_such`"
    );
    let refused = client.try_call("fail", json!({})).await.unwrap_err();
    let expected = "tool `fail` was answered with error -32600 (status 403): insufficient scope, with {\"required_scopes\":[\"todo:write\"]}";
    assert_eq!(
        (refused.to_string().as_str(), refused.status()),
        (expected, 403)
    );
    let error = refused.rpc().unwrap();
    assert_eq!((error.code, error.status), (-32600, StatusCode::FORBIDDEN));
    let method = client.request("ping", json!({})).await.unwrap_err();
    assert_eq!(
        method.to_string(),
        "`ping` was answered with error -32601 (status 404): method not found: `ping`"
    );
}

#[tokio::test]
async fn a_provider_is_left_out_and_needs_no_variables() {
    fn middleware() -> xmcp::Result<Middleware> {
        let config = ScalekitConfig::from_env()?.required_scopes(["todo:read"]);
        Ok(scalekit::provider(config).into())
    }
    let app = App {
        middleware: Some(middleware),
        ..app()
    };
    let client = xmcp_test::client(app).await;
    let greeting = client.call("greet", json!({ "name": "Ada" })).await;
    assert_eq!(greeting.text(), "Hello Ada!, says nobody");
    let ada = Session::for_test("usr_1").build();
    let client = Client::builder(app).session(ada).build().await.unwrap();
    let greeting = client.call("greet", json!({ "name": "Ada" })).await;
    assert_eq!(greeting.text(), "Hello Ada!, says usr_1");
}

#[tokio::test]
async fn what_a_layer_answers_is_shown_as_it_is() {
    fn middleware() -> xmcp::Result<Middleware> {
        let refuse = |_: axum::extract::Request, _: axum::middleware::Next| async {
            (StatusCode::UNAUTHORIZED, "sign in first")
        };
        Ok(Middleware::new().layer(axum::middleware::from_fn(refuse)))
    }
    let client = xmcp_test::client(App {
        middleware: Some(middleware),
        ..app()
    })
    .await;
    let refused = client
        .try_call("greet", json!({ "name": "Ada" }))
        .await
        .unwrap_err();
    assert_eq!(
        refused.to_string(),
        "tool `greet` was answered with status 401 and no response of the protocol: sign in first"
    );
}

#[tokio::test]
async fn a_failure_of_the_tool_is_a_result() {
    let session = Session::for_test("usr_1").scopes(["todo:write"]).build();
    let client = Client::builder(app())
        .session(session)
        .build()
        .await
        .unwrap();
    let failed = client.call("fail", json!({})).await;
    assert_eq!(
        (failed.is_error, failed.text().as_str()),
        (true, "no such file")
    );
}

#[tokio::test]
#[should_panic = "tool `fail` was answered with error -32600"]
async fn calling_what_is_refused_panics() {
    xmcp_test::client(app()).await.call("fail", json!({})).await;
}

#[tokio::test]
#[should_panic = "tool `greet` answered without structured content: Hello Ada!, says nobody"]
async fn structured_content_that_is_not_there_panics_with_the_text() {
    xmcp_test::client(app())
        .await
        .call("greet", json!({ "name": "Ada" }))
        .await
        .structured::<Value>();
}

#[tokio::test]
#[should_panic = "structured content of tool `work` is no `u8`"]
async fn structured_content_of_another_type_panics_with_the_content() {
    xmcp_test::client(app())
        .await
        .call("work", json!({}))
        .await
        .structured::<u8>();
}

#[tokio::test]
#[should_panic = "the app does not start: tools/greet.rs:1:1: the handler of `greet` takes `State<client::Greeting>`"]
async fn an_app_that_does_not_start_panics_with_the_reason() {
    xmcp_test::client(App {
        state: None,
        ..app()
    })
    .await;
}

#[tokio::test]
async fn settings_for_the_world_do_not_matter_in_memory() {
    let client = Client::builder(app())
        .settings(|settings| {
            settings.http.host = "0.0.0.0".to_owned();
            settings.http.public_url = Some("https://mcp.example.com".to_owned());
            settings.http.endpoint = "/v1".to_owned();
        })
        .build()
        .await
        .unwrap();
    assert_eq!(
        client.call("greet", json!({ "name": "Ada" })).await.text(),
        "Hello Ada!, says nobody"
    );
}

#[derive(Deserialize, JsonSchema)]
struct Name {
    name: String,
}

/// Asks twice, in two rounds, and says so.
async fn ask(context: Context) -> Result<String> {
    let name = context.elicit::<Name>("What is your name?").await?;
    context.log(LogLevel::Info, "asked once").await;
    let answer = context.sample(Sampling::new().user("Greet")).await?;
    let name = name.accepted().map_or_else(String::new, |name| name.name);
    Ok(format!("{} {name}", answer.text()))
}

static ASKING: &[Tool] = &[Tool {
    name: "ask",
    description: "Ask someone",
    source: "tools/ask.rs:1:1",
    metadata: &ToolMetadata::NONE,
    meta: None,
    input: Input::None,
    shape: || Shape::of_async_1(ask),
    call: |call| {
        Reply::new(async move {
            let context = codegen::extract(call.context()).await?;
            ask(context).await.into_tool_result()
        })
    },
}];

fn asking() -> App {
    App {
        tools: ASKING,
        ..app()
    }
}

#[tokio::test]
async fn the_questions_of_a_tool_are_answered_by_the_test() {
    let client = Client::builder(asking())
        .answering(|question| match question["method"].as_str() {
            Some("elicitation/create") => {
                json!({ "action": "accept", "content": { "name": "Ada" } })
            }
            _ => json!({ "role": "assistant", "content": { "type": "text", "text": "Hi" }, "model": "m" }),
        })
        .build()
        .await
        .unwrap();
    let greeting = client.call("ask", json!({})).await;
    assert_eq!(greeting.text(), "Hi Ada");
    // The tool ran three times from its start, and came as far as its message in two of them.
    assert_eq!(greeting.notifications.len(), 2);
}

#[tokio::test]
async fn a_tool_that_asks_nobody_is_an_error_that_says_what_to_write() {
    let client = xmcp_test::client(asking()).await;
    let error = client.try_call("ask", json!({})).await.unwrap_err();
    assert_eq!(error.rpc().unwrap().code, -32021);
    let params = json!({
        "name": "ask",
        "_meta": { "io.modelcontextprotocol/clientCapabilities": { "elicitation": {} } },
    });
    let asked = client.request("tools/call", params).await.unwrap();
    assert_eq!(asked["resultType"], "input_required");
    // A client that answers with nothing usable is asked again and again, but not for ever.
    let client = Client::builder(asking())
        .answering(|_| json!(null))
        .build()
        .await
        .unwrap();
    let error = client.try_call("ask", json!({})).await.unwrap_err();
    assert!(error.to_string().contains("answering(..)"), "{error}");
}

#[derive(Deserialize, JsonSchema)]
struct Routed {
    #[schemars(extend("x-mcp-header" = "Region"))]
    region: String,
    place: Place,
}

#[derive(Deserialize, JsonSchema)]
struct Place {
    #[schemars(extend("x-mcp-header" = "Shard"))]
    shard: u8,
}

static ROUTED: &[Tool] = &[Tool {
    name: "routed",
    input: Input::Schema(codegen::input_schema::<Routed>),
    shape: || Shape::of_0(String::new),
    call: |call| {
        Reply::new(async move {
            let Routed { region, place } = call.input()?;
            format!("{region} {}", place.shard).into_tool_result()
        })
    },
    ..ASKING_AS_A_TASK
}];

const ASKING_AS_A_TASK: Tool = Tool {
    metadata: &ToolMetadata::new().task(TaskSupport::Required),
    ..ASKING[0]
};

static FAILING_AS_A_TASK: &[Tool] = &[
    ASKING_AS_A_TASK,
    Tool {
        name: "fail",
        shape: || Shape::of_0(String::new),
        call: |_| Reply::new(async { Err(ToolError::rpc(-32603, "no luck")) }),
        ..ASKING_AS_A_TASK
    },
];

#[tokio::test]
async fn tools_that_run_as_tasks_and_take_arguments_in_headers_are_called_like_any_other() {
    let answer = |question: &Value| match question["method"].as_str() {
        Some("elicitation/create") => json!({ "action": "accept", "content": { "name": "Ada" } }),
        _ => {
            json!({ "role": "assistant", "content": { "type": "text", "text": "Hi" }, "model": "m" })
        }
    };
    let client = async |tools| {
        let app = App { tools, ..app() };
        Client::builder(app)
            .answering(answer)
            .build()
            .await
            .unwrap()
    };
    let arguments = json!({ "region": "Zürich", "place": { "shard": 7 } });
    let routed = client(ROUTED).await.call("routed", arguments).await;
    assert_eq!(routed.text(), "Zürich 7");
    let tasks = client(FAILING_AS_A_TASK).await;
    assert_eq!(tasks.call("ask", json!({})).await.text(), "Hi Ada");
    let error = tasks.try_call("fail", json!({})).await.unwrap_err();
    assert_eq!(error.rpc().unwrap().message, "no luck");
}
