//! Prompts and resources to test with: what their files would hold, and the entries that the build script would generate for them.

use std::time::Duration;

use serde_json::{Value, json};
use xmcp::{
    Icon, IconTheme,
    codegen::{self, Input, Parameter, Prompt, Resource},
    content::Role,
    prelude::*,
};

/// The entry of a module that looks like a prompt file: `entry!(Prompt review, async prompt_async_1, Schema, [session])`.
macro_rules! entry {
    (@input $module:ident, Schema) => { Input::Schema(codegen::input_schema::<$module::Schema>) };
    (@input $module:ident, None) => { Input::None };
    (@output async, $call:ident, $module:ident, None, $($argument:ident)*) => {{
        $(let $argument = codegen::extract($call.context()).await?;)*
        codegen::assert_send($module::handler($($argument),*)).await
    }};
    (@output async, $call:ident, $module:ident, Schema, $($argument:ident)*) => {{
        let input = $call.input::<$module::Schema>()?;
        $(let $argument = codegen::extract($call.context()).await?;)*
        codegen::assert_send($module::handler(input, $($argument),*)).await
    }};
    (@output sync, $call:ident, $module:ident, None, $($argument:ident)*) => {{
        $(let $argument = codegen::extract($call.context()).await?;)*
        codegen::run(&$module::METADATA, move || $module::handler($($argument),*)).await?
    }};
    (@output sync, $call:ident, $module:ident, Schema, $($argument:ident)*) => {{
        let input = $call.input::<$module::Schema>()?;
        $(let $argument = codegen::extract($call.context()).await?;)*
        codegen::run(&$module::METADATA, move || $module::handler(input, $($argument),*)).await?
    }};
    (@shape $of:ident, $module:ident, None, $($argument:ident)*) => {
        codegen::Shape::$of(|$($argument),*| $module::handler($($argument),*))
    };
    (@shape $of:ident, $module:ident, Schema, $($argument:ident)*) => {
        codegen::Shape::$of(|$($argument),*| $module::handler(codegen::input(), $($argument),*))
    };
    (Prompt $module:ident, $kind:ident $of:ident, $input:ident, [$($argument:ident),*]) => {
        Prompt {
            name: stringify!($module),
            description: concat!("Description of ", stringify!($module)),
            source: concat!("prompts/", stringify!($module), ".rs:7:1"),
            metadata: &$module::METADATA,
            meta: None,
            input: entry!(@input $module, $input),
            shape: || entry!(@shape $of, $module, $input, $($argument)*),
            call: |call| {
                codegen::Reply::new(async move {
                    let _ = call.context();
                    let output = entry!(@output $kind, call, $module, $input, $($argument)*);
                    codegen::IntoPromptResult::into_prompt_result(output)
                })
            },
            complete: None,
        }
    };
    (Resource $module:ident, $uri:literal, [$($parameter:expr),*], $kind:ident $of:ident, $input:ident, [$($argument:ident),*]) => {
        Resource {
            uri: $uri,
            name: stringify!($module),
            description: concat!("Description of ", stringify!($module)),
            source: concat!("resources/", stringify!($module), ".rs:7:1"),
            metadata: &$module::METADATA,
            meta: None,
            input: entry!(@input $module, $input),
            parameters: &[$($parameter),*],
            shape: || entry!(@shape $of, $module, $input, $($argument)*),
            call: |call| {
                codegen::Reply::new(async move {
                    let _ = call.context();
                    let output = entry!(@output $kind, call, $module, $input, $($argument)*);
                    codegen::IntoResourceResult::into_resource_result(output)
                })
            },
            complete: None,
        }
    };
}

/// What the build script makes of `complete()`.
macro_rules! complete {
    ($module:ident $(, $argument:ident)*) => {
        Some(|call| {
            codegen::Reply::new(async move {
                $(let $argument = codegen::extract(call.context()).await?;)*
                codegen::IntoCompletion::into_completion($module::complete(call.argument(), call.value() $(, $argument)*))
            })
        })
    };
}

const fn parameter(name: &'static str) -> Parameter {
    Parameter { name, rest: false }
}

const fn rest(name: &'static str) -> Parameter {
    Parameter { name, rest: true }
}

pub static PROMPTS: &[Prompt] = &[
    entry!(Prompt plain, sync prompt_0, None, []),
    Prompt {
        meta: Some(review::meta),
        complete: complete!(review, others),
        ..entry!(Prompt review, async prompt_async_1, Schema, [context])
    },
    entry!(Prompt messages, sync prompt_0, None, []),
    entry!(Prompt failing, sync prompt_0, Schema, []),
    entry!(Prompt guarded_prompt, sync prompt_0, None, []),
    entry!(Prompt endless, async prompt_async_0, None, []),
];

pub static RESOURCES: &[Resource] = &[
    Resource {
        meta: Some(rules::meta),
        ..entry!(Resource rules, "test://rules", [], sync resource_0, None, [])
    },
    entry!(Resource picture, "test://picture", [], async resource_async_0, None, []),
    entry!(Resource folder, "test://folder", [], sync resource_0, None, []),
    entry!(Resource config, "test://config", [], sync resource_0, None, []),
    entry!(Resource guarded, "test://users/root", [], sync resource_0, None, []),
    entry!(Resource broken, "test://broken", [], sync resource_0, None, []),
    Resource {
        complete: complete!(user),
        ..entry!(Resource user, "test://users/{user_id}", [parameter("user_id")], sync resource_0, Schema, [])
    },
    entry!(Resource post, "test://users/{user_id}/posts/{number}", [parameter("user_id"), parameter("number")], async resource_async_1, Schema, [context]),
    entry!(Resource file, "test://files/{+path}", [rest("path")], sync resource_0, Schema, []),
    entry!(Resource color, "test://colors/{color}", [parameter("color")], sync resource_0, Schema, []),
];

pub mod plain {
    use super::*;
    pub const METADATA: PromptMetadata = PromptMetadata::NONE;
    pub fn handler() -> &'static str {
        "a plain prompt"
    }
}

pub mod review {
    use super::*;
    pub const METADATA: PromptMetadata = PromptMetadata::new()
        .title("Code review")
        .description("Reviews code")
        .icons(&[Icon::new("https://example.com/a.png")
            .mime_type("image/png")
            .sizes(&["48x48", "96x96"])
            .theme(IconTheme::Dark)]);
    #[derive(Deserialize, JsonSchema)]
    pub struct Schema {
        /// What to review
        #[schemars(title = "Code", length(max = 100))]
        pub code: String,
        pub language: String,
        /// How strict to be
        pub tone: Option<Tone>,
    }
    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(rename_all = "kebab-case")]
    pub enum Tone {
        Kind,
        VeryKind,
        Harsh,
    }
    pub fn meta() -> Value {
        json!({ "example.com/color": "blue" })
    }
    pub async fn handler(input: Schema, context: Context) -> String {
        let transport = context.transport();
        format!(
            "{} in {} ({:?}, {transport:?})",
            input.code, input.language, input.tone
        )
    }
    pub fn complete(argument: &str, value: &str, others: OtherArguments) -> Result<Vec<String>> {
        let all: Vec<String> = match argument {
            "language" => vec![
                "Python".to_owned(),
                "typescript".to_owned(),
                "python3".to_owned(),
            ],
            "code" if value == "many" => (0..250).map(|number| format!("x{number}")).collect(),
            "code" if value == "fail" => return Err(ToolError::new("the index is being rebuilt")),
            "code" => vec![format!(
                "{value} in {}",
                others.get("language").unwrap_or("nothing")
            )],
            _ => Vec::new(),
        };
        Ok(all)
    }
}

pub mod messages {
    use super::*;
    pub const METADATA: PromptMetadata = PromptMetadata::NONE.order(-1);
    pub fn handler() -> GetPromptResult {
        GetPromptResult::new()
            .description("Several")
            .user(Image::new([0, 1], "image/png"))
            .user(EmbeddedResource::text("test://a", "text/plain", "inside"))
            .assistant("I see.")
    }
}

pub mod failing {
    use super::*;
    pub const METADATA: PromptMetadata = PromptMetadata::NONE;
    #[derive(Deserialize, JsonSchema)]
    pub struct Schema {
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
            How::Rpc => Err(ToolError::rpc(-32602, "no such project")),
            How::IllegalRpc => Err(ToolError::rpc(-32700, "not mine to use")),
        }
    }
}

pub mod guarded_prompt {
    use super::*;
    pub const METADATA: PromptMetadata = PromptMetadata::new().scopes(&["todo:read"]);
    pub fn handler() -> &'static str {
        "for readers"
    }
}

pub mod endless {
    use super::*;
    pub const METADATA: PromptMetadata = PromptMetadata::NONE;
    pub async fn handler() -> String {
        std::future::pending().await
    }
}

pub mod rules {
    use super::*;
    pub const METADATA: ResourceMetadata = ResourceMetadata::new()
        .title("Rules")
        .mime_type("text/markdown")
        .size(7)
        .audience(&[Role::User, Role::Assistant])
        .priority(0.5)
        .last_modified("2026-01-01T00:00:00Z")
        .cache_for(Duration::from_millis(1500))
        .same_for_all();
    pub fn meta() -> Value {
        json!({ "example.com/color": "red" })
    }
    pub fn handler() -> &'static str {
        "# Rules"
    }
}

pub mod picture {
    use super::*;
    pub const METADATA: ResourceMetadata = ResourceMetadata::new().mime_type("image/png");
    pub async fn handler() -> Vec<u8> {
        vec![0, 1, 2]
    }
}

pub mod folder {
    use super::*;
    pub const METADATA: ResourceMetadata = ResourceMetadata::NONE;
    pub fn handler() -> ReadResourceResult {
        ReadResourceResult::new()
            .content(ResourceContents::text("a"))
            .content(ResourceContents::bytes([3]).uri("test://folder/b"))
            .content(ResourceContents::text("{}").mime_type("application/json"))
            .cache_for(Duration::from_secs(2))
    }
}

pub mod config {
    use super::*;
    pub const METADATA: ResourceMetadata = ResourceMetadata::NONE;
    pub fn handler() -> Json<Value> {
        Json(json!({ "a": 1 }))
    }
}

pub mod guarded {
    use super::*;
    pub const METADATA: ResourceMetadata = ResourceMetadata::new().scopes(&["admin"]);
    pub fn handler() -> &'static str {
        "the root user"
    }
}

pub mod broken {
    use super::*;
    pub const METADATA: ResourceMetadata = ResourceMetadata::NONE;
    pub fn handler() -> String {
        panic!("the password is hunter2")
    }
}

pub mod user {
    use super::*;
    pub const METADATA: ResourceMetadata = ResourceMetadata::new().mime_type("text/plain");
    #[derive(Deserialize, JsonSchema)]
    pub struct Schema {
        pub user_id: String,
    }
    pub fn handler(input: Schema) -> Option<String> {
        (input.user_id != "nobody").then(|| format!("user <{}>", input.user_id))
    }
    pub fn complete(_argument: &str, value: &str) -> Vec<String> {
        vec![format!("{value}-1"), format!("{value}-2")]
    }
}

pub mod post {
    use super::*;
    pub const METADATA: ResourceMetadata = ResourceMetadata::NONE;
    #[derive(Deserialize, JsonSchema)]
    pub struct Schema {
        pub user_id: String,
        #[schemars(range(min = 1, max = 9))]
        pub number: u32,
    }
    pub async fn handler(input: Schema, _context: Context) -> String {
        format!("post {} of {}", input.number + 1, input.user_id)
    }
}

pub mod file {
    use super::*;
    pub const METADATA: ResourceMetadata = ResourceMetadata::NONE;
    #[derive(Deserialize, JsonSchema)]
    pub struct Schema {
        pub path: String,
    }
    pub fn handler(input: Schema) -> String {
        input.path
    }
}

pub mod color {
    use super::*;
    pub const METADATA: ResourceMetadata = ResourceMetadata::NONE;
    #[derive(Deserialize, JsonSchema)]
    pub struct Schema {
        pub color: Color,
    }
    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(rename_all = "lowercase")]
    pub enum Color {
        Red,
        Green,
        Infrared,
    }
    pub fn handler(input: Schema) -> String {
        format!("{:?}", input.color)
    }
}
