//! An emulator that runs in this process.

use std::fs;

use tokio::{sync::oneshot, task::JoinHandle};

use crate::{Admin, Connection, environment::Shared};

/// An emulator that runs in this process, until this is dropped. The port may be free a moment later only; [`Running::shutdown`] waits for it.
#[derive(Debug)]
#[must_use = "dropping it stops the emulator"]
pub struct Running {
    connection: Connection,
    admin: Admin,
    shutdown: Option<oneshot::Sender<()>>,
    server: JoinHandle<()>,
    /// Closing it gives the folder back.
    lock: Option<fs::File>,
    /// The port that the folder's environment had until now.
    moved_from: Option<u16>,
}

impl Running {
    pub(crate) fn new(
        environment: Shared,
        shutdown: oneshot::Sender<()>,
        server: JoinHandle<()>,
    ) -> Self {
        Self {
            connection: Connection::of(&environment),
            admin: Admin::new(environment),
            shutdown: Some(shutdown),
            server,
            lock: None,
            moved_from: None,
        }
    }

    /// Holds the lock of its folder, whose port was another one before.
    pub(crate) fn on_folder(mut self, lock: fs::File, moved_from: Option<u16>) -> Self {
        self.lock = Some(lock);
        self.moved_from = moved_from;
        self
    }

    /// `http://127.0.0.1:PORT`.
    pub fn environment_url(&self) -> &str {
        self.connection.environment_url()
    }

    /// `res_...`.
    pub fn resource_id(&self) -> &str {
        self.connection.resource_id()
    }

    /// Addresses and credentials.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// One line for the person who develops, when the folder's environment has another port than before: it was taken, or this one was
    /// asked for. Keys, clients and users are the same, but tokens name the port.
    pub fn warning(&self) -> Option<String> {
        let before = self.moved_from?;
        let now = self.connection.environment_url();
        Some(format!(
            "the local Scalekit was on port {before} before and is at {now} from now on: who signed in before has to sign in again, and settings that name the old port have to name the new one"
        ))
    }

    /// What tests do to it behind its back.
    pub fn admin(&self) -> &Admin {
        &self.admin
    }

    /// Stops it. When this returns the port is free, and so is the folder.
    pub async fn shutdown(mut self) {
        if let Some(shutdown) = self.shutdown.take() {
            // Whether it had ended by itself does not matter here.
            let _ = shutdown.send(());
        }
        drop((&mut self.server).await);
        drop(self.lock.take());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.server.abort();
    }
}
