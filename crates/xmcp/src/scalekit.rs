//! The client of Scalekit's REST interface as a handler's argument.

use xmcp_auth::scalekit::Scalekit;

use crate::{Context, FromContext, Requirements, ToolError, session};

/// The client that handlers have, or why they have none.
pub(crate) type Calling = std::result::Result<Scalekit, NoScalekit>;

/// Why handlers have no client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoScalekit {
    /// No provider, or none with credentials.
    NotWired,
    /// The provider is not asked for anything on stdio. A client of the environment's there would serve whoever starts the process,
    /// where over HTTP it serves callers whom the provider let in.
    Stdio,
    /// A test's provider is left out, and with it the client.
    Test,
}

impl NoScalekit {
    /// Whether that is known when the server starts, and somebody's to mend then.
    pub(crate) fn is_missing_at_start(self) -> bool {
        self == Self::NotWired
    }
}

impl From<NoScalekit> for ToolError {
    fn from(reason: NoScalekit) -> Self {
        Self::new(match reason {
            NoScalekit::NotWired => {
                "[xmcp] no Scalekit client: is there a `scalekit::provider(..)` in src/middleware.rs, and are SCALEKIT_CLIENT_ID and \
                 SCALEKIT_CLIENT_SECRET set?"
            }
            NoScalekit::Stdio => {
                "no Scalekit client on stdio: this tool needs the one of the provider, which there is only over HTTP"
            }
            NoScalekit::Test => {
                "no Scalekit client in a test: give it one with `xmcp_test::Client::builder(app()).scalekit(client)`"
            }
        })
    }
}

impl FromContext for Scalekit {
    fn requires(requirements: &mut Requirements) {
        requirements.scalekit();
    }

    async fn from_context(context: &Context) -> Result<Self, ToolError> {
        Ok(context.calling()?)
    }
}

impl FromContext for Option<Scalekit> {
    async fn from_context(context: &Context) -> Result<Self, ToolError> {
        Ok(context.calling().ok())
    }
}

/// The client of Scalekit's REST interface, for code deep inside that has no argument to take it from.
///
/// Prefer a [`Scalekit`] argument: it says in the signature what a handler needs, and a server without credentials does not start
/// with it.
///
/// # Errors
///
/// There is none: outside of a handler, in a task that a handler spawned, on stdio, and where no Scalekit provider with
/// `SCALEKIT_CLIENT_ID` and `SCALEKIT_CLIENT_SECRET` stands before the endpoint.
///
/// ```
/// use xmcp::prelude::*;
///
/// async fn deep_inside(organization: &str) -> Result<String> {
///     Ok(xmcp::client()?.organizations().get(organization).await?.display_name)
/// }
/// # let _ = deep_inside;
/// assert_eq!(xmcp::client().unwrap_err().to_string(), "[xmcp] no Scalekit client: there is one in a handler only");
/// ```
pub fn client() -> Result<Scalekit, ToolError> {
    match session::calling() {
        Some(calling) => Ok(calling?),
        None => Err(ToolError::new(
            "[xmcp] no Scalekit client: there is one in a handler only",
        )),
    }
}
