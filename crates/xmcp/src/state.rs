//! What handlers share: pools, clients, counters. Made once by `src/state.rs` before the server listens.

use std::{
    any::{Any, TypeId, type_name},
    collections::HashMap,
    ops::Deref,
    sync::Arc,
};

use crate::{Context, FromContext, Requirements, ServerHandle, ToolError, server::Server};

/// The values that `State<T>` arguments get, one a type.
///
/// ```
/// use xmcp::AppState;
///
/// struct Greeting(String);
///
/// pub async fn state() -> xmcp::Result<AppState> {
///     Ok(AppState::new().with(Greeting("Hello".to_owned())))
/// }
/// # let _ = state;
/// ```
#[derive(Clone, Default)]
pub struct AppState {
    values: Arc<HashMap<TypeId, Value>>,
    /// Only once it was asked for: a server whose state has it announces that it tells of changes.
    server: Option<ServerHandle>,
}

#[derive(Clone)]
struct Value {
    name: &'static str,
    value: Arc<dyn Any + Send + Sync>,
}

impl AppState {
    /// No values yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// With one value more. A second value of the same type takes the first one's place.
    #[must_use]
    pub fn with<T: Send + Sync + 'static>(mut self, value: T) -> Self {
        let value = Value {
            name: type_name::<T>(),
            value: Arc::new(value),
        };
        Arc::make_mut(&mut self.values).insert(TypeId::of::<T>(), value);
        self
    }

    /// The value of this type, if there is one.
    pub fn get<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let value = self.values.get(&TypeId::of::<T>())?;
        Arc::clone(&value.value).downcast().ok()
    }

    /// The server that will have this state, for what happens outside of any request: a folder that is watched, tools that another
    /// service has. It can be used once the server has [started](ServerHandle::started).
    ///
    /// ```
    /// use xmcp::AppState;
    ///
    /// pub async fn state() -> xmcp::Result<AppState> {
    ///     let mut state = AppState::new();
    ///     let server = state.server();
    ///     tokio::spawn(async move {
    ///         server.started().await;
    ///         // .. and whenever the file was written:
    ///         server.resource_updated("notes://7");
    ///     });
    ///     Ok(state)
    /// }
    /// # let _ = state;
    /// ```
    pub fn server(&mut self) -> ServerHandle {
        self.server.get_or_insert_with(ServerHandle::later).clone()
    }

    pub(crate) fn has_server(&self) -> bool {
        self.server.is_some()
    }

    /// Tells who asked for the server that this is it.
    pub(crate) fn started(&self, server: &Arc<Server>) {
        if let Some(handle) = &self.server {
            handle.is_of(server);
        }
    }

    pub(crate) fn has(&self, id: TypeId) -> bool {
        self.values.contains_key(&id)
    }
}

impl std::fmt::Debug for AppState {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Types only: values hold passwords of pools and keys of clients.
        formatter
            .debug_set()
            .entries(self.values.values().map(|value| value.name))
            .finish()
    }
}

/// A shared value as a handler's argument: `db: State<Pool>`.
///
/// It is the value that `src/state.rs` put in with [`AppState::with`]. A type that nobody put in keeps the server from
/// starting, with the name of the tool that asks for it.
///
/// ```
/// use xmcp::prelude::*;
///
/// pub struct Greeting(pub String);
///
/// pub fn handler(greeting: State<Greeting>) -> String {
///     greeting.0.clone()
/// }
/// # let _ = handler;
/// ```
#[derive(Debug)]
pub struct State<T>(Arc<T>);

impl<T> State<T> {
    /// The value itself, shared.
    pub fn into_inner(self) -> Arc<T> {
        self.0
    }
}

impl<T> Clone for State<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Deref for State<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: Send + Sync + 'static> FromContext for State<T> {
    fn requires(requirements: &mut Requirements) {
        requirements.state::<T>();
    }

    async fn from_context(context: &Context) -> Result<Self, ToolError> {
        context.state::<T>().map(Self).ok_or_else(|| {
            ToolError::internal(format!(
                "no state of type `{}`: add it in src/state.rs with AppState::with",
                type_name::<T>()
            ))
        })
    }
}
