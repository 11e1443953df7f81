//! What keeps an app from starting, and how it is said: all problems of a kind at once, each with its place.

use serde_json::json;
use xmcp::{
    App, AppState, BoxError, Era, Middleware, Settings, StartError, codegen::Tool, testing,
};

use crate::support::{BOTH, Server};
use crate::tools;

async fn error(app: App) -> StartError {
    xmcp::router(app, Settings::default()).await.unwrap_err()
}

fn app(tools: &'static [Tool]) -> App {
    tools::app(tools)
}

#[tokio::test]
async fn a_state_that_nobody_provides_is_named_with_the_tool() {
    let StartError::Requirements(problems) = error(app(tools::COUNTING)).await else {
        panic!("another error")
    };
    let expected = "tools/count.rs:7:1: the handler of `count` takes `State<endpoint::tools::count::Counter>`, and nobody provides it: \
                    return `AppState::new().with(..)` of that type from `state()` in src/state.rs";
    assert_eq!(problems, [expected]);
}

#[tokio::test]
async fn sessions_and_scopes_need_a_provider() {
    let StartError::Requirements(problems) = error(app(tools::GUARDED)).await else {
        panic!("another error")
    };
    let expected = [
        "tools/write.rs:7:1: `write` asks for scopes, and no auth provider says what a caller holds: wire a provider in \
         src/middleware.rs, or take `scopes` out of METADATA",
        "tools/who.rs:7:1: the handler of `who` takes `Session`, and no auth provider makes one: take `Option<Session>`, or wire a \
         provider in src/middleware.rs",
    ];
    assert_eq!(problems, expected);
}

#[tokio::test]
async fn a_schema_that_cannot_be_served_is_named_with_the_tool() {
    let StartError::Schema(problems) = error(app(tools::UNSERVABLE)).await else {
        panic!("another error")
    };
    let [remote, no_object, no_header] = &problems[..] else {
        panic!("{problems:?}")
    };
    let expected = "tools/remote.rs:7:1: the schema of `remote` refers to `https://example.com/a.json`, which lies outside of it: put what \
                    it names under `$defs` and refer to that";
    assert_eq!(remote, expected);
    let expected = "tools/no_object.rs:7:1: the schema of `no_object` does not say `\"type\": \"object\"`: arguments are always an object, \
                    so `Schema` must be a struct with named fields";
    assert_eq!(no_object, expected);
    let expected = "tools/no_header.rs:7:1: the schema of `no_header` gives the header `Mcp-Param-Share` to `share`, which is neither a \
                    string, nor an integer, nor a boolean";
    assert_eq!(no_header, expected);
}

/// The build script cannot look into a `Schema` that comes from elsewhere.
#[tokio::test]
async fn a_template_whose_schema_does_not_fit_its_uri_is_named() {
    use xmcp::codegen::{
        Input, Parameter, ReadResourceResult, Reply, Resource, ResourceMetadata, Shape,
    };

    fn schema(name: &'static str) -> serde_json::Map<String, serde_json::Value> {
        let schema = json!({ "type": "object", "properties": { name: { "type": "string" } } });
        schema.as_object().unwrap().clone()
    }
    fn list() -> serde_json::Map<String, serde_json::Value> {
        let schema = json!({ "type": "object", "properties": { "id": { "type": "array" } } });
        schema.as_object().unwrap().clone()
    }
    const PROFILE: Resource = Resource {
        uri: "users://{id}",
        name: "user",
        description: "A user",
        source: "resources/(users)/[id].rs:7:1",
        metadata: &ResourceMetadata::NONE,
        meta: None,
        input: Input::Schema(|| schema("user")),
        parameters: &[Parameter {
            name: "id",
            rest: false,
        }],
        shape: || Shape::resource_0(String::new),
        call: |_| Reply::new(async { Ok(ReadResourceResult::new()) }),
        complete: None,
    };
    static RESOURCES: &[Resource] = &[
        PROFILE,
        Resource {
            uri: "users://all",
            source: "resources/(users)/all.rs:7:1",
            input: Input::Schema(|| schema("page")),
            parameters: &[],
            ..PROFILE
        },
        Resource {
            uri: "files://{id}",
            source: "resources/(files)/[id].rs:7:1",
            input: Input::Schema(list),
            ..PROFILE
        },
    ];
    let app = App {
        resources: RESOURCES,
        ..app(&[])
    };
    let StartError::Schema(problems) = error(app).await else {
        panic!("another error")
    };
    let expected = [
        "resources/(users)/[id].rs:7:1: the schema of `users://{id}` lacks the parameter `id`: add `pub id: String`",
        "resources/(users)/all.rs:7:1: the schema of `users://all` has a member `page`, which is no parameter: put `[page]` \
         into the file's path, or remove the field",
        "resources/(files)/[id].rs:7:1: the schema of `files://{id}` has a member `id` that cannot be in a URI, where a parameter \
         is one text: make it a `String`, and split it in the handler",
    ];
    assert_eq!(problems, expected);
}

#[tokio::test]
async fn a_state_that_fails_says_why() {
    fn state() -> futures_util::future::BoxFuture<'static, xmcp::Result<AppState>> {
        Box::pin(async { Err(BoxError::from("no database")) })
    }
    let error = error(App {
        state: Some(state),
        ..app(tools::COUNTING)
    })
    .await;
    assert_eq!(
        error.to_string(),
        "state() in src/state.rs failed: no database"
    );
}

#[tokio::test]
async fn a_middleware_that_fails_says_why() {
    fn middleware() -> xmcp::Result<Middleware> {
        Ok(Middleware::new().layer(axum::Extension("99999".parse::<u16>()?)))
    }
    let error = error(App {
        middleware: Some(middleware),
        ..app(tools::TOOLS)
    })
    .await;
    assert_eq!(
        error.to_string(),
        "middleware() in src/middleware.rs failed: number too large to fit in target type"
    );
}

#[tokio::test]
async fn handlers_share_the_state() {
    for era in BOTH {
        let state = AppState::new().with(tools::count::Counter(41.into()));
        let server = Server::of(tools::COUNTING, |_| {}, Some(state), None).await;
        for expected in ["42", "43"] {
            assert_eq!(
                server.result(era, "count", json!({})).await["content"][0]["text"],
                expected
            );
        }
    }
}

#[tokio::test]
async fn the_apps_own_state_is_made_once_before_the_first_request() {
    fn state() -> futures_util::future::BoxFuture<'static, xmcp::Result<AppState>> {
        Box::pin(async { Ok(AppState::new().with(tools::count::Counter(0.into()))) })
    }
    let app = App {
        state: Some(state),
        ..app(tools::COUNTING)
    };
    let server = Server {
        router: testing::test_router(app, Settings::default(), None, None)
            .await
            .unwrap(),
    };
    for expected in ["1", "2"] {
        assert_eq!(
            server.result(Era::Modern, "count", json!({})).await["content"][0]["text"],
            expected
        );
    }
}

#[tokio::test]
async fn the_list_is_the_same_however_the_router_is_made() {
    let router = xmcp::router(app(tools::TOOLS), Settings::default())
        .await
        .unwrap();
    for era in BOTH {
        let mounted = Server {
            router: router.clone(),
        }
        .request(era, "tools/list", json!({}))
        .await
        .result();
        assert_eq!(
            mounted,
            Server::new()
                .await
                .request(era, "tools/list", json!({}))
                .await
                .result()
        );
    }
}

#[tokio::test]
async fn a_provider_needs_the_name_that_clients_use_where_others_can_reach_the_server() {
    fn vouched() -> xmcp::Result<Middleware> {
        let config = xmcp::auth::scalekit::ScalekitConfig::new("https://env.scalekit.example")?;
        Ok(xmcp::auth::scalekit::provider(config.resource_id("res_1")).into())
    }
    let app = App {
        middleware: Some(vouched),
        ..app(tools::GUARDED)
    };
    let mut settings = Settings::default();
    settings.http.host = "0.0.0.0".to_owned();
    settings.http.allowed_hosts = vec!["mcp.example.com".to_owned()];
    let error = xmcp::router(app, settings.clone()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "listening on `0.0.0.0` with an auth provider needs the URL that clients use, for their tokens name it: set \
         BASE_URL=https://mcp.example.com, or `public_url` under [http] in xmcp.toml"
    );
    settings.http.public_url = Some("https://mcp.example.com".to_owned());
    assert!(xmcp::router(app, settings).await.is_ok());
}
