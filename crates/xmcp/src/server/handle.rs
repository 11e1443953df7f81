//! The server in the hands of a handler.

use std::{
    fmt,
    sync::{Arc, Weak},
};

use tokio::sync::SetOnce;

use super::{
    Registry, Server,
    changes::{Change, Changes},
};
use crate::{
    Context, DynamicPrompt, DynamicResource, DynamicTool, FromContext, RegisterError, Requirements,
    ToolError,
};

/// The server that answers a request: to tell its clients what has changed, and to add and remove tools, prompts and resources.
///
/// It is an argument of handlers, outlives its request, and may be kept and sent to other tasks; what works outside of any request has
/// it from [`AppState::server`](crate::AppState::server). Telling never waits and never
/// fails: clients that listen are told, each as soon as it reads. Clients of 2026-07-28 listen by `subscriptions/listen`, older ones in
/// a transport session (`[http] sessions`) and over stdio.
///
/// ```
/// use xmcp::prelude::*;
///
/// pub async fn handler(server: ServerHandle) -> &'static str {
///     // .. write the note, then:
///     server.resource_updated("notes://7");
///     "saved"
/// }
/// # let _ = handler;
/// ```
#[derive(Clone)]
pub struct ServerHandle {
    server: Place,
}

/// Where the server is. Weak, so that a handle which is kept in the app's state keeps no server.
#[derive(Clone)]
enum Place {
    Known(Weak<Server>),
    /// The app's state asked for it before it was there.
    Later(Arc<SetOnce<Weak<Server>>>),
}

impl ServerHandle {
    pub(crate) fn of(server: &Arc<Server>) -> Self {
        Self {
            server: Place::Known(Arc::downgrade(server)),
        }
    }

    /// The handle of a server that is not there yet.
    pub(crate) fn later() -> Self {
        Self {
            server: Place::Later(Arc::new(SetOnce::new())),
        }
    }

    /// Tells one that was made before its server which it is. A state that several servers share tells of the first.
    pub(crate) fn is_of(&self, server: &Arc<Server>) {
        if let Place::Later(place) = &self.server {
            let _ = place.set(Arc::downgrade(server));
        }
    }

    /// Waits until the server has started: for a handle from [`AppState::server`](crate::AppState::server), before which nothing is
    /// told and nothing can be added. A server that fails to start is waited for in vain.
    pub async fn started(&self) {
        if let Place::Later(place) = &self.server {
            place.wait().await;
        }
    }

    /// What the list of tools shows has changed.
    pub fn tools_changed(&self) {
        self.publish(Change::Tools);
    }

    /// What the list of prompts shows has changed.
    pub fn prompts_changed(&self) {
        self.publish(Change::Prompts);
    }

    /// What the lists of resources and templates show has changed.
    pub fn resources_changed(&self) {
        self.publish(Change::Resources);
    }

    /// What this resource holds has changed. Told to those who subscribed to it by exactly this URI.
    pub fn resource_updated(&self, uri: impl AsRef<str>) {
        self.publish(Change::Resource(uri.as_ref().into()));
    }

    /// Adds a tool behind those of files, in the place of one that was added under the same name. Clients are told.
    ///
    /// # Errors
    ///
    /// A file has the name, it is no name, the schema cannot be served, or there are too many already.
    pub fn add_tool(&self, tool: DynamicTool) -> Result<(), RegisterError> {
        self.registered(|registry| registry.add_tool(tool))?;
        self.tools_changed();
        Ok(())
    }

    /// Removes a tool that was added. False when there is none: those of files stay.
    pub fn remove_tool(&self, name: &str) -> bool {
        let removed = self.removed(|registry| registry.remove_tool(name));
        if removed {
            self.tools_changed();
        }
        removed
    }

    /// Adds a prompt behind those of files, in the place of one that was added under the same name. Clients are told.
    ///
    /// # Errors
    ///
    /// A file has the name, it is no name, the schema cannot be served, or there are too many already.
    pub fn add_prompt(&self, prompt: DynamicPrompt) -> Result<(), RegisterError> {
        self.registered(|registry| registry.add_prompt(prompt))?;
        self.prompts_changed();
        Ok(())
    }

    /// Removes a prompt that was added. False when there is none: those of files stay.
    pub fn remove_prompt(&self, name: &str) -> bool {
        let removed = self.removed(|registry| registry.remove_prompt(name));
        if removed {
            self.prompts_changed();
        }
        removed
    }

    /// Adds a resource or a template behind those of files, in the place of one that was added under the same URI. Clients are told.
    ///
    /// # Errors
    ///
    /// A file has the URI, it is none that can be read, the schema does not fit it, or there are too many already.
    pub fn add_resource(&self, resource: DynamicResource) -> Result<(), RegisterError> {
        self.registered(|registry| registry.add_resource(resource))?;
        self.resources_changed();
        Ok(())
    }

    /// Removes a resource or a template that was added, by the URI that it was added with. False when there is none: those of files
    /// stay.
    pub fn remove_resource(&self, uri: &str) -> bool {
        let removed = self.removed(|registry| registry.remove_resource(uri));
        if removed {
            self.resources_changed();
        }
        removed
    }

    fn registered(
        &self,
        add: impl FnOnce(&Registry) -> Result<(), RegisterError>,
    ) -> Result<(), RegisterError> {
        let server = self.place().ok_or(RegisterError::NotStarted)?;
        let server = server.upgrade().ok_or(RegisterError::Stopped)?;
        add(&server.registry)
    }

    fn removed(&self, remove: impl FnOnce(&Registry) -> bool) -> bool {
        let server = self.place().and_then(Weak::upgrade);
        server.is_some_and(|server| remove(&server.registry))
    }

    fn publish(&self, change: Change) {
        if let Some(changes) = self.changes() {
            changes.publish(change);
        }
    }

    fn changes(&self) -> Option<Changes> {
        Some(self.place()?.upgrade()?.changes.clone())
    }

    fn place(&self) -> Option<&Weak<Server>> {
        match &self.server {
            Place::Known(server) => Some(server),
            Place::Later(place) => place.get(),
        }
    }
}

impl FromContext for ServerHandle {
    fn requires(requirements: &mut Requirements) {
        requirements.server();
    }

    async fn from_context(context: &Context) -> Result<Self, ToolError> {
        Ok(context.server())
    }
}

impl fmt::Debug for ServerHandle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ServerHandle")
    }
}

impl Default for ServerHandle {
    /// Nobody's.
    fn default() -> Self {
        Self {
            server: Place::Known(Weak::new()),
        }
    }
}
