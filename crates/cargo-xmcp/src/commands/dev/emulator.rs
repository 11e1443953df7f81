//! The local Scalekit of an app in development. This process has it, so that sessions survive the processes of the app.

use std::net::SocketAddr;

use scalekit_emulator::{Connection, Emulator, Started};
use xmcp_build::App;

use super::in_effect::InEffect;
use crate::{Failure, Output, Project, Result, scalekit};

/// A local Scalekit that answers while this lives.
#[derive(Debug)]
pub(super) struct LocalScalekit(Started);

impl LocalScalekit {
    /// Whether this app needs one: its middleware speaks of Scalekit, and nobody has set which.
    pub(super) fn is_for(app: &App, in_effect: &InEffect) -> bool {
        !in_effect.has_scalekit() && scalekit::is_named(app)
    }

    /// Starts it with its state where the variable says, else in the target folder, where the app by itself has it too, or joins the one that runs on it.
    ///
    /// # Errors
    ///
    /// When it cannot be started.
    pub(super) async fn start(
        project: &Project,
        in_effect: &InEffect,
        address: SocketAddr,
        output: &Output,
    ) -> Result<Self> {
        let failed = |error: scalekit_emulator::StartError| {
            Failure::new("the local Scalekit does not start")
                .because(&error)
                .hint("set SCALEKIT_ENVIRONMENT_URL to use another one")
        };
        let emulator = Emulator::builder()
            .server_url(in_effect.registered_url(address))
            .pages(in_effect.settings.http.cors.iter().map(String::as_str))
            .variables(|name| in_effect.variable(name))
            .map_err(failed)?
            .state_dir(scalekit::state(
                in_effect.variable(scalekit_emulator::STATE_VARIABLE),
                Some(project),
            ));
        let started = emulator.start_or_join().await.map_err(failed)?;
        if let Started::Here(running) = &started
            && let Some(line) = running.warning()
        {
            output.warning(&line);
        }
        Ok(Self(started))
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
