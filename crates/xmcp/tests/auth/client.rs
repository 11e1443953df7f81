//! The client of Scalekit in the hands of handlers, and what is said where there is none.

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio_util::sync::CancellationToken;
use xmcp::{
    App, AppState, Middleware, Settings, StartError,
    auth::scalekit::{self, ScalekitConfig},
    codegen::{self, Input, Tool},
    prelude::*,
    testing,
};

use crate::{
    fixture::{Protected, Setup},
    support::BOTH,
    tools,
};

static CALLING: &[Tool] = &[
    tool!(async organization_name, of_async_1, None, [scalekit]),
    tool!(async deep_name, of_async_0, None, []),
    tool!(sync blocking_environment, of_0, None, []),
    tool!(async spawned_environment, of_async_0, None, []),
    tool!(async maybe_environment, of_async_1, None, [scalekit]),
];

/// Those that a server without credentials starts with.
static LENIENT: &[Tool] = &[
    tool!(async deep_name, of_async_0, None, []),
    tool!(async maybe_environment, of_async_1, None, [scalekit]),
];

mod organization_name {
    use super::*;
    pub(super) const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub(super) async fn handler(scalekit: Scalekit) -> Result<String> {
        let organization = scalekit.organizations().get("org_1").await?;
        Ok(organization.display_name)
    }
}

mod deep_name {
    use super::*;
    pub(super) const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub(super) async fn handler() -> Result<String> {
        tokio::task::yield_now().await;
        organization_name::handler(xmcp::client()?).await
    }
}

mod blocking_environment {
    use super::*;
    pub(super) const METADATA: ToolMetadata = ToolMetadata::new().blocking();
    pub(super) fn handler() -> Result<String> {
        Ok(xmcp::client()?.environment_url().to_owned())
    }
}

mod spawned_environment {
    use super::*;
    pub(super) const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub(super) async fn handler() -> Result<String> {
        let seen = || xmcp::client().map(drop).map_err(|error| error.to_string());
        let seen = tokio::spawn(async move { seen() }).await?;
        Ok(seen.err().unwrap_or_default())
    }
}

mod maybe_environment {
    use super::*;
    pub(super) const METADATA: ToolMetadata = ToolMetadata::NONE;
    pub(super) async fn handler(scalekit: Option<Scalekit>) -> String {
        scalekit.map_or("none".to_owned(), |it| it.environment_url().to_owned())
    }
}

fn text(result: &Value) -> &str {
    result["content"][0]["text"].as_str().unwrap()
}

#[tokio::test]
async fn handlers_call_scalekit_by_argument_and_deep_inside() {
    let protected = Protected::with(Setup {
        has_credentials: true,
        tools: CALLING,
        ..Setup::default()
    })
    .await;
    let environment = protected.scalekit.environment_url().to_owned();
    let token = protected.token("openid");
    for era in BOTH {
        for (tool, expected) in [
            ("organization_name", "Analytical Engines"),
            ("deep_name", "Analytical Engines"),
            ("blocking_environment", &environment),
            (
                "spawned_environment",
                "[xmcp] no Scalekit client: there is one in a handler only",
            ),
            ("maybe_environment", &environment),
        ] {
            let answer = protected.call(era, tool, Some(&token)).await;
            assert_eq!(text(&answer.result()), expected, "{tool}");
        }
    }
    assert_eq!(protected.scalekit.admin().hits("/oauth/token"), 1);
}

#[tokio::test]
async fn what_goes_wrong_at_scalekit_is_told_by_its_kind_alone() {
    let protected = Protected::with(Setup {
        has_credentials: true,
        tools: CALLING,
        ..Setup::default()
    })
    .await;
    protected.scalekit.admin().rate_limit(Some(7));
    let token = protected.token("openid");
    for era in BOTH {
        let answer = protected.call(era, "organization_name", Some(&token)).await;
        let result = answer.result();
        assert_eq!(result["isError"], true);
        assert_eq!(
            text(&result),
            "Scalekit is asked too often; try again in 7 seconds"
        );
    }
}

fn without_credentials() -> xmcp::Result<Middleware> {
    let config = ScalekitConfig::new("https://env.scalekit.example")?;
    Ok(scalekit::provider(config.resource_id("res_1")).into())
}

#[tokio::test]
async fn a_handler_that_takes_the_client_needs_credentials_at_start() {
    for middleware in [None, Some(without_credentials as fn() -> _)] {
        let app = App {
            middleware,
            ..tools::app(CALLING)
        };
        let error = xmcp::router(app, Settings::default()).await.unwrap_err();
        let StartError::Requirements(problems) = error else {
            panic!("{error}")
        };
        let expected = "tools/organization_name.rs:7:1: the handler of `organization_name` takes `Scalekit`, and no provider has \
                        credentials to call it: set SCALEKIT_CLIENT_ID and SCALEKIT_CLIENT_SECRET for the `scalekit::provider(..)` in \
                        src/middleware.rs, or take `Option<Scalekit>`";
        assert_eq!(problems, [expected]);
    }
}

#[tokio::test]
async fn without_credentials_there_is_no_client_and_deep_inside_that_is_said() {
    let protected = Protected::with(Setup {
        tools: LENIENT,
        ..Setup::default()
    })
    .await;
    let token = protected.token("openid");
    for era in BOTH {
        let answer = protected.call(era, "maybe_environment", Some(&token)).await;
        assert_eq!(text(&answer.result()), "none");
        let answer = protected.call(era, "deep_name", Some(&token)).await;
        let result = answer.result();
        assert_eq!(result["isError"], true);
        assert_eq!(
            text(&result),
            "[xmcp] no Scalekit client: is there a `scalekit::provider(..)` in src/middleware.rs, and are SCALEKIT_CLIENT_ID and \
             SCALEKIT_CLIENT_SECRET set?"
        );
    }
}

#[tokio::test]
async fn on_stdio_the_server_starts_and_the_call_says_that_there_is_none() {
    let (mut input, theirs) = tokio::io::duplex(4096);
    let (their_output, output) = tokio::io::duplex(4096);
    let server = tokio::spawn(testing::test_stdio(
        tools::app(CALLING),
        Settings::default(),
        AppState::new(),
        theirs,
        their_output,
        CancellationToken::new(),
    ));
    let mut output = BufReader::new(output);
    for (tool, expected) in [
        (
            "organization_name",
            "no Scalekit client on stdio: this tool needs the one of the provider, which there is only over HTTP",
        ),
        ("maybe_environment", "none"),
    ] {
        let request = json!({
            "jsonrpc": "2.0", "id": 1, "method": "tools/call",
            "params": { "name": tool, "arguments": {}, "_meta": {
                "io.modelcontextprotocol/protocolVersion": "2026-07-28",
                "io.modelcontextprotocol/clientInfo": { "name": "test", "version": "1" },
                "io.modelcontextprotocol/clientCapabilities": {},
            } },
        });
        input
            .write_all(format!("{request}\n").as_bytes())
            .await
            .unwrap();
        let mut line = String::new();
        output.read_line(&mut line).await.unwrap();
        let answer: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(text(&answer["result"]), expected, "{answer}");
    }
    drop(input);
    server.await.unwrap().unwrap();
}
