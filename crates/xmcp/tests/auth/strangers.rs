//! An optional provider: who brings no credential, and who brings one, at the same server.

use std::sync::atomic::{AtomicUsize, Ordering};

use http::{Method, StatusCode};
use serde_json::{Value, json};
use xmcp::{
    Era, Settings, TaskSupport,
    codegen::{self, Input, Parameter, Prompt, Resource, Skill, SkillFile, Tool},
    prelude::*,
};

use crate::{
    fixture::{METADATA, Protected, Setup, challenge},
    support::{ACCEPT, Answer, BOTH, with_meta},
};

const TASKS: &str = "io.modelcontextprotocol/tasks";

static TOOLS: &[Tool] = &[
    tool!(sync hello_all, of_1, None, [session]),
    tool!(sync hello_members, of_0, None, []),
    tool!(sync hello_readers, of_0, None, []),
    tool!(sync hello_open_readers, of_0, None, []),
    tool!(sync task_or_not, of_0, None, []),
    tool!(sync task_only, of_0, None, []),
];

static PROMPTS: &[Prompt] = &[
    Prompt {
        complete: complete!(open_prompt),
        ..entry!(Prompt open_prompt, sync prompt_0, Schema, [])
    },
    Prompt {
        complete: complete!(members_prompt),
        ..entry!(Prompt members_prompt, sync prompt_0, Schema, [])
    },
];

static RESOURCES: &[Resource] = &[
    entry!(Resource open_notes, "notes://open", [], sync resource_0, None, []),
    entry!(Resource members_notes, "notes://members", [], sync resource_0, None, []),
    entry!(Resource readers_notes, "notes://readers", [], sync resource_0, None, []),
    entry!(Resource any_note, "notes://{id}", [Parameter { name: "id", rest: false }], sync resource_0, Schema, []),
];

static SKILLS: &[Skill] = &[Skill {
    uri: "skill://of-members/SKILL.md",
    front_matter: r#"{"name":"of-members","description":"What members can do"}"#,
    files: &[&SkillFile {
        uri: "skill://of-members/SKILL.md",
        mime_type: "text/markdown",
        digest: "sha256:00",
        bytes: b"Do it.",
    }],
}];

/// How often anything ran that strangers must not reach.
static RAN: AtomicUsize = AtomicUsize::new(0);

fn ran() -> &'static str {
    RAN.fetch_add(1, Ordering::SeqCst);
    "ran"
}

mod hello_all {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::new().public(true);
    pub fn handler(session: Option<Session>) -> String {
        let deep = xmcp::session().map(|session| session.user_id().to_owned());
        let user = session.map(|session| session.user_id().to_owned());
        assert_eq!(user.clone().ok_or(()), deep.map_err(drop));
        user.unwrap_or_else(|| "nobody".to_owned())
    }
}

mod hello_members {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::new().public(false);
    pub fn handler() -> &'static str {
        ran()
    }
}

mod hello_readers {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::new().scopes(&["notes:read", "notes:list"]);
    pub fn handler() -> &'static str {
        ran()
    }
}

mod hello_open_readers {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::new().public(true).scopes(&["notes:read"]);
    pub fn handler() -> &'static str {
        ran()
    }
}

mod task_or_not {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::new().public(true).task(TaskSupport::Optional);
    pub fn handler() -> &'static str {
        "done"
    }
}

mod task_only {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::new().public(true).task(TaskSupport::Required);
    pub fn handler() -> &'static str {
        ran()
    }
}

#[derive(Deserialize, JsonSchema)]
struct Words {
    #[expect(dead_code, reason = "that it can be completed is enough")]
    word: Option<String>,
}

mod open_prompt {
    pub(super) use super::Words as Schema;
    use super::*;
    pub const METADATA: PromptMetadata = PromptMetadata::new().public(true);
    pub fn handler(_: Schema) -> &'static str {
        "Say something."
    }
    pub fn complete(_: &str, _: &str) -> Vec<String> {
        vec!["word".to_owned()]
    }
}

mod members_prompt {
    pub(super) use super::Words as Schema;
    use super::*;
    pub const METADATA: PromptMetadata = PromptMetadata::NONE;
    pub fn handler(_: Schema) -> &'static str {
        ran()
    }
    pub fn complete(_: &str, _: &str) -> Vec<String> {
        vec![ran().to_owned()]
    }
}

mod open_notes {
    use super::*;
    pub const METADATA: ResourceMetadata = ResourceMetadata::new().public(true);
    pub fn handler() -> &'static str {
        "open"
    }
}

mod members_notes {
    use super::*;
    pub const METADATA: ResourceMetadata = ResourceMetadata::NONE;
    pub fn handler() -> &'static str {
        ran()
    }
}

mod readers_notes {
    use super::*;
    pub const METADATA: ResourceMetadata = ResourceMetadata::new().scopes(&["notes:read"]);
    pub fn handler() -> &'static str {
        ran()
    }
}

mod any_note {
    use super::*;
    #[derive(Deserialize, JsonSchema)]
    pub struct Schema {
        id: String,
    }
    pub const METADATA: ResourceMetadata = ResourceMetadata::new().public(true);
    pub fn handler(schema: Schema) -> String {
        format!("note {}", schema.id)
    }
}

mod wants_somebody {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::new().public(true);
    pub fn handler(session: Session) -> String {
        session.user_id().to_owned()
    }
}

static WANTS_SOMEBODY: &[Tool] = &[tool!(sync wants_somebody, of_1, None, [session])];

fn setup(change: impl FnOnce(&mut Settings)) -> Setup {
    let mut settings = Settings::default();
    change(&mut settings);
    Setup {
        settings,
        provider: |provider| provider.optional(),
        tools: TOOLS,
        prompts: PROMPTS,
        resources: RESOURCES,
        skills: SKILLS,
        ..Setup::default()
    }
}

async fn server() -> Protected {
    Protected::with(setup(|_| {})).await
}

/// Who asks.
const WHO: [&str; 3] = ["stranger", "member", "reader"];

fn credential(protected: &Protected, who: &str) -> Option<String> {
    match who {
        "stranger" => None,
        "member" => Some(protected.token("openid")),
        _ => Some(protected.token("notes:read notes:list")),
    }
}

/// What the stranger is asked to sign in for: the scopes in the challenge.
fn assert_signs_in(answer: &Answer, scopes: &str, what: &str) {
    assert_eq!(answer.status, 401, "{what}: {}", answer.text());
    let scopes = match scopes {
        "" => String::new(),
        scopes => format!(", scope=\"{scopes}\""),
    };
    let expected = format!("Bearer resource_metadata=\"{METADATA}\"{scopes}");
    assert_eq!(challenge(answer), expected, "{what}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{what}");
    assert_eq!(
        answer.header("access-control-expose-headers"),
        Some("www-authenticate")
    );
}

fn call(name: &str) -> (&'static str, Value) {
    ("tools/call", json!({ "name": name, "arguments": {} }))
}

fn read(uri: &str) -> (&'static str, Value) {
    ("resources/read", json!({ "uri": uri }))
}

fn complete(prompt: &str) -> (&'static str, Value) {
    let reference = json!({ "type": "ref/prompt", "name": prompt });
    let argument = json!({ "name": "word", "value": "" });
    (
        "completion/complete",
        json!({ "ref": reference, "argument": argument }),
    )
}

#[tokio::test]
async fn what_is_public_is_for_everybody_and_the_rest_asks_strangers_to_sign_in() {
    let protected = server().await;
    let prompt = |name: &str| ("prompts/get", json!({ "name": name, "arguments": {} }));
    for era in BOTH {
        for ((method, params), scopes, statuses) in [
            (call("hello_all"), "", [200, 200, 200]),
            (call("hello_members"), "", [401, 200, 200]),
            (
                call("hello_readers"),
                "notes:read notes:list",
                [401, 403, 200],
            ),
            // Public, and still with a scope: then it is for who holds the scope.
            (call("hello_open_readers"), "notes:read", [401, 403, 200]),
            (prompt("open_prompt"), "", [200, 200, 200]),
            (prompt("members_prompt"), "", [401, 200, 200]),
            (complete("open_prompt"), "", [200, 200, 200]),
            (complete("members_prompt"), "", [401, 200, 200]),
            (read("notes://open"), "", [200, 200, 200]),
            (read("notes://something"), "", [200, 200, 200]),
            (read("notes://members"), "", [401, 200, 200]),
            (read("notes://readers"), "notes:read", [401, 403, 200]),
            // Other spellings of the same resource, which the public template would take too.
            (read("notes://%6dembers"), "", [401, 200, 200]),
            (read("notes://re%61ders"), "notes:read", [401, 403, 200]),
            (read("skill://of-members/SKILL.md"), "", [401, 200, 200]),
        ] {
            for (who, status) in WHO.into_iter().zip(statuses) {
                let what = format!("{era:?} {who} {method} {params}");
                let before = RAN.load(Ordering::SeqCst);
                let credential = credential(&protected, who);
                let answer = protected
                    .request(era, method, params.clone(), credential.as_deref())
                    .await;
                assert_eq!(answer.status, status, "{what}: {}", answer.text());
                if status == 401 {
                    assert_signs_in(&answer, scopes, &what);
                    let error = &answer.json()["error"];
                    let required: Vec<&str> = scopes.split_whitespace().collect();
                    assert_eq!(error["data"]["required_scopes"], json!(required), "{what}");
                    assert_eq!(answer.json()["id"], 1, "{what}");
                }
                if status != 200 {
                    assert_eq!(RAN.load(Ordering::SeqCst), before, "{what}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_public_handler_knows_who_signed_in_and_that_a_stranger_is_nobody() {
    let protected = server().await;
    let token = protected.token("openid");
    for era in BOTH {
        for (credential, expected) in [(None, "nobody"), (Some(token.as_str()), "usr_ada")] {
            let answer = protected.call(era, "hello_all", credential).await;
            assert_eq!(answer.result()["content"][0]["text"], expected);
        }
        // A credential that is there has to be good.
        let bad = protected.call(era, "hello_all", Some("Bearer a.b.c")).await;
        assert_eq!(bad.status, 401);
        assert!(challenge(&bad).contains("invalid_token"));
    }
}

#[tokio::test]
async fn a_stranger_may_ask_what_there_is_and_nothing_that_outlasts_its_request() {
    let protected = server().await;
    let initialize = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "c", "version": "1" } });
    let rows = [
        (Era::Legacy, "initialize", initialize, 200),
        (Era::Legacy, "ping", json!({}), 200),
        (Era::Modern, "server/discover", json!({}), 200),
        (Era::Legacy, "tools/list", json!({}), 200),
        (Era::Modern, "tools/list", json!({}), 200),
        (Era::Legacy, "prompts/list", json!({}), 200),
        (Era::Modern, "resources/list", json!({}), 200),
        (Era::Legacy, "resources/templates/list", json!({}), 200),
        (Era::Modern, "skills/list", json!({}), 200),
        (
            Era::Modern,
            "skills/get",
            json!({ "uri": "skill://of-members/SKILL.md" }),
            401,
        ),
        (
            Era::Modern,
            "resources/directory/read",
            json!({ "uri": "skill://of-members" }),
            401,
        ),
        (
            Era::Modern,
            "subscriptions/listen",
            json!({ "notifications": { "toolsListChanged": true } }),
            401,
        ),
    ];
    for (era, method, params, status) in rows {
        let answer = protected.request(era, method, params, None).await;
        assert_eq!(answer.status, status, "{method}: {}", answer.text());
        if status == 401 {
            assert_signs_in(&answer, "", method);
        }
    }
    // What is wrong with a request is said to everybody.
    let unknown = protected
        .request(Era::Modern, "tools/eat", json!({}), None)
        .await;
    assert_eq!(unknown.status, 404);
    for batch in [
        json!([{ "jsonrpc": "2.0", "id": 1, "method": "ping" }]),
        json!([]),
    ] {
        let headers = [("content-type", "application/json"), ("accept", ACCEPT)];
        let answer = protected
            .server
            .ask(Method::POST, "/mcp", &headers, batch.to_string())
            .await;
        assert_eq!(answer.status, 400, "{}", answer.text());
    }
}

#[tokio::test]
async fn lists_have_everything_for_strangers_unless_they_hide_what_is_not_public() {
    let all = [
        "hello_all",
        "hello_members",
        "hello_readers",
        "hello_open_readers",
        "task_or_not",
        "task_only",
    ];
    let open = ["hello_all", "task_or_not", "task_only"];
    for (hides, tools, prompts, resources, skills, scope) in [
        (false, &all[..], 2, 4, 1, "public"),
        (true, &open[..], 1, 1, 0, "private"),
    ] {
        let protected =
            Protected::with(setup(|settings| settings.server.hide_unauthorized = hides)).await;
        for era in BOTH {
            let list = async |method: &str, member: &str| {
                let answer = protected
                    .request(era, method, json!({}), None)
                    .await
                    .result();
                if era == Era::Modern {
                    assert_eq!(answer["cacheScope"], scope, "{method}");
                }
                answer[member].as_array().unwrap().clone()
            };
            let listed = list("tools/list", "tools").await;
            let names: Vec<&str> = listed
                .iter()
                .map(|tool| tool["name"].as_str().unwrap())
                .collect();
            assert_eq!(names, tools, "{era:?} {hides}");
            assert_eq!(list("prompts/list", "prompts").await.len(), prompts);
            assert_eq!(list("resources/list", "resources").await.len(), resources);
            assert_eq!(
                list("resources/templates/list", "resourceTemplates")
                    .await
                    .len(),
                1
            );
            if era == Era::Modern {
                assert_eq!(list("skills/list", "skills").await.len(), skills);
            }
        }
        // Who is signed in sees what it may use, public or not.
        let token = protected.token("openid");
        let listed = protected
            .request(Era::Modern, "skills/list", json!({}), Some(&token))
            .await
            .result();
        assert_eq!(listed["skills"].as_array().unwrap().len(), 1);
        let page = protected
            .server
            .ask(Method::GET, "/", &[("accept", "text/html")], "")
            .await;
        for tool in all {
            let is_named = page.text().contains(&format!("Description of {tool}<"));
            assert_eq!(is_named, tools.contains(&tool), "{hides} {tool}");
        }
    }
}

#[tokio::test]
async fn a_route_beside_the_endpoint_needs_a_session_all_the_same() {
    let protected = server().await;
    for method in [Method::GET, Method::POST, Method::OPTIONS, Method::PUT] {
        let answer = protected.server.ask(method, "/mine", &[], "").await;
        assert_eq!(answer.status, 401, "{}", answer.text());
        assert_signs_in(&answer, "", "/mine");
    }
    let token = protected.token("openid");
    let headers = [("authorization", token.as_str())];
    let mine = protected
        .server
        .ask(Method::GET, "/mine", &headers, "")
        .await;
    assert_eq!((mine.status, mine.text()), (StatusCode::OK, "mine"));
    let open = protected.server.ask(Method::GET, "/open", &[], "").await;
    assert_eq!(open.text(), "open");
}

#[tokio::test]
async fn a_transport_session_is_for_who_is_signed_in() {
    let protected = Protected::with(setup(|settings| settings.http.sessions = true)).await;
    let token = protected.token("openid");
    let initialize = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": { "name": "c", "version": "1" } });
    let begin = async |credential: Option<&str>| {
        let answer = protected
            .request(Era::Legacy, "initialize", initialize.clone(), credential)
            .await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.header("mcp-session-id").map(str::to_owned)
    };
    assert_eq!(begin(None).await, None, "a stranger goes without");
    let id = begin(Some(&token)).await.expect("who is known has one");
    let send = async |method: Method, id: Option<&str>, credential: Option<&str>, body: &str| {
        let mut headers = vec![
            ("content-type", "application/json"),
            ("accept", ACCEPT),
            ("mcp-protocol-version", "2025-11-25"),
        ];
        headers.extend(id.map(|id| ("mcp-session-id", id)));
        headers.extend(credential.map(|credential| ("authorization", credential)));
        protected
            .server
            .respond(method, "/mcp", &headers, body.to_owned())
            .await
    };
    let ping = json!({ "jsonrpc": "2.0", "id": 1, "method": "ping" }).to_string();
    let cancelled = json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 1 } }).to_string();
    let answer = json!({ "jsonrpc": "2.0", "id": 1, "result": {} }).to_string();
    let unknown = "0123456789abcdef0123456789abcdef";
    // A session in a stranger's hands, and one that never was, are the same.
    for id in [id.as_str(), unknown] {
        for (method, body) in [
            (Method::POST, ping.as_str()),
            (Method::POST, &cancelled),
            (Method::POST, &answer),
            (Method::GET, ""),
            (Method::DELETE, ""),
        ] {
            let answer = Answer::read(send(method.clone(), Some(id), None, body).await).await;
            assert_signs_in(&answer, "", &format!("{method} {body}"));
        }
    }
    // Without an id there is no stream for strangers, which clients take for a server that has none.
    for method in [Method::GET, Method::DELETE] {
        let answer = Answer::read(send(method, None, None, "").await).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("allow")),
            (405, Some("POST"))
        );
    }
    // A stranger that has signed in goes on where it was, and may begin a session.
    assert_eq!(
        send(Method::POST, None, Some(&token), &ping).await.status(),
        200
    );
    assert_eq!(
        send(Method::POST, Some(&id), Some(&token), &ping)
            .await
            .status(),
        200
    );
    let eve = protected.bearer(json!({ "sub": "usr_eve" }));
    assert_eq!(
        send(Method::POST, Some(&id), Some(&eve), &ping)
            .await
            .status(),
        404
    );
    // Subscriptions belong to sessions.
    for (uri, scopes) in [("notes://open", ""), ("notes://readers", "notes:read")] {
        for method in ["resources/subscribe", "resources/unsubscribe"] {
            let answer = protected
                .request(Era::Legacy, method, json!({ "uri": uri }), None)
                .await;
            assert_signs_in(&answer, scopes, &format!("{method} {uri}"));
        }
    }
    assert_eq!(
        send(Method::DELETE, Some(&id), Some(&token), "")
            .await
            .status(),
        204
    );
}

#[tokio::test]
async fn a_task_is_for_who_is_signed_in() {
    let protected = server().await;
    let token = protected.token("openid");
    let with_tasks = |mut params: Value| {
        params = with_meta(params);
        params["_meta"]["io.modelcontextprotocol/clientCapabilities"] =
            json!({ "extensions": { TASKS: {} } });
        params
    };
    let ask = async |method: &str, name: &str, params: Value, credential: Option<&str>| {
        let mut headers = vec![
            ("content-type", "application/json"),
            ("accept", ACCEPT),
            ("mcp-protocol-version", "2026-07-28"),
            ("mcp-method", method),
        ];
        if !name.is_empty() {
            headers.push(("mcp-name", name));
        }
        headers.extend(credential.map(|credential| ("authorization", credential)));
        let message =
            json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": with_tasks(params) });
        protected
            .server
            .ask(Method::POST, "/mcp", &headers, message.to_string())
            .await
    };
    let call = async |name: &'static str, credential| {
        let params = json!({ "name": name, "arguments": {} });
        ask("tools/call", name, params, credential).await
    };
    assert_signs_in(&call("task_only", None).await, "", "task_only");
    let done = call("task_or_not", None).await.result();
    assert_eq!(
        done["content"][0]["text"], "done",
        "a stranger has no task of it"
    );
    let task = call("task_only", Some(&token)).await.result();
    let id = task["taskId"]
        .as_str()
        .unwrap_or_else(|| panic!("{task}"))
        .to_owned();
    let get = async |credential: Option<&str>| {
        ask("tasks/get", &id, json!({ "taskId": id }), credential).await
    };
    assert_eq!(get(Some(&token)).await.status, 200);
    for method in ["tasks/get", "tasks/update", "tasks/cancel"] {
        for id in [&id, "0123456789abcdef0123456789abcdef"] {
            let params = json!({ "taskId": id, "inputResponses": {} });
            assert_signs_in(&ask(method, id, params, None).await, "", method);
        }
    }
    let eve = protected.bearer(json!({ "sub": "usr_eve" }));
    assert_eq!(get(Some(&eve)).await.json()["error"]["code"], -32602);
}

#[tokio::test]
async fn a_public_handler_that_needs_somebody_keeps_the_server_from_starting() {
    let optional = Setup {
        tools: WANTS_SOMEBODY,
        provider: |provider| provider.optional(),
        ..Setup::default()
    };
    let (router, _scalekit) = optional.try_assemble(3001).await;
    let error = router.unwrap_err().to_string();
    assert!(
        error.contains(
            "tools/wants_somebody.rs:7:1: the handler of `wants_somebody` takes `Session`, and is for callers without one too: \
             take `Option<Session>`, or take `.public(true)` out of METADATA"
        ),
        "{error}"
    );
    // Where everybody is signed in, nothing is wrong with it.
    let strict = Setup {
        tools: WANTS_SOMEBODY,
        ..Setup::default()
    };
    let (router, _scalekit) = strict.try_assemble(3001).await;
    assert!(router.is_ok());
}
