//! Where a handler's arguments come from, other than its `Schema`.

use std::any::{TypeId, type_name};

use crate::{AppState, Context, ToolError};

/// An argument that the request provides.
///
/// Implemented for [`Context`], [`Headers`](crate::Headers), [`State<T>`](crate::State), [`Session`](crate::Session),
/// [`Scalekit`](crate::Scalekit), and `Option` of these two; implement it for a type of your own to have it in handlers:
///
/// ```
/// use xmcp::{Context, FromContext, ToolError};
///
/// pub struct Tenant(pub String);
///
/// impl FromContext for Tenant {
///     async fn from_context(context: &Context) -> Result<Self, ToolError> {
///         let tenant = context.header("x-tenant").ok_or_else(|| ToolError::new("the header `x-tenant` is missing"))?;
///         Ok(Self(tenant.to_owned()))
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of a handler",
    label = "this argument comes neither from the caller nor from the request",
    note = "what the caller sends are the fields of `Schema`; what the request provides is `Context`, `Headers`, `Session`, \
            `Option<Session>`, `State<T>`, `Scalekit`, and any type that implements `xmcp::FromContext`"
)]
pub trait FromContext: Sized + Send + 'static {
    /// Whether a handler with this argument can send something to the client while it runs: progress, logs, questions.
    const CAN_TALK_BACK: bool = false;

    /// What must be there for this argument, checked when the server starts.
    fn requires(_requirements: &mut Requirements) {}

    /// Makes the argument. An error answers the call as the handler's own error would.
    fn from_context(context: &Context) -> impl Future<Output = Result<Self, ToolError>> + Send;
}

/// What handlers need from the app, collected from their arguments' types before the server listens.
#[derive(Debug, Default)]
pub struct Requirements {
    states: Vec<(TypeId, &'static str)>,
    session: bool,
    scalekit: bool,
    /// Whether it can say that something has changed.
    pub(crate) server: bool,
}

impl Requirements {
    /// A value of type `T` in [`AppState`].
    pub fn state<T: Send + Sync + 'static>(&mut self) {
        self.states.push((TypeId::of::<T>(), type_name::<T>()));
    }

    /// A verified caller on every request, hence an auth provider.
    pub fn session(&mut self) {
        self.session = true;
    }

    /// A client of Scalekit's REST interface, hence a provider of Scalekit's with credentials.
    pub fn scalekit(&mut self) {
        self.scalekit = true;
    }

    /// The server's own handle, with which a handler can say that something has changed.
    pub(crate) fn server(&mut self) {
        self.server = true;
    }

    /// Whether there is no argument for a caller whom nobody verified.
    pub(crate) fn wants_session(&self) -> bool {
        self.session
    }

    /// What is missing, as the ends of sentences that begin with the handler's place.
    pub(crate) fn missing(
        &self,
        state: &AppState,
        has_session: bool,
        has_scalekit: bool,
    ) -> Vec<String> {
        let mut missing = Vec::new();
        for (id, name) in &self.states {
            if !state.has(*id) {
                missing.push(format!(
                    "takes `State<{name}>`, and nobody provides it: return `AppState::new().with(..)` of that type from `state()` in src/state.rs"
                ));
            }
        }
        if self.session && !has_session {
            missing.push(
                "takes `Session`, and no auth provider makes one: take `Option<Session>`, or wire a provider in src/middleware.rs".to_owned(),
            );
        }
        if self.scalekit && !has_scalekit {
            missing.push(
                "takes `Scalekit`, and no provider has credentials to call it: set SCALEKIT_CLIENT_ID and SCALEKIT_CLIENT_SECRET for the \
                 `scalekit::provider(..)` in src/middleware.rs, or take `Option<Scalekit>`"
                    .to_owned(),
            );
        }
        missing
    }
}
