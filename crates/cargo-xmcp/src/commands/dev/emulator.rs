//! The local Scalekit of an app in development. This process has it, so that sessions survive the processes of the app.

use std::{fs, net::SocketAddr, path::Path};

use scalekit_emulator::{Connection, Emulator, Started};
use xmcp_build::App;

use super::in_effect::InEffect;
use crate::{Failure, Result, scalekit};

/// A local Scalekit that answers while this lives.
#[derive(Debug)]
pub(super) struct LocalScalekit(Started);

impl LocalScalekit {
    /// Whether this app needs one: its middleware speaks of Scalekit, and nobody has set which.
    pub(super) fn is_for(app: &App, in_effect: &InEffect) -> bool {
        let Some(path) = &app.middleware else {
            return false;
        };
        let speaks_of_it = fs::read_to_string(app.root.join(path))
            .is_ok_and(|text| text.to_ascii_lowercase().contains("scalekit"));
        speaks_of_it && !in_effect.has_scalekit()
    }

    /// Starts it with its state in the target folder, where the app by itself has it too, or joins the one that runs on it.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub(super) async fn start(
        target: &Path,
        in_effect: &InEffect,
        address: SocketAddr,
    ) -> Result<Self> {
        let failed = |error: scalekit_emulator::StartError| {
            Failure::new("the local Scalekit does not start")
                .because(&error)
                .hint("set SCALEKIT_ENVIRONMENT_URL to use another one")
        };
        let emulator = Emulator::builder()
            .server_url(in_effect.registered_url(address))
            .pages(in_effect.settings.http.cors.iter().map(String::as_str))
            .state_dir(target.join("scalekit-emulator"))
            .variables_from_env()
            .map_err(failed)?;
        emulator.start_or_join().await.map(Self).map_err(failed)
    }

    /// How it is reached.
    pub(super) fn connection(&self) -> &Connection {
        self.0.connection()
    }

    /// What the app has to know of it.
    pub(super) fn variables(&self) -> Vec<(&'static str, String)> {
        let connection = self.connection();
        let client = connection.environment_client();
        vec![
            (
                scalekit::ENVIRONMENT_URL,
                connection.environment_url().to_owned(),
            ),
            (scalekit::RESOURCE_ID, connection.resource_id().to_owned()),
            (scalekit::CLIENT_ID, client.id().to_owned()),
            (scalekit::CLIENT_SECRET, client.secret().to_owned()),
        ]
    }
}
