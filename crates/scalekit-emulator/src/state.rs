//! What an environment remembers, and where: in memory, and in the state folder if there is one.
//!
//! The file is readable by its owner only. It holds private keys and client secrets; refresh tokens stand in it as hashes.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};

use crate::{
    client::{Client, Grant, Kind},
    directory::{Directory, Subject},
    key::SigningKey,
    random, time,
};

/// Clients that may register before the oldest of them is forgotten.
const CLIENTS: usize = 250;
/// Refresh tokens and sign-ins before the oldest are forgotten.
const SESSIONS: usize = 5000;
/// Seconds that a sign-in lasts at most.
pub(crate) const SESSION_LIFETIME: u64 = 30 * 24 * 3600;
/// The form of the file. Another one is not read.
const FORMAT: u32 = 1;

/// Everything that survives a restart.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct State {
    pub(crate) format: u32,
    /// Tells this environment from another one that answers on the same port.
    pub(crate) instance: String,
    /// 0 until it first listened.
    pub(crate) port: u16,
    pub(crate) resource_id: String,
    pub(crate) server_url: String,
    /// The first signs; the others are still published.
    pub(crate) keys: Vec<SigningKey>,
    pub(crate) clients: BTreeMap<String, Client>,
    pub(crate) built_in: BuiltIn,
    /// By the hash of the token.
    pub(crate) refresh_tokens: BTreeMap<String, RefreshToken>,
    pub(crate) sessions: BTreeMap<String, SignIn>,
    pub(crate) directory: Directory,
}

/// The ids of the clients that the environment came with.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct BuiltIn {
    pub(crate) environment: String,
    pub(crate) mcp: String,
    pub(crate) organization: String,
}

impl BuiltIn {
    fn ids(&self) -> [&String; 3] {
        [&self.environment, &self.mcp, &self.organization]
    }
}

/// A refresh token. A used one is kept until it expires, because seeing it again means that somebody copied it.
#[derive(Clone, Deserialize, Serialize)]
pub(crate) struct RefreshToken {
    pub(crate) grant: Granted,
    pub(crate) expires: u64,
    pub(crate) used: bool,
}

/// What a user granted a client.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Granted {
    pub(crate) client: String,
    pub(crate) subject: Subject,
    pub(crate) scopes: Vec<String>,
    /// The MCP server's URL, spelled as the client asked for it.
    pub(crate) resource: String,
    pub(crate) session: String,
}

/// One time that a user signed in. The REST interface calls it a session.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct SignIn {
    pub(crate) subject: Subject,
    pub(crate) client: String,
    pub(crate) created: u64,
    pub(crate) last_active: u64,
    pub(crate) revoked: Option<u64>,
}

impl State {
    pub(crate) fn new(resource_id: Option<String>, server_url: String) -> Self {
        let client = |prefix: &str, kind, name: &str| Client {
            id: random::id(prefix),
            name: Some(name.to_owned()),
            kind,
            secret: Some(random::secret()),
            redirect_uris: Vec::new(),
            grants: vec![Grant::ClientCredentials, Grant::TokenExchange],
            created: time::now(),
        };
        let clients = [
            client("skc", Kind::Environment, "Environment"),
            client("m2m", Kind::Mcp, "Machine client of the MCP server"),
            client("m2morg", Kind::Organization, "Machine of an organization"),
        ];
        let [environment, mcp, organization] = &clients;
        let built_in = BuiltIn {
            environment: environment.id.clone(),
            mcp: mcp.id.clone(),
            organization: organization.id.clone(),
        };
        Self {
            format: FORMAT,
            instance: random::secret(),
            port: 0,
            resource_id: resource_id.unwrap_or_else(|| random::id("res")),
            server_url,
            keys: vec![SigningKey::generate()],
            clients: clients.into_iter().map(|it| (it.id.clone(), it)).collect(),
            built_in,
            refresh_tokens: BTreeMap::new(),
            sessions: BTreeMap::new(),
            directory: Directory::seeded(),
        }
    }

    /// Takes a client that registered itself.
    pub(crate) fn register(&mut self, client: Client) {
        let guests = self.clients.values();
        let guests = guests.filter(|client| !self.built_in.ids().contains(&&client.id));
        if self.clients.len() >= CLIENTS
            && let Some(id) = guests.min_by_key(|it| it.created).map(|it| it.id.clone())
        {
            self.clients.remove(&id);
        }
        self.clients.insert(client.id.clone(), client);
    }

    /// Drops what has expired, and the oldest of what there is too much of.
    pub(crate) fn tidy(&mut self) {
        let now = time::now();
        self.refresh_tokens.retain(|_, token| token.expires > now);
        self.sessions
            .retain(|_, session| session.created.saturating_add(SESSION_LIFETIME) > now);
        while self.refresh_tokens.len() > SESSIONS {
            let oldest = self.refresh_tokens.iter().min_by_key(|(_, it)| it.expires);
            let Some(hash) = oldest.map(|(hash, _)| hash.clone()) else {
                break;
            };
            self.refresh_tokens.remove(&hash);
        }
        while self.sessions.len() > SESSIONS {
            let oldest = self.sessions.iter().min_by_key(|(_, it)| it.last_active);
            let Some(id) = oldest.map(|(id, _)| id.clone()) else {
                break;
            };
            self.sessions.remove(&id);
        }
    }

    pub(crate) fn is_revoked(&self, session: &str) -> bool {
        self.sessions
            .get(session)
            .is_some_and(|sign_in| sign_in.revoked.is_some())
    }

    /// Ends a sign-in: nothing is refreshed from it any more.
    pub(crate) fn revoke(&mut self, session: &str) {
        if let Some(sign_in) = self.sessions.get_mut(session)
            && sign_in.revoked.is_none()
        {
            sign_in.revoked = Some(time::now());
        }
        self.refresh_tokens
            .retain(|_, token| token.grant.session != session);
    }
}

/// The state behind its lock, and its file.
pub(crate) struct Store {
    state: Mutex<State>,
    file: Option<PathBuf>,
}

impl Store {
    pub(crate) fn new(state: State, file: Option<PathBuf>) -> Self {
        Self {
            state: Mutex::new(state),
            file,
        }
    }

    pub(crate) fn read<T>(&self, read: impl FnOnce(&State) -> T) -> T {
        read(&self.lock())
    }

    /// Changes the state, and writes it down before anybody is told of the change.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> io::Result<T> {
        let mut state = self.lock();
        let changed = change(&mut state);
        if let Some(file) = &self.file {
            // The file is small and the disk is local: writing it here keeps the order of changes.
            write(file, &serde_json::to_vec_pretty(&*state)?)?;
        }
        Ok(changed)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The state in `file`, or `None` when there is none.
pub(crate) fn load(file: &Path) -> io::Result<Option<State>> {
    let text = match fs::read(file) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let state: State = serde_json::from_slice(&text)?;
    let is_whole = state.format == FORMAT
        && !state.keys.is_empty()
        && state
            .built_in
            .ids()
            .iter()
            .all(|&id| state.clients.contains_key(id));
    if is_whole {
        Ok(Some(state))
    } else {
        Err(io::Error::other("it was written by another version"))
    }
}

/// Replaces `file` as a whole, so that a reader sees the old one or the new one.
fn write(file: &Path, text: &[u8]) -> io::Result<()> {
    use std::io::Write;

    let fresh = file.with_extension("new");
    match fs::remove_file(&fresh) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut handle = private(fs::OpenOptions::new().write(true).create_new(true)).open(&fresh)?;
    handle.write_all(text)?;
    fs::rename(fresh, file)
}

/// Makes `folder` for its owner only. One that is there already keeps what it has.
pub(crate) fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Files made with `options` are for their owner only.
pub(crate) fn private(options: &mut fs::OpenOptions) -> &mut fs::OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}
