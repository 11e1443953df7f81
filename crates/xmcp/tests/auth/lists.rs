//! Lists that leave out what the caller may not use, where the settings say so.

use http::Method;
use serde_json::{Value, json};
use xmcp::{
    Era, Session, Settings,
    auth::ScopeMatcher,
    codegen::{self, Input, Tool},
    prelude::ToolMetadata,
};

use crate::{
    fixture::{Protected, Setup},
    support::{BOTH, Server},
    tools::write,
};

static TOOLS: &[Tool] = &[
    tool!(sync free, of_0, None, []),
    tool!(sync read, of_0, None, []),
    tool!(sync write, of_0, None, []),
    tool!(sync erase, of_0, None, []),
];

pub mod free {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub fn handler() -> &'static str {
        "free"
    }
}

pub mod read {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::new().scopes(&["todo:read"]);
    pub fn handler() -> &'static str {
        "read"
    }
}

pub mod erase {
    use super::*;
    pub const METADATA: ToolMetadata = ToolMetadata::new().scopes(&["todo:erase"]);
    pub fn handler() -> &'static str {
        "erased"
    }
}

async fn protected(hide_unauthorized: bool) -> Protected {
    let mut settings = Settings::default();
    settings.server.hide_unauthorized = hide_unauthorized;
    Protected::with(Setup {
        settings,
        tools: TOOLS,
        provider: |provider| {
            provider.scope_matcher(
                ScopeMatcher::exact().implies("todo:all", ["todo:read", "todo:erase"]),
            )
        },
        ..Setup::default()
    })
    .await
}

fn names(result: &Value) -> Vec<&str> {
    let tools = result["tools"].as_array().unwrap();
    tools
        .iter()
        .map(|tool| tool["name"].as_str().unwrap())
        .collect()
}

/// The members of a result beside the list.
fn rest(result: &Value) -> Value {
    let mut rest = result.clone();
    rest.as_object_mut().unwrap().remove("tools");
    rest
}

async fn list(protected: &Protected, era: Era, scope: &str) -> Value {
    let token = protected.token(scope);
    protected
        .request(era, "tools/list", json!({}), Some(&token))
        .await
        .result()
}

#[tokio::test]
async fn a_list_leaves_out_what_the_caller_may_not_use_when_the_settings_say_so() {
    let protected = protected(true).await;
    for era in BOTH {
        for (scope, expected) in [
            ("openid", &["free"][..]),
            ("todo:read", &["free", "read"]),
            ("todo:write", &["free"]),
            ("todo:read todo:write", &["free", "read", "write"]),
            ("todo:all", &["free", "read", "erase"]),
            ("todo:readX TODO:READ todo:*", &["free"]),
        ] {
            let result = list(&protected, era, scope).await;
            assert_eq!(names(&result), expected, "{era:?} {scope}");
            // What is listed can be called, and nothing else can.
            for tool in ["free", "read", "write", "erase"] {
                let token = protected.token(scope);
                let status = protected.call(era, tool, Some(&token)).await.status;
                let expected = if expected.contains(&tool) { 200 } else { 403 };
                assert_eq!(status, expected, "{era:?} {scope} {tool}");
            }
        }
    }
}

#[tokio::test]
async fn a_list_that_depends_on_the_caller_is_nobody_elses_to_cache() {
    for (hide_unauthorized, cache_scope) in [(true, "private"), (false, "public")] {
        let protected = protected(hide_unauthorized).await;
        assert_eq!(
            rest(&list(&protected, Era::Legacy, "openid").await),
            json!({})
        );
        assert_eq!(
            rest(&list(&protected, Era::Modern, "openid").await),
            json!({ "resultType": "complete", "ttlMs": 0, "cacheScope": cache_scope })
        );
    }
}

#[tokio::test]
async fn a_list_is_the_same_for_everybody_unless_the_settings_say_otherwise() {
    let (all, some) = (protected(false).await, protected(true).await);
    for era in BOTH {
        let whole = list(&all, era, "openid").await;
        assert_eq!(names(&whole), ["free", "read", "write", "erase"]);
        assert_eq!(whole, list(&all, era, "todo:all todo:write").await);
        // Who may use everything sees the same definitions where things are hidden.
        let seen = list(&some, era, "todo:all todo:write").await;
        assert_eq!(seen["tools"], whole["tools"]);
    }
}

#[tokio::test]
async fn the_page_for_browsers_names_no_more_than_the_list_of_somebody_without_scopes() {
    for (hide_unauthorized, expected) in [
        (true, &["free"][..]),
        (false, &["free", "read", "write", "erase"]),
    ] {
        let protected = protected(hide_unauthorized).await;
        let headers = [("accept", "text/html")];
        let page = protected.server.ask(Method::GET, "/", &headers, "").await;
        for tool in ["free", "read", "write", "erase"] {
            let is_named = page.text().contains(&format!("Description of {tool}<"));
            assert_eq!(
                is_named,
                expected.contains(&tool),
                "{tool}: {}",
                page.text()
            );
        }
    }
}

#[tokio::test]
async fn a_list_without_a_caller_has_what_needs_no_scope() {
    let hide = |settings: &mut Settings| settings.server.hide_unauthorized = true;
    let somebody = Session::for_test("usr_1").scopes(["todo:erase"]).build();
    for (session, expected) in [(None, &["free"][..]), (Some(somebody), &["free", "erase"])] {
        let server = Server::of(TOOLS, hide, None, session).await;
        for era in BOTH {
            let result = server.request(era, "tools/list", json!({})).await.result();
            assert_eq!(names(&result), expected);
        }
    }
}
