//! Tools to test with: what tool files would hold, and the entries that the build script would generate for them.

use std::{net::SocketAddr, sync::Mutex};

use axum::extract::ConnectInfo;
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use xmcp::{
    App,
    codegen::{self, Input, Tool},
    prelude::*,
};

/// A registry entry of a module that looks like a tool file: `tool!(async greet, of_async_1, Schema, [session])`.
macro_rules! tool {
    (@input $module:ident, Schema) => { Input::Schema(codegen::input_schema::<$module::Schema>) };
    (@input $module:ident, Raw) => { Input::Raw($module::schema) };
    (@input $module:ident, None) => { Input::None };
    (@handler async, $call:ident, $module:ident, None, $($argument:ident)*) => {{
        $(let $argument = codegen::extract($call.context()).await?;)*
        codegen::assert_send($module::handler($($argument),*)).await
    }};
    (@handler async, $call:ident, $module:ident, $input:ident, $($argument:ident)*) => {{
        let input = $call.input::<$module::Schema>()?;
        $(let $argument = codegen::extract($call.context()).await?;)*
        codegen::assert_send($module::handler(input, $($argument),*)).await
    }};
    (@handler sync, $call:ident, $module:ident, None, $($argument:ident)*) => {{
        $(let $argument = codegen::extract($call.context()).await?;)*
        codegen::run(&$module::METADATA, move || $module::handler($($argument),*)).await?
    }};
    (@handler sync, $call:ident, $module:ident, $input:ident, $($argument:ident)*) => {{
        let input = $call.input::<$module::Schema>()?;
        $(let $argument = codegen::extract($call.context()).await?;)*
        codegen::run(&$module::METADATA, move || $module::handler(input, $($argument),*)).await?
    }};
    (@shape $of:ident, $module:ident, None, $($argument:ident)*) => {
        codegen::Shape::$of(|$($argument),*| $module::handler($($argument),*))
    };
    (@shape $of:ident, $module:ident, $input:ident, $($argument:ident)*) => {
        codegen::Shape::$of(|$($argument),*| $module::handler(codegen::input(), $($argument),*))
    };
    ($kind:ident $module:ident, $of:ident, $input:ident, [$($argument:ident),*]) => {
        Tool {
            name: stringify!($module),
            description: concat!("Description of ", stringify!($module)),
            source: concat!("tools/", stringify!($module), ".rs:7:1"),
            metadata: &$module::METADATA,
            meta: None,
            input: tool!(@input $module, $input),
            shape: || tool!(@shape $of, $module, $input, $($argument)*),
            call: |call| {
                codegen::Reply::new(async move {
                    let _ = call.context();
                    let output = tool!(@handler $kind, call, $module, $input, $($argument)*);
                    codegen::IntoToolResult::into_tool_result(output)
                })
            },
        }
    };
}

/// An app of these tools.
pub fn app(tools: &'static [Tool]) -> App {
    App {
        dev: true,
        settings: codegen::Settings::default,
        tools,
        prompts: &[],
        resources: &[],
        skills: &[],
        state: None,
        middleware: None,
        emulator: None,
    }
}

/// The tools that need neither state nor session.
pub static TOOLS: &[Tool] = &[
    tool!(async hello, of_async_0, None, []),
    tool!(sync repeat, of_0, Schema, []),
    Tool {
        meta: Some(raw::meta),
        ..tool!(sync raw, of_0, Raw, [])
    },
    tool!(sync point, of_0, None, []),
    tool!(sync numbers, of_0, None, []),
    tool!(sync blocks, of_0, None, []),
    tool!(sync fail, of_0, Schema, []),
    tool!(sync panic_sync, of_0, None, []),
    tool!(async panic_at_once, of_async_0, None, []),
    tool!(async panic_later, of_async_0, None, []),
    tool!(sync panic_blocking, of_0, None, []),
    tool!(async never, of_async_0, None, []),
    tool!(sync long_text, of_0, Schema, []),
    tool!(sync long_json, of_0, Schema, []),
    tool!(async talk, of_async_1, Schema, [context]),
    tool!(async about, of_async_2, None, [context, headers]),
    tool!(sync blocking, of_0, None, []),
];

/// A tool that asks for a scope, one that wants a caller, and one that is open to all.
pub static GUARDED: &[Tool] = &[
    tool!(sync write, of_0, None, []),
    tool!(async who, of_async_1, None, [session]),
    tool!(sync maybe_who, of_1, None, [session]),
];

/// Tools that say who calls them, after a while, on a stream and on another thread.
pub static CALLERS: &[Tool] = &[
    tool!(async who_later, of_async_2, None, [session, context]),
    tool!(sync who_blocking, of_1, None, [session]),
];

/// A tool with a state.
pub static COUNTING: &[Tool] = &[tool!(sync count, of_1, None, [counter])];

/// A tool that tells the test how it fares.
pub static WATCHED: &[Tool] = &[tool!(async watched, of_async_2, None, [context, watch])];

/// A tool that leaves something behind which speaks after the answer.
pub static OUTLIVED: &[Tool] = &[tool!(async outlived, of_async_2, None, [context, watch])];

/// A tool whose spawned work ends when the call is cancelled.
pub static SPAWNING: &[Tool] = &[tool!(async spawning, of_async_2, None, [context, watch])];

/// A tool with arguments that come as headers too.
pub static ROUTED: &[Tool] = &[tool!(sync routed, of_0, Schema, [])];

/// A tool whose schema cannot be served.
pub static UNSERVABLE: &[Tool] = &[
    tool!(sync remote, of_0, Raw, []),
    tool!(sync no_object, of_0, Raw, []),
    tool!(sync no_header, of_0, Raw, []),
];

pub mod hello {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::new()
        .title("Hello")
        .read_only(true)
        .open_world(false);
    pub async fn handler() -> &'static str {
        "hello"
    }
}

pub mod repeat {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    #[derive(Deserialize, JsonSchema)]
    pub struct Schema {
        /// What to repeat
        #[schemars(length(min = 1, max = 20))]
        pub text: String,
        /// How often
        #[schemars(range(min = 1, max = 3))]
        pub times: Option<u32>,
        /// In capitals
        pub loud: Option<bool>,
        /// After it
        #[serde(default)]
        pub tags: Vec<String>,
    }
    pub fn handler(input: Schema) -> String {
        let mut text = input.text.repeat(input.times.unwrap_or(1) as usize);
        for tag in input.tags {
            text.push_str(&format!(" #{tag}"));
        }
        if input.loud.unwrap_or_default() {
            text.to_uppercase()
        } else {
            text
        }
    }
}

pub mod raw {
    use super::*;
    pub const METADATA: ToolMetadata =
        ToolMetadata::new().description("Takes what its own schema says");
    #[derive(Deserialize)]
    pub struct Schema {
        pub when: String,
    }
    pub fn schema() -> Value {
        json!({ "type": "object", "properties": { "when": { "type": "string", "pattern": "^[0-9]{4}$" } }, "required": ["when"] })
    }
    pub fn meta() -> Value {
        json!({ "example.com/color": "blue" })
    }
    pub fn handler(input: Schema) -> String {
        input.when
    }
}

pub mod point {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    #[derive(Serialize, JsonSchema)]
    pub struct Point {
        pub y: f64,
        pub x: f64,
    }
    pub fn handler() -> Json<Point> {
        Json(Point { y: 2.5, x: 1.5 })
    }
}

pub mod numbers {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub fn handler() -> Json<Vec<f64>> {
        Json(vec![1.5, 2.5])
    }
}

pub mod blocks {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub fn handler() -> Vec<Content> {
        vec![
            Text::new("text").into(),
            Image::new([0, 1], "image/png").into(),
            Audio::new([2], "audio/wav").into(),
            EmbeddedResource::text("test://a", "text/plain", "inside").into(),
            EmbeddedResource::bytes("test://b", "application/octet-stream", [3]).into(),
            ResourceLink::new("test://c", "c").title("C").size(7).into(),
        ]
    }
}

pub mod fail {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    #[derive(Deserialize, JsonSchema)]
    pub struct Schema {
        /// How
        pub how: How,
    }
    #[derive(Deserialize, JsonSchema)]
    #[serde(rename_all = "snake_case")]
    pub enum How {
        Message,
        Error,
        Internal,
        Rpc,
        IllegalRpc,
    }
    pub fn handler(input: Schema) -> Result<String> {
        match input.how {
            How::Message => Err(ToolError::new("there is no such file")),
            How::Error => Ok("99999".parse::<u16>()?.to_string()),
            How::Internal => Err(ToolError::internal("the password is hunter2")),
            How::Rpc => {
                Err(ToolError::rpc(-32602, "no such project").data(json!({ "project": 7 })))
            }
            How::IllegalRpc => Err(ToolError::rpc(-32700, "not mine to use")),
        }
    }
}

pub mod panic_sync {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub fn handler() -> String {
        panic!("the password is hunter2")
    }
}

pub mod panic_at_once {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub async fn handler() -> String {
        panic!("the password is hunter2")
    }
}

pub mod panic_later {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub async fn handler() -> String {
        tokio::task::yield_now().await;
        panic!("the password is hunter2")
    }
}

pub mod panic_blocking {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::new().blocking();
    pub fn handler() -> String {
        panic!("the password is hunter2")
    }
}

pub mod never {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub async fn handler() -> String {
        std::future::pending().await
    }
}

pub mod long_text {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    #[derive(Deserialize, JsonSchema)]
    pub struct Schema {
        /// How long
        pub bytes: usize,
    }
    pub fn handler(input: Schema) -> String {
        "x".repeat(input.bytes)
    }
}

pub mod long_json {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub use super::long_text::Schema;
    pub fn handler(input: Schema) -> Json<String> {
        Json("x".repeat(input.bytes))
    }
}

pub mod talk {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    #[derive(Deserialize, JsonSchema)]
    pub struct Schema {
        /// Whether to wait for something between the messages
        #[serde(default)]
        pub yielding: bool,
    }
    pub async fn handler(input: Schema, context: Context) -> &'static str {
        context
            .progress(Progress::new(1.0).total(2.0).message("half"))
            .await;
        if input.yielding {
            tokio::task::yield_now().await;
        }
        context.log(LogLevel::Debug, "detail").await;
        context.log(LogLevel::Warning, "look out").await;
        context.progress(Progress::new(2.0).total(2.0)).await;
        "done"
    }
}

pub mod about {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    #[derive(Serialize, JsonSchema)]
    pub struct About {
        era: String,
        transport: String,
        request_id: String,
        client: Option<String>,
        tenant: Option<String>,
        authorization: bool,
        peer: Option<String>,
    }
    pub async fn handler(context: Context, headers: Headers) -> Json<About> {
        Json(About {
            era: format!("{:?}", context.era()),
            transport: format!("{:?}", context.transport()),
            request_id: context.request_id().to_owned(),
            client: context
                .client()
                .map(|client| format!("{} {}", client.name, client.version)),
            tenant: headers.get("X-Tenant").map(str::to_owned),
            authorization: context.header("authorization").is_some(),
            peer: context
                .extension::<ConnectInfo<SocketAddr>>()
                .map(|ConnectInfo(peer)| peer.to_string()),
        })
    }
}

pub mod blocking {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::new().blocking();
    pub fn handler() -> String {
        // On a thread of a current-thread runtime this would panic.
        tokio::runtime::Handle::current().block_on(async { "on the pool".to_owned() })
    }
}

pub mod write {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::new().scopes(&["todo:read", "todo:write"]);
    pub fn handler() -> &'static str {
        "written"
    }
}

pub mod who {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub async fn handler(session: Session) -> String {
        session.user_id().to_owned()
    }
}

pub mod who_later {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub async fn handler(session: Session, context: Context) -> String {
        let user = session.user_id().to_owned();
        for step in 0..user.len() + usize::from(user.as_bytes()[user.len() - 1] % 5) {
            tokio::task::yield_now().await;
            let said = Progress::new(step as f64).message(session.user_id());
            context.progress(said).await;
        }
        assert_eq!(
            context.session().map(|session| session.user_id()),
            Some(&*user)
        );
        user
    }
}

pub mod who_blocking {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::new().blocking();
    pub fn handler(session: Session) -> String {
        session.user_id().to_owned()
    }
}

pub mod maybe_who {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub fn handler(session: Option<Session>) -> String {
        session.map_or("nobody".to_owned(), |session| session.user_id().to_owned())
    }
}

pub mod count {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub struct Counter(pub Mutex<u32>);
    pub fn handler(counter: State<Counter>) -> u32 {
        let mut count = counter.0.lock().unwrap();
        *count += 1;
        *count
    }
}

pub mod watched {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;

    /// What the handler did.
    #[derive(Debug, PartialEq)]
    pub enum Event {
        Started,
        Finished,
        Dropped,
        /// Spawned work was told that nobody waits for it any more.
        Cancelled,
    }

    /// How the test and the handler meet. The handler says something first where `says` is set, then waits for `release`.
    pub struct Watch {
        pub events: mpsc::UnboundedSender<Event>,
        pub release: Mutex<Option<oneshot::Receiver<()>>>,
        pub says: bool,
    }

    struct Guard(State<Watch>, bool);

    impl Drop for Guard {
        fn drop(&mut self) {
            let event = if self.1 {
                Event::Finished
            } else {
                Event::Dropped
            };
            self.0.events.send(event).unwrap_or_default();
        }
    }

    pub async fn handler(context: Context, watch: State<Watch>) -> &'static str {
        let mut guard = Guard(watch.clone(), false);
        watch.events.send(Event::Started).unwrap_or_default();
        if watch.says {
            context.progress(Progress::new(1.0)).await;
        }
        let release = watch.release.lock().unwrap().take();
        if let Some(release) = release {
            let _ = release.await;
        }
        guard.1 = true;
        "released"
    }
}

pub mod outlived {
    use super::{
        watched::{Event, Watch},
        *,
    };
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub async fn handler(context: Context, watch: State<Watch>) -> &'static str {
        context.progress(Progress::new(1.0)).await;
        let release = watch.release.lock().unwrap().take();
        tokio::spawn(async move {
            if let Some(release) = release {
                let _ = release.await;
            }
            context.progress(Progress::new(2.0)).await;
            watch.events.send(Event::Finished).unwrap_or_default();
        });
        "answered"
    }
}

pub mod spawning {
    use super::{
        watched::{Event, Watch},
        *,
    };
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub async fn handler(context: Context, watch: State<Watch>) -> &'static str {
        let (token, spawned) = (context.cancellation(), watch.clone());
        tokio::spawn(async move {
            spawned.events.send(Event::Started).unwrap_or_default();
            token.cancelled().await;
            spawned.events.send(Event::Cancelled).unwrap_or_default();
        });
        let release = watch.release.lock().unwrap().take();
        if let Some(release) = release {
            let _ = release.await;
        }
        watch.events.send(Event::Finished).unwrap_or_default();
        "released"
    }
}

pub mod remote {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    #[derive(Deserialize)]
    pub struct Schema {}
    pub fn schema() -> Value {
        json!({ "type": "object", "properties": { "a": { "$ref": "https://example.com/a.json" } } })
    }
    pub fn handler(_input: Schema) {}
}

pub mod no_object {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub use super::remote::Schema;
    pub fn schema() -> Value {
        json!({ "type": "string" })
    }
    pub fn handler(_input: Schema) {}
}

pub mod no_header {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub use super::remote::Schema;
    pub fn schema() -> Value {
        json!({ "type": "object", "properties": { "share": { "type": "number", "x-mcp-header": "Share" } } })
    }
    pub fn handler(_input: Schema) {}
}

pub mod routed {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    #[derive(Deserialize, JsonSchema)]
    pub struct Schema {
        #[schemars(extend("x-mcp-header" = "Region"))]
        pub region: String,
        #[schemars(extend("x-mcp-header" = "Shard"))]
        #[expect(dead_code, reason = "only its header matters")]
        pub shard: Option<u32>,
    }
    pub fn handler(input: Schema) -> String {
        input.region
    }
}
