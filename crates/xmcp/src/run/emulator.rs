//! A local Scalekit for whoever develops, so that signing in works before anything is configured.
//!
//! 1. Only a development build has one: the code generated for any other names nothing of it, and so it is not linked.
//! 2. It starts only when a middleware stands before the endpoint and none of the `SCALEKIT_*` settings is set. One that is set is
//!    somebody's decision, and a mistake in it is an error.
//! 3. It is for middlewares that ask for these settings: when none did, it is stopped again.

use std::any::Any;

use futures_util::future::BoxFuture;
use xmcp_auth::scalekit::development;
use xmcp_config::HttpSettings;

use crate::{App, StartError, http::endpoint_url};

/// What starts a local Scalekit, in a build for development.
#[derive(Clone, Copy)]
pub struct Emulator {
    /// Cargo's `OUT_DIR` of the app: the way to its target folder.
    pub(crate) out_dir: &'static str,
    pub(crate) start: Start,
}

/// Starts it for the MCP server at an URL. The first argument is [`Emulator::out_dir`].
pub(crate) type Start =
    fn(&'static str, String) -> BoxFuture<'static, Result<LocalScalekit, StartError>>;

/// A local Scalekit that answers, until this is dropped.
pub(crate) struct LocalScalekit {
    pub(crate) variables: development::Variables,
    /// The emulator, if it runs in this process.
    pub(crate) _running: Box<dyn Any + Send>,
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
        let local = (emulator.start)(emulator.out_dir, server_url(settings)).await?;
        development::offer(local.variables.clone());
        Ok(Some(local))
    }

    /// Whether the middleware took it.
    pub(super) fn is_used(&self) -> bool {
        development::is_taken()
    }

    /// Where it answers, without a slash at the end.
    pub(super) fn url(&self) -> &str {
        &self.variables.environment_url
    }
}

impl Drop for LocalScalekit {
    fn drop(&mut self) {
        development::withdraw();
    }
}

/// The URL that one would register in Scalekit's dashboard.
fn server_url(settings: &HttpSettings) -> String {
    let host = "localhost".to_owned();
    endpoint_url(&HttpSettings {
        host,
        ..settings.clone()
    })
}

#[cfg(feature = "emulator")]
pub(crate) use started::start;

#[cfg(feature = "emulator")]
mod started {
    use std::path::{Path, PathBuf};

    use scalekit_emulator::{Connection, StartError as Reason, Started};
    use xmcp_auth::scalekit::{Secret, development::Variables};

    use super::*;
    use crate::error::chain;

    /// Starts the emulator with its state in the app's target folder, or uses the one that runs on it.
    pub(crate) fn start(
        out_dir: &'static str,
        server_url: String,
    ) -> BoxFuture<'static, Result<LocalScalekit, StartError>> {
        let start = async move {
            let emulator = scalekit_emulator::Emulator::builder()
                .server_url(server_url)
                .state_dir(state_folder(Path::new(out_dir)))
                .variables_from_env()?;
            Ok(match emulator.start_or_join().await? {
                Started::Elsewhere(connection) => LocalScalekit {
                    variables: variables(&connection),
                    _running: Box::new(()),
                },
                Started::Here(running) => LocalScalekit {
                    variables: variables(running.connection()),
                    _running: Box::new(running),
                },
            })
        };
        Box::pin(async {
            start
                .await
                .map_err(|error: Reason| StartError::Emulator(chain(&error)))
        })
    }

    fn variables(connection: &Connection) -> Variables {
        Variables {
            environment_url: connection.environment_url().to_owned(),
            resource_id: connection.resource_id().to_owned(),
            client_id: connection.environment_client().id().to_owned(),
            client_secret: Secret::new(connection.environment_client().secret()),
        }
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
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_for_the_url_that_one_would_register() {
        let local = HttpSettings {
            port: Some(4001),
            ..HttpSettings::default()
        };
        assert_eq!(server_url(&local), "http://localhost:4001/mcp");
        let public = HttpSettings {
            public_url: Some("https://mcp.example.com".into()),
            ..local
        };
        assert_eq!(server_url(&public), "https://mcp.example.com/mcp");
    }
}
