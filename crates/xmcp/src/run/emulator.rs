//! A local Scalekit for whoever develops, so that signing in works before anything is configured.
//!
//! 1. Only a development build has one: the code generated for any other names nothing of it, and so it is not linked.
//! 2. It starts only when a middleware stands before the endpoint and none of the `SCALEKIT_*` settings is set. One that is set is
//!    somebody's decision, and a mistake in it is an error.
//! 3. It is for middlewares that ask for these settings: when none did, it is stopped again.

use std::any::Any;

use futures_util::future::BoxFuture;
use xmcp_auth::{ScopeSet, scalekit::development};
use xmcp_config::HttpSettings;

use super::banner::SignIn;
use crate::{App, StartError, http::registered_url};

/// What starts a local Scalekit, in a build for development.
#[derive(Clone, Copy)]
pub struct Emulator {
    /// Cargo's `OUT_DIR` of the app: the way to its target folder.
    pub(crate) out_dir: &'static str,
    pub(crate) start: Start,
}

/// Starts it for this server. The first argument is [`Emulator::out_dir`].
pub(crate) type Start =
    fn(&'static str, Served) -> BoxFuture<'static, Result<LocalScalekit, StartError>>;

/// The server that a local Scalekit is for.
#[cfg_attr(
    not(feature = "emulator"),
    expect(dead_code, reason = "there is nothing to start")
)]
pub(crate) struct Served {
    /// The URL that one would register in Scalekit's dashboard, and give to clients.
    url: String,
    /// What a call with a token might say, as JSON.
    request: &'static str,
    /// The origins whose pages may call it, and so have to sign in.
    pages: Vec<String>,
}

/// A local Scalekit that answers, until this is dropped.
pub(crate) struct LocalScalekit {
    variables: development::Variables,
    /// What the banner says of it. Made where it is started, because nothing of it belongs into a build for use.
    sign_in: Box<dyn Fn(&ScopeSet) -> SignIn + Send + Sync>,
    /// The emulator, if it runs in this process.
    _running: Box<dyn Any + Send>,
}

impl LocalScalekit {
    /// The one that this app needs, if it needs one: started, and offered to the middleware.
    pub(super) async fn for_app(
        app: &App,
        settings: &HttpSettings,
    ) -> Result<Option<Self>, StartError> {
        let Some(emulator) = app.emulator else {
            return Ok(None);
        };
        if app.middleware.is_none() || development::is_configured() {
            return Ok(None);
        }
        let local = (emulator.start)(emulator.out_dir, Served::new(app, settings)).await?;
        development::offer(local.variables.clone());
        Ok(Some(local))
    }

    /// Whether the middleware took it.
    pub(super) fn is_used(&self) -> bool {
        development::is_taken()
    }

    /// How callers sign in at it, for the banner. `required` are the scopes that every request needs.
    pub(super) fn sign_in(&self, required: &ScopeSet) -> SignIn {
        (self.sign_in)(required)
    }
}

impl Drop for LocalScalekit {
    fn drop(&mut self) {
        development::withdraw();
    }
}

impl Served {
    fn new(app: &App, settings: &HttpSettings) -> Self {
        let is_there = |name| app.tools.iter().any(|tool| tool.name == name);
        Self {
            url: registered_url(settings),
            request: if is_there("whoami") {
                r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"whoami","arguments":{}}}"#
            } else {
                r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#
            },
            pages: settings.cors.clone(),
        }
    }
}

#[cfg(feature = "emulator")]
pub(crate) use started::start;

#[cfg(feature = "emulator")]
mod started {
    use std::{
        path::{Path, PathBuf},
        time::Duration,
    };

    use scalekit_emulator::{Builder, Connection, StartError as Reason, Started};
    use tokio::task::JoinHandle;
    use xmcp_auth::scalekit::{Secret, development::Variables, env};

    use super::*;
    use crate::{error::chain, http::landing::shell_word};

    /// Starts the emulator with its state in the app's target folder, or uses the one that runs on it.
    pub(crate) fn start(
        out_dir: &'static str,
        served: Served,
    ) -> BoxFuture<'static, Result<LocalScalekit, StartError>> {
        let start = async move {
            let emulator = scalekit_emulator::Emulator::builder()
                .server_url(served.url.as_str())
                .pages(served.pages.iter().map(String::as_str))
                .state_dir(state_folder(Path::new(out_dir)))
                .variables_from_env()?;
            for line in scalekit_emulator::misspelt_variables_from_env() {
                tracing::warn!("{line}");
            }
            Ok(match emulator.clone().start_or_join().await? {
                Started::Elsewhere(connection) => {
                    // This app and its callers know it by its port.
                    let emulator = emulator.port(connection.port());
                    let successor = Successor(tokio::spawn(succeed(emulator)));
                    local(&connection, served, Box::new(successor))
                }
                Started::Here(running) => {
                    if let Some(line) = running.warning() {
                        tracing::warn!("{line}");
                    }
                    let connection = running.connection().clone();
                    local(&connection, served, Box::new(running))
                }
            })
        };
        Box::pin(async {
            start.await.map_err(|error: Reason| {
                StartError::LocalScalekit(format!(
                    "the local Scalekit does not start, set SCALEKIT_ENVIRONMENT_URL to use another one: {}",
                    chain(&error)
                ))
            })
        })
    }

    fn local(
        connection: &Connection,
        served: Served,
        _running: Box<dyn Any + Send>,
    ) -> LocalScalekit {
        let client = connection.environment_client();
        let environment_url = connection.environment_url().to_owned();
        let (scalekit, why) = (environment_url.clone(), why());
        LocalScalekit {
            variables: Variables {
                environment_url,
                resource_id: connection.resource_id().to_owned(),
                client_id: client.id().to_owned(),
                client_secret: Secret::new(client.secret()),
            },
            sign_in: Box::new(move |required| SignIn {
                note: format!("{why}: callers sign in at a local Scalekit, {scalekit}"),
                commands: commands(&scalekit, &served, required),
            }),
            _running,
        }
    }

    fn commands(scalekit: &str, served: &Served, required: &ScopeSet) -> String {
        let (url, request) = (shell_word(&served.url), served.request);
        // Without the field, a token has the scopes that every user has.
        let scope = match required.is_empty() {
            true => String::new(),
            false => format!(" -d {}", shell_word(&format!("scope={required}"))),
        };
        format!(
            "  Or with a token of a user, ada, grace or alan:\n\n  \
             TOKEN=$(curl -s {scalekit}/emulator/token -d user=ada{scope})\n  \
             curl -s {url} -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' -d '{request}'\n"
        )
    }

    /// The task that waits for the process which runs the emulator to end. It ends with this.
    struct Successor(JoinHandle<()>);

    impl Drop for Successor {
        fn drop(&mut self) {
            self.0.abort();
        }
    }

    /// Goes on with the emulator here when the process that ran it has ended: one that restarts an app may start the new process
    /// before the old one is gone.
    async fn succeed(emulator: Builder) {
        loop {
            tokio::time::sleep(LOOK).await;
            if let Ok(_running) = emulator.clone().start().await {
                tracing::info!(
                    "the process of the local Scalekit has ended, it goes on in this one"
                );
                std::future::pending::<()>().await;
            }
        }
    }

    /// How often it is looked whether another process still runs the emulator.
    const LOOK: Duration = Duration::from_secs(1);

    /// Why it is a local one. A misspelt variable is otherwise like one that was never set.
    fn why() -> String {
        let is_other = |name: &String| {
            name.starts_with("SCALEKIT_")
                && !name.starts_with("SCALEKIT_EMULATOR_")
                && !env::ALL.contains(&name.as_str())
        };
        let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        let mut others: Vec<_> = names.filter(is_other).collect();
        if others.is_empty() {
            return "no SCALEKIT_* variable is set".to_owned();
        }
        others.sort();
        format!(
            "{} is not set, only {}",
            env::ENVIRONMENT_URL,
            others.join(", ")
        )
    }

    /// `scalekit-emulator` in the target folder, which cargo marks; for a binary that was taken elsewhere, in `target`.
    fn state_folder(out_dir: &Path) -> PathBuf {
        let marked = |folder: &&Path| folder.join("CACHEDIR.TAG").is_file();
        // target / profile / build / package / out
        let usual = || out_dir.ancestors().nth(4).filter(|folder| folder.is_dir());
        let target = out_dir.ancestors().find(marked).or_else(usual);
        target
            .unwrap_or(Path::new("target"))
            .join("scalekit-emulator")
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn the_state_is_in_the_target_folder_wherever_that_is() {
            let root = tempfile::tempdir().unwrap();
            let target = root.path().join("target");
            let usual = target.join("debug/build/app-0a1b/out");
            let cross = target.join("wasm64-none/debug/build/app-0a1b/out");
            std::fs::create_dir_all(&usual).unwrap();
            let expected = target.join("scalekit-emulator");
            assert_eq!(state_folder(&usual), expected);
            std::fs::write(target.join("CACHEDIR.TAG"), "").unwrap();
            assert_eq!(state_folder(&usual), expected);
            assert_eq!(state_folder(&cross), expected);
            assert_eq!(
                state_folder(Path::new("/no/such/target/debug/build/app/out")),
                Path::new("target/scalekit-emulator")
            );
        }

        #[test]
        fn the_command_for_a_token_asks_for_the_scopes_that_every_request_needs() {
            let served = Served {
                url: "http://localhost:3001/mcp".to_owned(),
                request: "{}",
                pages: Vec::new(),
            };
            let command = |required: &[&str]| {
                let required = required.iter().copied().collect();
                let commands = commands("http://127.0.0.1:3002", &served, &required);
                commands.lines().nth(2).unwrap().trim().to_owned()
            };
            assert_eq!(
                command(&[]),
                "TOKEN=$(curl -s http://127.0.0.1:3002/emulator/token -d user=ada)"
            );
            assert_eq!(
                command(&["todo:read", "todo:write"]),
                "TOKEN=$(curl -s http://127.0.0.1:3002/emulator/token -d user=ada -d 'scope=todo:read todo:write')"
            );
        }
    }
}
