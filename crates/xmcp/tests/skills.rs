//! Skills as clients meet them (the extension `io.modelcontextprotocol/skills`, SEP-2640).

use axum::{Router, body::Body};
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;
use xmcp::{
    App, Settings,
    codegen::{Skill, SkillFile},
    testing,
};

const EXTENSION: &str = "io.modelcontextprotocol/skills";

const fn file(uri: &'static str, mime_type: &'static str, bytes: &'static [u8]) -> SkillFile {
    SkillFile {
        uri,
        mime_type,
        digest: "sha256:2314e2abc56d7e016d7dd9d9edf1daa275d4ac6d3a9fec9c3ec05fd9d70dbf20",
        bytes,
    }
}

const BLOB: &[u8] = b"\x00\xff";
/// More than a handler may answer.
static LARGE: [u8; 2 << 20] = [b'a'; 2 << 20];

static FILES: [SkillFile; 5] = [
    file(
        "skill://acme/refunds/SKILL.md",
        "text/markdown",
        b"---\nname: refunds\ndescription: Refund\n---\n",
    ),
    file(
        "skill://acme/refunds/data.bin",
        "application/octet-stream",
        BLOB,
    ),
    file(
        "skill://acme/refunds/partial/SKILL.md",
        "text/markdown",
        b"---\nname: partial\ndescription: Refund a part\n---\n",
    ),
    file(
        "skill://acme/refunds/templates/email.md",
        "text/markdown",
        b"Dear customer",
    ),
    file("skill://git/SKILL.md", "text/markdown", &LARGE),
];

static SKILLS: &[Skill] = &[
    Skill {
        uri: "skill://acme/refunds/SKILL.md",
        front_matter: r#"{"name":"refunds","description":"Refund","license":"MIT"}"#,
        files: &[&FILES[0], &FILES[1], &FILES[2], &FILES[3]],
    },
    Skill {
        uri: "skill://acme/refunds/partial/SKILL.md",
        front_matter: r#"{"name":"partial","description":"Refund a part"}"#,
        files: &[&FILES[2]],
    },
    Skill {
        uri: "skill://git/SKILL.md",
        front_matter: r#"{"name":"git","description":"Branch and commit"}"#,
        files: &[&FILES[4]],
    },
];

struct Client(Router);

impl Client {
    async fn of(skills: &'static [Skill], change: impl FnOnce(&mut Settings)) -> Self {
        let app = App {
            dev: true,
            settings: Settings::default,
            tools: &[],
            prompts: &[],
            resources: &[],
            skills,
            state: None,
            middleware: None,
            emulator: None,
        };
        let mut settings = Settings::default();
        change(&mut settings);
        Self(
            testing::test_router(app, settings, None, None)
                .await
                .unwrap(),
        )
    }

    async fn new() -> Self {
        Self::of(SKILLS, |_| {}).await
    }

    /// Status and message of the answer to a 2026-07-28 client.
    async fn ask(&self, method: &str, mut params: Value) -> (StatusCode, Value) {
        let name = params["uri"].as_str().unwrap_or_default().to_owned();
        params["_meta"] = json!({
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {},
        });
        let headers = [
            ("mcp-protocol-version", "2026-07-28"),
            ("mcp-method", method),
            ("mcp-name", &name),
        ];
        self.post(&headers, method, params).await
    }

    async fn post(
        &self,
        headers: &[(&str, &str)],
        method: &str,
        params: Value,
    ) -> (StatusCode, Value) {
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let mut request = Request::post("/mcp")
            .header("host", "localhost")
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(message.to_string())).unwrap();
        let Ok(response) = self.0.clone().oneshot(request).await;
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap())
    }

    async fn result(&self, method: &str, params: Value) -> Value {
        let (_, mut message) = self.ask(method, params).await;
        assert!(message["result"].is_object(), "{message}");
        message["result"].take()
    }

    async fn refusal(&self, method: &str, params: Value) -> (u16, i64) {
        let (status, message) = self.ask(method, params).await;
        let code = message["error"]["code"].as_i64();
        (status.as_u16(), code.unwrap_or_else(|| panic!("{message}")))
    }
}

fn uris(entries: &Value) -> Vec<&str> {
    let entries = entries.as_array().unwrap().iter();
    entries
        .map(|entry| entry["uri"].as_str().unwrap())
        .collect()
}

/// "Listing Skills", "Skill Entries", "Nested Skills".
#[tokio::test]
async fn skills_are_listed_with_their_front_matter_and_all_of_their_files() {
    let client = Client::new().await;
    let result = client.result("skills/list", json!({})).await;
    assert_eq!(
        uris(&result["skills"]),
        [SKILLS[0].uri, SKILLS[1].uri, SKILLS[2].uri]
    );
    let skill = &result["skills"][0];
    assert_eq!(
        skill["frontmatter"],
        json!({ "name": "refunds", "description": "Refund", "license": "MIT" })
    );
    assert_eq!(
        uris(&skill["resources"]),
        SKILLS[0]
            .files
            .iter()
            .map(|file| file.uri)
            .collect::<Vec<_>>()
    );
    let expected = json!({ "uri": FILES[1].uri, "digest": FILES[1].digest, "size": 2 });
    assert_eq!(skill["resources"][1], expected);
    let about = (
        &result["resultType"],
        &result["ttlMs"],
        &result["cacheScope"],
    );
    assert_eq!(about, (&json!("complete"), &json!(0), &json!("public")));
    assert!(result.get("nextCursor").is_none());
}

#[tokio::test]
async fn skills_are_listed_page_by_page() {
    let client = Client::of(SKILLS, |settings| settings.server.page_size = 2).await;
    let first = client.result("skills/list", json!({})).await;
    assert_eq!(uris(&first["skills"]).len(), 2);
    let cursor = first["nextCursor"].clone();
    let second = client
        .result("skills/list", json!({ "cursor": cursor }))
        .await;
    assert_eq!(uris(&second["skills"]), [SKILLS[2].uri]);
    assert!(second.get("nextCursor").is_none());
    assert_eq!(
        client
            .refusal("resources/list", json!({ "cursor": cursor }))
            .await,
        (200, -32602)
    );
    assert_eq!(
        client
            .refusal("skills/list", json!({ "cursor": "strange" }))
            .await,
        (200, -32602)
    );
}

/// "Getting a Skill".
#[tokio::test]
async fn a_skill_is_got_by_the_uri_of_its_manifest() {
    let client = Client::new().await;
    let listed = client.result("skills/list", json!({})).await;
    for skill in listed["skills"].as_array().unwrap() {
        let got = client
            .result("skills/get", json!({ "uri": skill["uri"] }))
            .await;
        let expected =
            json!({ "resultType": "complete", "skill": skill, "ttlMs": 0, "cacheScope": "public" });
        assert_eq!(got, expected);
    }
    for uri in [
        "skill://acme/refunds",
        "skill://acme/refunds/data.bin",
        "skill://none/SKILL.md",
        "",
    ] {
        assert_eq!(
            client.refusal("skills/get", json!({ "uri": uri })).await,
            (200, -32602),
            "{uri}"
        );
    }
    assert_eq!(client.refusal("skills/get", json!({})).await, (200, -32602));
}

/// "Resource Mapping", "Reading Skill Content".
#[tokio::test]
async fn files_of_skills_are_resources_for_clients_of_every_generation() {
    let client = Client::new().await;
    let listed = client.result("resources/list", json!({})).await;
    let all: Vec<&str> = FILES.iter().map(|file| file.uri).collect();
    assert_eq!(uris(&listed["resources"]), all);
    let expected = json!({
        "uri": "skill://acme/refunds/partial/SKILL.md",
        "name": "partial",
        "description": "Refund a part",
        "mimeType": "text/markdown",
        "size": FILES[2].bytes.len(),
    });
    assert_eq!(listed["resources"][2], expected);
    assert_eq!(listed["resources"][3]["name"], "email.md");
    let text = client
        .result("resources/read", json!({ "uri": FILES[3].uri }))
        .await;
    let expected =
        json!([{ "uri": FILES[3].uri, "mimeType": "text/markdown", "text": "Dear customer" }]);
    assert_eq!(text["contents"], expected);
    let bytes = client
        .result("resources/read", json!({ "uri": FILES[1].uri }))
        .await;
    assert_eq!(bytes["contents"][0]["blob"], "AP8=");
    let large = client
        .result("resources/read", json!({ "uri": FILES[4].uri }))
        .await;
    assert_eq!(
        large["contents"][0]["text"].as_str().unwrap().len(),
        LARGE.len()
    );
    assert_eq!(
        client
            .refusal("resources/read", json!({ "uri": "skill://acme" }))
            .await,
        (200, -32602)
    );
    let (_, old) = client
        .post(&[], "resources/read", json!({ "uri": FILES[3].uri }))
        .await;
    assert_eq!(old["result"]["contents"][0]["text"], "Dear customer");
}

/// "Reading Directories".
#[tokio::test]
async fn folders_of_skills_show_what_is_directly_in_them() {
    let client = Client::new().await;
    let read = async |uri: &str| {
        client
            .result("resources/directory/read", json!({ "uri": uri }))
            .await
    };
    let root = read("skill://acme/refunds").await;
    assert_eq!(root["resultType"], "complete");
    let expected = ["SKILL.md", "data.bin", "partial", "templates"]
        .map(|name| format!("skill://acme/refunds/{name}"));
    assert_eq!(uris(&root["resources"]), expected);
    let folder = json!({ "uri": expected[2], "name": "partial", "mimeType": "inode/directory" });
    assert_eq!(root["resources"][2], folder);
    let listed = client.result("resources/list", json!({})).await;
    assert_eq!(root["resources"][0], listed["resources"][0]);
    assert_eq!(
        uris(&read("skill://acme").await["resources"]),
        ["skill://acme/refunds"]
    );
    for uri in [
        FILES[0].uri,
        "skill://acme/",
        "skill://none",
        "skill://",
        "file:///etc",
        "",
    ] {
        let answer = client
            .refusal("resources/directory/read", json!({ "uri": uri }))
            .await;
        assert_eq!(answer, (200, -32602), "{uri}");
    }
    let params = json!({ "uri": "skill://acme", "cursor": "a" });
    assert_eq!(
        client.refusal("resources/directory/read", params).await,
        (200, -32602)
    );
}

/// "Capability Negotiation".
#[tokio::test]
async fn the_extension_is_announced_where_there_are_skills() {
    let client = Client::new().await;
    let capabilities = &client.result("server/discover", json!({})).await["capabilities"];
    assert_eq!(
        capabilities["extensions"],
        json!({ EXTENSION: { "directoryRead": true } })
    );
    assert!(capabilities["resources"].is_object(), "{capabilities}");
    let (_, old) = client.post(&[], "skills/list", json!({})).await;
    assert_eq!(old["error"]["code"], -32601);
    let (_, old) = client
        .post(
            &[],
            "initialize",
            json!({ "protocolVersion": "2025-11-25" }),
        )
        .await;
    assert!(
        old["result"]["capabilities"].get("extensions").is_none(),
        "{old}"
    );

    let none = Client::of(&[], |_| {}).await;
    let capabilities = &none.result("server/discover", json!({})).await["capabilities"];
    assert!(capabilities.get("extensions").is_none() && capabilities.get("resources").is_none());
    for method in ["skills/list", "skills/get", "resources/directory/read"] {
        assert_eq!(
            none.refusal(method, json!({ "uri": "skill://a/SKILL.md" }))
                .await,
            (404, -32601)
        );
    }
}
