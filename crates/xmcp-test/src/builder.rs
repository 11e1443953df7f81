//! A client in the making: what the test puts in the place of the real thing.

use std::sync::atomic::AtomicU64;

use http::{HeaderMap, HeaderName, HeaderValue, header};
use serde_json::Value;
use xmcp::{App, AppState, Era, Scalekit, Session, Settings, StartError, testing};

use crate::{Client, answers::Answers};

/// The name that the client knows the server by. Nothing listens under it, and it is allowed whatever the settings say.
const HOST: &str = "xmcp.test";

/// A client in the making, from [`Client::builder`].
#[must_use = "nothing is started before `build`"]
#[derive(Debug)]
pub struct ClientBuilder {
    app: App,
    settings: Settings,
    doubles: testing::Doubles,
    era: Era,
    headers: HeaderMap,
    answers: Option<Answers>,
}

impl ClientBuilder {
    pub(crate) fn new(app: App) -> Self {
        let headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(HOST))]);
        Self {
            settings: app.settings(),
            app,
            doubles: testing::Doubles::default(),
            era: Era::Modern,
            headers,
            answers: None,
        }
    }

    /// This caller is signed in, on every request. Without it nobody is.
    pub fn session(mut self, session: Session) -> Self {
        self.doubles.session = Some(session);
        self
    }

    /// This state stands in the place of the one that `src/state.rs` would make, which is not run.
    pub fn state(mut self, state: AppState) -> Self {
        self.doubles.state = Some(state);
        self
    }

    /// Handlers call Scalekit's REST interface with this client; that of the app's provider is left out. Without it, a handler that
    /// takes `Scalekit` fails, and says so.
    ///
    /// ```no_run
    /// # mod my_app { pub fn app() -> xmcp::App { unimplemented!() } }
    /// # async fn example(environment_url: &str, id: String, secret: &str) -> Result<(), Box<dyn std::error::Error>> {
    /// use xmcp::auth::scalekit::{Credentials, Scalekit, Secret};
    ///
    /// // Of a local Scalekit that the test started: `emulator.environment_url()`, `emulator.connection().environment_client()`.
    /// let scalekit = Scalekit::new(environment_url, Credentials { id, secret: Secret::new(secret) })?;
    /// let client = xmcp_test::Client::builder(my_app::app()).scalekit(scalekit).build().await?;
    /// # let _ = client;
    /// # Ok(())
    /// # }
    /// ```
    pub fn scalekit(mut self, scalekit: Scalekit) -> Self {
        self.doubles.scalekit = Some(scalekit);
        self
    }

    /// Changes the settings, which are those of `xmcp.toml`; the environment is not looked at.
    pub fn settings(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// The generation of the protocol that the client speaks: [`Era::Modern`] unless said otherwise.
    pub fn era(mut self, era: Era) -> Self {
        self.era = era;
        self
    }

    /// Declares that the client can be asked everything, and answers the questions of handlers: forms, URLs, its model, its roots.
    ///
    /// A question has a `method` (`elicitation/create`, `sampling/createMessage`, `roots/list`) and `params`; the answer is the result
    /// that the protocol has for it. A client of [`Era::Legacy`] cannot be asked in memory, where it has no connection.
    ///
    /// ```no_run
    /// # mod my_app { pub fn app() -> xmcp::App { unimplemented!() } }
    /// # async fn example() -> Result<(), xmcp::StartError> {
    /// use serde_json::json;
    ///
    /// let client = xmcp_test::Client::builder(my_app::app())
    ///     .answering(|question| match question["method"].as_str() {
    ///         Some("elicitation/create") => json!({ "action": "accept", "content": { "name": "Ada" } }),
    ///         _ => json!({ "roots": [] }),
    ///     })
    ///     .build()
    ///     .await?;
    /// assert_eq!(client.call("greet_by_form", json!({})).await.text(), "Hello, Ada!");
    /// # Ok(())
    /// # }
    /// ```
    pub fn answering(mut self, answer: impl Fn(&Value) -> Value + Send + Sync + 'static) -> Self {
        self.answers = Some(Answers::new(answer));
        self
    }

    /// Sends this header with every request.
    ///
    /// # Panics
    ///
    /// When it is no legal name or value of a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let Ok(name) = HeaderName::try_from(name) else {
            panic!("`{name}` is no name of a header")
        };
        let Ok(value) = HeaderValue::try_from(value) else {
            panic!("`{value}` is no value of the header `{name}`")
        };
        self.headers.insert(name, value);
        self
    }

    /// Starts the app in memory.
    ///
    /// # Errors
    ///
    /// What would keep the server from starting, but for the address and for a missing auth provider.
    pub async fn build(mut self) -> Result<Client, StartError> {
        self.settings.http.allowed_hosts.push(HOST.to_owned());
        let endpoint = self.settings.http.endpoint.clone();
        let router = testing::test_router_with(self.app, self.settings, self.doubles).await?;
        Ok(Client {
            router,
            endpoint,
            era: self.era,
            headers: self.headers,
            answers: self.answers,
            next_id: AtomicU64::new(1),
        })
    }
}
