//! What a handler asks the client.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use super::{Asker, Capability, ClientCapabilities, Context};
use crate::{
    AskError, Era,
    ask::{self, Answer, Asking, Kind, Roots, Round, Sampled, Sampling},
};

impl Context {
    /// What the client says it can do: with the request on 2026-07-28, with `initialize` before that. A stateless 2025-11-25 request
    /// over HTTP does not carry it, so nothing is declared then.
    pub fn capabilities(&self) -> &ClientCapabilities {
        let declared = match self.era() {
            Era::Modern => self.meta().capabilities.as_ref(),
            Era::Legacy => self.inner.request.capabilities.as_deref(),
        };
        declared.unwrap_or_else(|| ClientCapabilities::none())
    }

    /// Whether the client declared that it can do this.
    pub fn supports(&self, capability: &Capability) -> bool {
        self.capabilities().has(capability)
    }

    /// Goes on only with a client that declared this.
    ///
    /// # Errors
    ///
    /// [`AskError::MissingCapability`], which `?` makes the protocol's own error on 2026-07-28 (-32021, basic, "Error Codes"), and
    /// [`AskError::NotConnected`] where nothing is known of the client.
    pub fn require(&self, capability: Capability) -> Result<(), AskError> {
        if self.supports(&capability) {
            return Ok(());
        }
        match self.era() {
            Era::Legacy if self.inner.request.capabilities.is_none() && self.asker().is_none() => {
                Err(AskError::NotConnected)
            }
            _ => Err(AskError::MissingCapability(capability)),
        }
    }

    /// Asks the person, by a form made of the fields of `T`: text, numbers, yes or no, choices, and lists of choices.
    ///
    /// `T` derives `Deserialize` and `JsonSchema`. Doc comments describe the fields, `#[serde(default = "..")]` fills them in,
    /// `Option` lets them be left out. An enum without data is a choice, whose variants' doc comments are what people see (write one at
    /// each or at none: variants without come first); a `Vec` of one is a choice of several. Clients that know no such titles may know
    /// those of `#[schemars(extend("enumNames" = ["One", "Two"]))]` at the field, which take their place. What comes back is checked
    /// against all that the type says. Never ask for secrets this way: that is what [`elicit_url`](Self::elicit_url) is for (2026-07-28
    /// client/elicitation).
    ///
    /// A 2026-07-28 client is asked by the answer to its request and comes back with a new one, so **the handler runs again from its
    /// start**, with the answers that were given so far. What it does before it asks, it does more than once: ask first, act then.
    ///
    /// # Errors
    ///
    /// At once when the client did not declare that it shows forms, and when there is no way to it; when it does not answer in time
    /// (`[http.limits] question_timeout_seconds`), answers with an error, or with something that does not fit the form.
    ///
    /// ```
    /// use xmcp::prelude::*;
    ///
    /// #[derive(Deserialize, JsonSchema)]
    /// struct Order {
    ///     /// How many?
    ///     #[schemars(range(min = 1, max = 10))]
    ///     count: u32,
    ///     size: Size,
    /// }
    ///
    /// #[derive(Deserialize, JsonSchema)]
    /// #[serde(rename_all = "lowercase")]
    /// enum Size {
    ///     /// A cup
    ///     Small,
    ///     /// A bucket
    ///     Large,
    /// }
    ///
    /// pub async fn handler(context: Context) -> Result<String> {
    ///     let order = context.elicit::<Order>("What may it be?").await?;
    ///     Ok(match order.accepted() {
    ///         Some(Order { count, size: Size::Small }) => format!("{count} cups"),
    ///         Some(Order { count, size: Size::Large }) => format!("{count} buckets"),
    ///         None => "nothing".to_owned(),
    ///     })
    /// }
    /// # let _ = handler;
    /// ```
    pub fn elicit<T: DeserializeOwned + JsonSchema + Send>(
        &self,
        message: impl Into<String>,
    ) -> Asking<'_, T> {
        let params = ask::form_params::<T>(message.into());
        Asking::new(self, Kind::Elicitation, Capability::Elicitation, params)
    }

    /// Sends the person to a page, for what must not pass through the client: secrets, payments, consent elsewhere.
    ///
    /// `Elicited::Accept(())` says that the person agreed to go there, not that they have done anything there. The page must make sure
    /// that its visitor is this caller (2026-07-28 client/elicitation, "Phishing"). Errors and rounds are those of
    /// [`elicit`](Self::elicit).
    pub fn elicit_url(&self, message: impl Into<String>, url: impl Into<String>) -> Asking<'_, ()> {
        let params = ask::url_params(message.into(), url.into());
        Asking::new(self, Kind::Elicitation, Capability::ElicitationUrl, params)
    }

    /// Asks the client's model. Errors and rounds are those of [`elicit`](Self::elicit).
    ///
    /// ```
    /// use xmcp::prelude::*;
    ///
    /// pub async fn handler(context: Context) -> Result<String> {
    ///     let answer = context.sample(Sampling::new().user("What is the capital of France?").max_tokens(100)).await?;
    ///     Ok(answer.text())
    /// }
    /// # let _ = handler;
    /// ```
    pub fn sample(&self, sampling: Sampling) -> Asking<'_, Sampled> {
        Asking::new(self, Kind::Sampling, sampling.requires(), sampling.params())
    }

    /// Asks for the folders that the person works in. Errors and rounds are those of [`elicit`](Self::elicit).
    pub fn roots(&self) -> Asking<'_, Roots> {
        Asking::new(
            self,
            Kind::Roots,
            Capability::Roots,
            Ok(Value::Object(Map::new())),
        )
    }

    /// The answer to a question of [`InputRequired`](crate::InputRequired), by its key; `None` as long as there is none.
    ///
    /// `T` is the form's type, [`Sampled`] or [`Roots`], and `()` for a URL.
    ///
    /// # Errors
    ///
    /// [`AskError::Invalid`], when what a person filled in does not fit the form.
    pub fn answer<T: Answer>(&self, key: &str) -> Result<Option<T::Output>, AskError> {
        ask::answered::<T>(self, key)
    }

    /// What the run before left with [`InputRequired::state`](crate::InputRequired::state); `None` in the first run.
    ///
    /// # Errors
    ///
    /// [`AskError::Invalid`], when it is not of this type.
    pub fn request_state<T: DeserializeOwned>(&self) -> Result<Option<T>, AskError> {
        let Some(state) = self.round().and_then(Round::state) else {
            return Ok(None);
        };
        serde_json::from_value(state).map(Some).map_err(|error| {
            AskError::Invalid(format!("the request's state is of another type: {error}"))
        })
    }

    /// A token for work that the handler spawned: it is cancelled when the client cancels the request or goes away, and when the
    /// request is answered. Cancelling it has no effect on the request.
    pub fn cancellation(&self) -> CancellationToken {
        match &self.inner.request.cancellation {
            Some(token) => token.child_token(),
            None => CancellationToken::new(),
        }
    }

    pub(crate) fn asker(&self) -> Option<&Arc<dyn Asker>> {
        let task = || self.task().and_then(|task| task.asker());
        self.inner.request.asker.as_ref().or_else(task)
    }

    pub(crate) fn round(&self) -> Option<&Round> {
        self.inner.request.round.as_ref()
    }
}
