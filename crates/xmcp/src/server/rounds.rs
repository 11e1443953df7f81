//! Calls that take several rounds: what a client brings back is opened, and what it is asked for is sealed (2026-07-28
//! basic/patterns/mrtr).

use serde_json::{Map, Value};

use super::{Call, Target, call::Outcome, jsonrpc::RpcError, method::Method};
use crate::{
    Era,
    ask::{Binding, Carried, InputRequired, SealError},
};

/// A request that is answered by questions, as it is written.
#[derive(Debug)]
pub(crate) struct InputRequests {
    pub(crate) requests: Map<String, Value>,
    /// What the client is to bring back, if there is anything.
    pub(crate) state: Option<String>,
}

impl Call {
    /// Lets the handler find what the client brought back. Fails when it is not what this server gave this client for this request.
    pub(super) fn begin(&self) -> Result<(), RpcError> {
        let Some(round) = self.context.round() else {
            return Ok(());
        };
        if self.brought.is_empty() || self.era() == Era::Legacy {
            return Ok(());
        }
        let carried = match &self.brought.state {
            None => Carried::default(),
            Some(state) => self.server().seal.open(state, &self.binding()).map_err(|error| {
                tracing::warn!(
                    request_id = self.context.request_id(),
                    %error,
                    "a request brought a state that is refused"
                );
                RpcError::invalid_params(
                    "`requestState` is not one that this server gave for this request, or it has expired: send the request without it",
                )
            })?,
        };
        let given = match &self.brought.responses {
            None => Map::new(),
            Some(responses) => serde_json::from_str(responses)
                .map_err(|_| RpcError::invalid_params("`inputResponses` must be an object"))?,
        };
        round.begin(carried, given);
        Ok(())
    }

    /// The answer that asks the client.
    pub(super) fn asked(&self, asked: &InputRequired) -> Outcome {
        let carried = self
            .context
            .round()
            .map(|round| round.carried(asked))
            .unwrap_or_default();
        let questions = asked.questions.iter();
        let requests: Map<String, Value> = questions
            .map(|question| (question.key.clone(), question.to_json()))
            .collect();
        if requests.is_empty() && carried.is_empty() {
            return self.unasked("it asks for nothing");
        }
        // What needs no state has none: the fewer secrets there are, the fewer can expire.
        let state =
            (!carried.is_empty()).then(|| self.server().seal.seal(&carried, &self.binding()));
        match state.transpose() {
            Ok(state) => Outcome::InputRequired(InputRequests { requests, state }),
            // The handler's state is there too, but answers are what a client can make long.
            Err(SealError::TooLarge) if !carried.answers.is_empty() => {
                Outcome::Error(RpcError::invalid_params(
                    "`inputResponses` are too long to be carried to the next round: give shorter answers",
                ))
            }
            Err(error) => self.unasked(&error.to_string()),
        }
    }

    fn unasked(&self, reason: &str) -> Outcome {
        let request_id = self.context.request_id();
        tracing::error!(
            handler = ?self.target,
            request_id,
            reason,
            "the client cannot be asked for what the handler wants of it"
        );
        Outcome::Error(RpcError::internal(request_id))
    }

    /// What makes a request the same as the one before.
    fn binding(&self) -> Binding<'_> {
        let session = self.context.session();
        let (method, name, arguments) = match &self.target {
            Target::Resource(reading) => (Method::ReadResource, reading.uri.as_str(), None),
            Target::Prompt(entry) => (
                Method::GetPrompt,
                &*entry.listed.key,
                self.text.arguments().map(str::as_bytes),
            ),
            Target::Tool(_) | Target::Completion(_) => (
                Method::CallTool,
                &*self.target.listed().key,
                self.text.arguments().map(str::as_bytes),
            ),
        };
        Binding {
            method: method.name(),
            name,
            arguments,
            caller: session.map(|session| (session.issuer(), session.user_id())),
        }
    }
}
