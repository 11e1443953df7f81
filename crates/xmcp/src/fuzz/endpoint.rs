//! The whole endpoint, for a caller without scopes.

use std::sync::{
    LazyLock,
    atomic::{AtomicUsize, Ordering},
};

use axum::{Router, body::Body};
use http::{HeaderName, HeaderValue, Request, StatusCode, header};
use http_body_util::BodyExt;
use serde_json::{Map, Value, json};
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;

use crate::{
    App, ResourceMetadata, Session, ToolMetadata,
    codegen::{self, Input, Parameter, Resource, Shape, Tool},
    testing::test_router,
};

/// How often a handler ran whose scope nobody here has.
static GUARDED: AtomicUsize = AtomicUsize::new(0);

const OPEN_TO_ALL: ToolMetadata = ToolMetadata::NONE;
const SCOPED: ToolMetadata = ToolMetadata::new().scopes(&["todo:write"]);
const OPEN_RESOURCE: ResourceMetadata = ResourceMetadata::NONE;
const SCOPED_RESOURCE: ResourceMetadata = ResourceMetadata::new().scopes(&["todo:write"]);

static TOOLS: &[Tool] = &[
    Tool {
        name: "counted",
        description: "Open to all",
        source: "tools/counted.rs:1:1",
        metadata: &OPEN_TO_ALL,
        meta: None,
        input: Input::Raw(any_arguments),
        shape: || Shape::of_0(|| "counted"),
        call: |_| {
            codegen::Reply::new(async { codegen::IntoToolResult::into_tool_result("counted") })
        },
    },
    Tool {
        name: "admin",
        description: "Needs a scope",
        source: "tools/admin.rs:1:1",
        metadata: &SCOPED,
        meta: None,
        input: Input::None,
        shape: || Shape::of_0(|| "administered"),
        call: |_| {
            GUARDED.fetch_add(1, Ordering::Relaxed);
            codegen::Reply::new(async { codegen::IntoToolResult::into_tool_result("administered") })
        },
    },
];

static RESOURCES: &[Resource] = &[
    Resource {
        uri: "notes://{id}",
        name: "note",
        description: "Open to all",
        source: "resources/(notes)/[id].rs:1:1",
        metadata: &OPEN_RESOURCE,
        meta: None,
        input: Input::Raw(one_id),
        parameters: &[Parameter {
            name: "id",
            rest: false,
        }],
        shape: || Shape::of_0(|| "note"),
        call: |_| {
            codegen::Reply::new(async { codegen::IntoResourceResult::into_resource_result("note") })
        },
        complete: None,
    },
    Resource {
        uri: "notes://root",
        name: "root",
        description: "Needs a scope",
        source: "resources/(notes)/root.rs:1:1",
        metadata: &SCOPED_RESOURCE,
        meta: None,
        input: Input::None,
        parameters: &[],
        shape: || Shape::of_0(|| "root"),
        call: |_| {
            GUARDED.fetch_add(1, Ordering::Relaxed);
            codegen::Reply::new(async { codegen::IntoResourceResult::into_resource_result("root") })
        },
        complete: None,
    },
];

fn any_arguments() -> Value {
    json!({ "type": "object", "properties": { "name": { "type": "string" } } })
}

fn one_id() -> Value {
    json!({ "type": "object", "properties": { "id": { "type": "string" } }, "required": ["id"] })
}

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.expect("the system has what a runtime needs")
});

static ROUTER: LazyLock<Router> = LazyLock::new(|| {
    let app = App {
        dev: false,
        settings: codegen::Settings::default,
        tools: TOOLS,
        prompts: &[],
        resources: RESOURCES,
        skills: &[],
        state: None,
        middleware: None,
        emulator: None,
    };
    let mut settings = app.settings();
    settings.http.sessions = true;
    let caller = Session::for_test("usr_1").scopes(["todo:read"]).build();
    let router = test_router(app, settings, None, Some(caller));
    RUNTIME.block_on(router).expect("the app is well")
});

/// Lines of a head, an empty line, and a body that is posted: whatever they are, nothing runs whose scope the caller lacks, nothing
/// panics, and what is answered is JSON of a reasonable size.
pub fn endpoint(data: &[u8]) {
    let (head, body) = head_and_body(data);
    let mut request = Request::post("/mcp").body(Body::from(body.to_vec()));
    let Ok(request) = &mut request else {
        return;
    };
    let headers = request.headers_mut();
    headers.insert(header::HOST, HeaderValue::from_static("localhost"));
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    for (name, value) in lines(head) {
        headers.append(name, value);
    }
    let request = std::mem::take(request);
    let sent = data.len();
    let router = ROUTER.clone();
    RUNTIME.block_on(async {
        let Ok(response) = router.oneshot(request).await;
        let status = response.status();
        assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR);
        let media_type = response.headers().get(header::CONTENT_TYPE).cloned();
        // A stream may have no end.
        if media_type.is_some_and(|value| value == "application/json") {
            let body = response
                .into_body()
                .collect()
                .await
                .expect("it is in memory")
                .to_bytes();
            let answer: Map<String, Value> = serde_json::from_slice(&body).expect("it is JSON");
            assert!(body.len() < 16 * 1024 + sent, "{}", body.len());
            if status == StatusCode::FORBIDDEN && answer.contains_key("jsonrpc") {
                assert!(answer.contains_key("error"));
            }
        }
    });
    assert_eq!(
        GUARDED.load(Ordering::Relaxed),
        0,
        "a handler ran whose scope the caller lacks"
    );
}

/// What stands before the first empty line, and what behind it. Without one there is no head.
pub(crate) fn head_and_body(data: &[u8]) -> (&[u8], &[u8]) {
    match data.windows(2).position(|two| two == b"\n\n") {
        Some(end) => (&data[..end], &data[end + 2..]),
        None => (&[], data),
    }
}

/// The headers of these lines, as far as HTTP allows them.
pub(crate) fn lines(head: &[u8]) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
    head.split(|byte| *byte == b'\n')
        .take(32)
        .filter_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let value = line[colon + 1..].trim_ascii();
            Some((
                HeaderName::from_bytes(&line[..colon]).ok()?,
                HeaderValue::from_bytes(value).ok()?,
            ))
        })
}
