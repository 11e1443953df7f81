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
}

impl Running {
    pub(crate) fn new(
        environment: Shared,
        shutdown: oneshot::Sender<()>,
        server: JoinHandle<()>,
        lock: Option<fs::File>,
    ) -> Self {
        Self {
            connection: Connection::of(&environment),
            admin: Admin::new(environment),
            shutdown: Some(shutdown),
            server,
            lock,
        }
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
