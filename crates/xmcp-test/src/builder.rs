//! A client in the making: what the test puts in the place of the real thing.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use xmcp::{App, AppState, Era, Session, Settings, StartError, testing};

use crate::Client;

/// The name that the client knows the server by. Nothing listens under it, and it is allowed whatever the settings say.
const HOST: &str = "xmcp.test";

/// A client in the making, from [`Client::builder`].
#[must_use = "nothing is started before `build`"]
#[derive(Debug)]
pub struct ClientBuilder {
    app: App,
    settings: Settings,
    state: Option<AppState>,
    session: Option<Session>,
    era: Era,
    headers: HeaderMap,
}

impl ClientBuilder {
    pub(crate) fn new(app: App) -> Self {
        let headers = HeaderMap::from_iter([(header::HOST, HeaderValue::from_static(HOST))]);
        Self {
            settings: app.settings(),
            app,
            state: None,
            session: None,
            era: Era::Modern,
            headers,
        }
    }

    /// This caller is signed in, on every request. Without it nobody is.
    pub fn session(mut self, session: Session) -> Self {
        self.session = Some(session);
        self
    }

    /// This state stands in the place of the one that `src/state.rs` would make, which is not run.
    pub fn state(mut self, state: AppState) -> Self {
        self.state = Some(state);
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
        let router =
            testing::test_router(self.app, self.settings, self.state, self.session).await?;
        Ok(Client::new(router, endpoint, self.era, self.headers))
    }
}
