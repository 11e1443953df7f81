//! Settings of an emulator, and its start.
//!
//! A state folder belongs to one process at a time, by a lock that ends with the process. Tokens name the port in their issuer, so an
//! environment keeps its port as long as it can have it (`listener.rs`).

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::{
    net::TcpListener,
    sync::oneshot,
    time::{Instant, sleep},
};
use url::Url;

use crate::{
    Connection, Consent, IssuerMode, StartError,
    environment::{Environment, Policy},
    listener, routes,
    running::Running,
    serve,
    state::{self, State, Store},
};

/// A local Scalekit environment.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// use scalekit_emulator::Emulator;
///
/// let emulator = Emulator::builder().server_url("http://localhost:3001/mcp").start().await?;
/// let token = emulator.admin().mint(serde_json::json!({ "sub": "usr_7" }), serde_json::json!({}));
/// assert_eq!(token.split('.').count(), 3);
/// # Ok::<(), scalekit_emulator::StartError>(())
/// # }).unwrap();
/// ```
#[derive(Debug)]
pub struct Emulator;

impl Emulator {
    /// An emulator in memory, on a free port, with a consent page.
    pub fn builder() -> Builder {
        Builder {
            port: None,
            folder: None,
            server_url: "http://localhost:3001/mcp".to_owned(),
            resource_id: None,
            pages: Vec::new(),
            policy: Policy {
                scopes: None,
                token_lifetime: Duration::from_secs(3600),
                refresh_lifetime: Duration::from_secs(30 * 24 * 3600),
                code_lifetime: Duration::from_secs(60),
                issuer_mode: IssuerMode::default(),
                consent: Consent::default(),
            },
        }
    }

    /// The emulator that runs on the folder `folder`, in whichever process. `None` if none answers; nothing is started, and nothing is
    /// written.
    pub async fn running(folder: impl AsRef<Path>) -> Option<Connection> {
        let state = state::load(&folder.as_ref().join("state.json")).ok()??;
        let url = format!("http://127.0.0.1:{}", state.port);
        let is_its = identity(&url).await.as_deref() == Some(state.instance.as_str());
        is_its.then(|| Connection::of_state(&state, url))
    }
}

/// Settings of an emulator that does not run yet.
#[derive(Clone, Debug)]
#[must_use]
pub struct Builder {
    port: Option<u16>,
    folder: Option<PathBuf>,
    server_url: String,
    resource_id: Option<String>,
    pages: Vec<String>,
    policy: Policy,
}

/// What [`Builder::start_or_join`] came to.
#[derive(Debug)]
pub enum Started {
    /// It runs here, until it is dropped.
    Here(Running),
    /// Another process runs it on the same folder, and answers. Its settings are those that it was started with.
    Elsewhere(Connection),
}

impl Started {
    /// How to reach it.
    pub fn connection(&self) -> &Connection {
        match self {
            Self::Here(running) => running.connection(),
            Self::Elsewhere(connection) => connection,
        }
    }
}

impl Builder {
    /// Listens on this port of 127.0.0.1, or not at all. Without it, or with 0, a folder's last port if it is free; then, without it,
    /// [`DEFAULT_PORT`](crate::DEFAULT_PORT) with a folder if that is free; then any.
    ///
    /// Tokens name the port. A folder that has to change it keeps its keys and clients, and [`Running::warning`] says what is lost.
    pub fn port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }

    /// Keeps keys, clients, refresh tokens and the port in this folder, so that tokens survive a restart. It is made if it is not there.
    pub fn state_dir(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// The URL of the MCP server that tokens are for. On this machine, tokens are made for its other names and ports too.
    pub fn server_url(mut self, url: impl Into<String>) -> Self {
        self.server_url = url.into();
        self
    }

    /// The id of the MCP server, for a new environment. Without it, one is made up.
    pub fn resource_id(mut self, id: impl Into<String>) -> Self {
        self.resource_id = Some(id.into());
        self
    }

    /// The scopes of the MCP server. `openid`, `profile`, `email` and `offline_access` are there anyway; without this, every scope is.
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.policy.scopes = Some(scopes.into_iter().map(Into::into).collect());
        self
    }

    /// How long access tokens for the MCP server live. An hour, unless changed.
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.policy.token_lifetime = lifetime;
        self
    }

    /// How long refresh tokens live. Thirty days, unless changed.
    pub fn refresh_lifetime(mut self, lifetime: Duration) -> Self {
        self.policy.refresh_lifetime = lifetime;
        self
    }

    /// How long authorization codes live. A minute, unless changed.
    pub fn code_lifetime(mut self, lifetime: Duration) -> Self {
        self.policy.code_lifetime = lifetime;
        self
    }

    /// Whom tokens name as their issuer.
    pub fn issuer_mode(mut self, mode: IssuerMode) -> Self {
        self.policy.issuer_mode = mode;
        self
    }

    /// Who consents when a client asks for authorization.
    pub fn consent(mut self, consent: Consent) -> Self {
        self.policy.consent = consent;
        self
    }

    /// Pages of these origins may use it from a browser too, those of `*` all. Pages of this machine may anyway, and no others: whoever
    /// registers a client has a token soon.
    pub fn pages(mut self, origins: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.pages = origins.into_iter().map(Into::into).collect();
        self
    }

    /// Starts it, or uses the one that another process runs on the same folder.
    ///
    /// # Errors
    ///
    /// As [`Builder::start`], but for [`StartError::Running`].
    pub async fn start_or_join(self) -> Result<Started, StartError> {
        match self.start().await {
            Ok(running) => Ok(Started::Here(running)),
            Err(StartError::Running(connection)) => Ok(Started::Elsewhere(*connection)),
            Err(error) => Err(error),
        }
    }

    /// Starts it in this process. It answers when this returns, and runs until what is returned is dropped.
    ///
    /// # Errors
    ///
    /// If another process runs one on the same folder, if the port that was asked for is taken, if the folder cannot be used, or if the
    /// user who is to consent does not live there.
    pub async fn start(self) -> Result<Running, StartError> {
        let is_url = Url::parse(&self.server_url)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.fragment().is_none());
        if !is_url {
            return Err(StartError::ServerUrl(self.server_url));
        }
        let Some(folder) = self.folder else {
            let mut state = State::new(self.resource_id, self.server_url);
            check_consent(&self.policy.consent, &state)?;
            let listener = listener::on(self.port.unwrap_or(0)).await?;
            state.port = listener::port(&listener)?;
            let store = Store::new(state, None);
            return Ok(run(listener, store, self.pages, self.policy));
        };
        let in_folder = |path: &Path| {
            let path = path.to_owned();
            move |source| StartError::State { path, source }
        };
        state::create_folder(&folder).map_err(in_folder(&folder))?;
        let file = folder.join("state.json");
        let Some(lock) = lock(&folder).map_err(in_folder(&folder))? else {
            return Err(join(&folder, &file).await);
        };
        let known = state::load(&file).map_err(in_folder(&file))?;
        let remembered = known.as_ref().map(|known| known.port);
        let listener = listener::at(self.port, remembered).await?;
        let mut state = match known {
            Some(known) => known,
            None => State::new(self.resource_id, self.server_url.clone()),
        };
        state.port = listener::port(&listener)?;
        let moved_from = remembered.filter(|port| *port != state.port);
        state.server_url = self.server_url;
        check_consent(&self.policy.consent, &state)?;
        let store = Store::new(state, Some(file.clone()));
        store.change(State::tidy).map_err(in_folder(&file))?;
        Ok(run(listener, store, self.pages, self.policy).on_folder(lock, moved_from))
    }
}

/// Whoever consents without being asked has to live here: otherwise nobody could sign in, and no client would say why.
fn check_consent(consent: &Consent, state: &State) -> Result<(), StartError> {
    match consent {
        Consent::Auto(Some(name)) if state.directory.named(name).is_none() => {
            Err(StartError::User {
                name: name.clone(),
                users: state.directory.who_is_where(),
            })
        }
        _ => Ok(()),
    }
}

fn run(listener: TcpListener, store: Store, pages: Vec<String>, policy: Policy) -> Running {
    let url = format!("http://127.0.0.1:{}", store.read(|state| state.port));
    let environment = Environment::new(url, store, pages, policy);
    let (shutdown, is_shut_down) = oneshot::channel();
    let router = routes::router(environment.clone());
    let server = tokio::spawn(serve::serve(listener, router, is_shut_down));
    Running::new(environment, shutdown, server)
}

/// The folder's lock, or `None` if another process has it.
fn lock(folder: &Path) -> io::Result<Option<fs::File>> {
    let mut options = fs::OpenOptions::new();
    let file = state::private(options.write(true).create(true).truncate(false))
        .open(folder.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(fs::TryLockError::WouldBlock) => Ok(None),
        Err(fs::TryLockError::Error(error)) => Err(error),
    }
}

/// How long another process may take from its lock to its first answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The emulator that has the folder's lock, as the error that says so.
async fn join(folder: &Path, file: &Path) -> StartError {
    let until = Instant::now() + PATIENCE;
    loop {
        // It writes the state before it answers, and may be about to do either.
        if let Ok(Some(state)) = state::load(file) {
            let url = format!("http://127.0.0.1:{}", state.port);
            if identity(&url).await.as_deref() == Some(state.instance.as_str()) {
                return StartError::Running(Box::new(Connection::of_state(&state, url)));
            }
        }
        if Instant::now() >= until {
            return StartError::Unresponsive {
                folder: folder.to_owned(),
            };
        }
        sleep(Duration::from_millis(50)).await;
    }
}

/// Which environment answers at `url`.
async fn identity(url: &str) -> Option<String> {
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(2))
        .build()
        .ok()?;
    let mut response = client.get(format!("{url}/emulator")).send().await.ok()?;
    let text = response.chunk().await.ok()??;
    let identity: serde_json::Value = serde_json::from_slice(&text).ok()?;
    Some(identity["instance"].as_str()?.to_owned())
}
