//! The settings as a process of the app will see them: `xmcp.toml`, `.env`, the environment and the command line, read anew before each
//! start.

use std::{collections::HashMap, env, net::SocketAddr, path::Path};

use xmcp_config::{Authority, DEFAULT_PORT, ProjectConfig, Settings, Transport};

use super::Arguments;
use crate::scalekit;

/// What the environment of a local Scalekit's is named after.
const SCALEKIT: [&str; 4] = [
    scalekit::ENVIRONMENT_URL,
    scalekit::RESOURCE_ID,
    scalekit::CLIENT_ID,
    scalekit::CLIENT_SECRET,
];

/// Settings, and what else the environment says.
pub(super) struct InEffect {
    pub(super) settings: Settings,
    /// Whether a process starts with them. If not, they may be others than those that somebody is about to write.
    pub(super) is_sound: bool,
    file: HashMap<String, String>,
}

impl InEffect {
    /// What is wrong with a file or a variable is left out: the build and the process itself say it better.
    pub(super) fn read(root: &Path, arguments: &Arguments) -> Self {
        let (config, problems) = ProjectConfig::read(root);
        let mut settings = config.settings;
        let file = dotenvy::from_path_iter(root.join(".env"))
            .map(|pairs| pairs.filter_map(Result::ok).collect())
            .unwrap_or_default();
        let mut this = Self {
            settings: settings.clone(),
            is_sound: problems.is_empty(),
            file,
        };
        let said = |name: &str| match name {
            "PORT" if arguments.port.is_some() => arguments.port.map(|port| port.to_string()),
            "HOST" if arguments.host.is_some() => arguments.host.clone(),
            name => this.variable(name),
        };
        // One variable that is refused keeps the others from being applied, and the process from starting.
        if let Err(refused) = settings.apply_environment(said) {
            let is_refused = |name: &str| refused.iter().any(|error| error.variable == name);
            let _ = settings.apply_environment(|name| match is_refused(name) {
                true => None,
                false => said(name),
            });
            this.is_sound = false;
        }
        if arguments.stdio {
            settings.server.transport = Transport::Stdio;
        } else if arguments.http {
            settings.server.transport = Transport::Http;
        }
        this.settings = settings;
        this
    }

    /// A variable: of the environment, else of `.env`.
    pub(super) fn variable(&self, name: &str) -> Option<String> {
        env::var(name).ok().or_else(|| self.file.get(name).cloned())
    }

    /// Whether somebody has decided which Scalekit it is.
    pub(super) fn has_scalekit(&self) -> bool {
        SCALEKIT.iter().any(|name| {
            self.variable(name)
                .is_some_and(|value| !value.trim().is_empty())
        })
    }

    /// The endpoint's URL as an authorization server knows it, which clients have to use too.
    pub(super) fn registered_url(&self, address: SocketAddr) -> String {
        let http = &self.settings.http;
        let endpoint = &http.endpoint;
        if let Some(public_url) = &http.public_url {
            return format!("{}{endpoint}", public_url.trim_end_matches('/'));
        }
        let port = Some(address.port());
        let text = address.ip().to_string();
        let host = match text.as_str() {
            "127.0.0.1" => "localhost",
            _ => &text,
        };
        format!("http://{}{endpoint}", Authority { host, port })
    }

    /// Where a server with these settings listens, as far as they say.
    pub(super) fn place(&self) -> (String, Option<u16>) {
        let http = &self.settings.http;
        let is_free = http.port.is_none() && http.public_url.is_none();
        let port = http.port.unwrap_or(DEFAULT_PORT);
        (http.host.clone(), (!is_free).then_some(port))
    }
}
