//! A server with a provider before it, and the environment that makes tokens for it.

use std::{cell::RefCell, sync::Arc};

use axum::{Router, routing::get};
use http::header;
use scalekit_emulator::{Builder, Emulator};
use serde_json::{Value, json};
use xmcp::{
    App, Era, Middleware, Settings, StartError,
    auth::{
        JwtVerifier, Provider,
        scalekit::{self, ScalekitConfig, Secret},
    },
    codegen::{Prompt, Resource, Skill, Tool},
    testing,
};

use crate::{
    callers,
    clock::Ahead,
    scalekit::Scalekit,
    support::{Answer, Server},
    tools,
};

pub const METADATA: &str = "http://localhost:3001/.well-known/oauth-protected-resource/mcp";

thread_local! {
    /// A function without surroundings is what an app has for its middleware, so what it returns stands here. It runs on the
    /// test's own thread, on every kind of runtime.
    static MIDDLEWARE: RefCell<Option<Middleware>> = RefCell::default();
}

/// What a protected server is made of.
pub struct Setup {
    pub scalekit: Builder,
    /// How the server is known to the environment.
    pub resource_id: Option<&'static str>,
    /// Whether the provider has the environment's credentials.
    pub has_credentials: bool,
    pub provider: fn(Provider) -> Provider,
    /// A clock to verify tokens by, instead of the system's.
    pub clock: Option<Ahead>,
    pub dev: bool,
    pub settings: Settings,
    pub tools: &'static [Tool],
    pub prompts: &'static [Prompt],
    pub resources: &'static [Resource],
    pub skills: &'static [Skill],
}

pub struct Protected {
    pub server: Server,
    pub scalekit: Scalekit,
}

fn middleware() -> xmcp::Result<Middleware> {
    Ok(MIDDLEWARE.take().expect("an app starts once"))
}

impl Default for Setup {
    fn default() -> Self {
        let mut settings = Settings::default();
        // The run is searched for secrets, and this is to be searched too.
        settings.log.audit = true;
        Self {
            scalekit: Emulator::builder(),
            resource_id: Some("res_test"),
            has_credentials: false,
            provider: |provider| provider,
            clock: None,
            dev: true,
            settings,
            tools: callers::CALLERS,
            prompts: &[],
            resources: &[],
            skills: &[],
        }
    }
}

impl Setup {
    /// The router of a server at this port, and who vouches for its callers.
    pub async fn assemble(self, port: u16) -> (Router, Scalekit) {
        let (router, scalekit) = self.try_assemble(port).await;
        (router.unwrap(), scalekit)
    }

    /// The same of one that may not start.
    pub async fn try_assemble(mut self, port: u16) -> (Result<Router, StartError>, Scalekit) {
        let http = &mut self.settings.http;
        http.port = Some(port);
        let server_url = format!("http://localhost:{port}{}", http.endpoint);
        let builder = std::mem::replace(&mut self.scalekit, Emulator::builder());
        let scalekit = Scalekit::start(builder, &server_url).await;
        let mut config = ScalekitConfig::new(scalekit.environment_url()).unwrap();
        if let Some(id) = self.resource_id {
            config = config.resource_id(id);
        }
        if self.has_credentials {
            let client = scalekit.connection().environment_client();
            config = config.client_credentials(client.id(), Secret::new(client.secret()));
        }
        let provider = match self.clock.take() {
            Some(clock) => provider_by(clock, &scalekit),
            None => scalekit::provider(config),
        };
        let provider = (self.provider)(provider);
        (self.of(provider).await, scalekit)
    }

    /// The router of a server behind this provider.
    pub async fn of(self, provider: Provider) -> Result<Router, StartError> {
        MIDDLEWARE.set(Some(
            Middleware::from(provider)
                .routes(Router::new().route("/mine", get(|| async { "mine" })))
                .public(Router::new().route("/open", get(|| async { "open" }))),
        ));
        let app = App {
            state: Some(callers::state),
            middleware: Some(middleware),
            dev: self.dev,
            prompts: self.prompts,
            resources: self.resources,
            skills: self.skills,
            ..tools::app(self.tools)
        };
        testing::served_router(app, self.settings).await
    }
}

/// What the provider of Scalekit is, by another clock.
fn provider_by(clock: Ahead, scalekit: &Scalekit) -> Provider {
    let environment = scalekit.environment_url();
    let issuer = format!("{environment}/resources/res_test");
    let keys = format!("{environment}/keys").parse().unwrap();
    let verifier = JwtVerifier::builder(keys)
        .issuers([environment, &issuer])
        .audiences(["res_test"])
        .clock(Arc::new(clock))
        .build()
        .unwrap();
    Provider::new([issuer], verifier)
}

impl Protected {
    pub async fn start() -> Self {
        Self::with(Setup::default()).await
    }

    pub async fn with(setup: Setup) -> Self {
        let (router, scalekit) = setup.assemble(3001).await;
        Self {
            server: Server { router },
            scalekit,
        }
    }

    /// The credential of the first user with these scopes.
    pub fn token(&self, scope: &str) -> String {
        self.bearer(json!({ "sub": "usr_ada", "scope": scope, "scopes": scope.split(' ').collect::<Vec<_>>() }))
    }

    /// A credential with these changes to the claims of a good one.
    pub fn bearer(&self, claims: Value) -> String {
        format!("Bearer {}", self.scalekit.mint(claims, json!({})))
    }

    pub async fn call(&self, era: Era, tool: &str, authorization: Option<&str>) -> Answer {
        let params = json!({ "name": tool, "arguments": {} });
        self.request(era, "tools/call", params, authorization).await
    }

    pub async fn request(
        &self,
        era: Era,
        method: &str,
        params: Value,
        authorization: Option<&str>,
    ) -> Answer {
        let headers: Vec<_> = authorization
            .map(|value| ("authorization", value))
            .into_iter()
            .collect();
        Answer::read(self.server.open(era, method, params, &headers).await).await
    }
}

pub fn challenge(answer: &Answer) -> &str {
    answer.headers[header::WWW_AUTHENTICATE].to_str().unwrap()
}
