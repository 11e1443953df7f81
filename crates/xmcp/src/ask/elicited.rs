//! What a person did with a form or a URL.

use serde_json::Value;

use super::Form;
use crate::AskError;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

/// What a person did with a question: filled it in, said no, or went away (2026-07-28 client/elicitation, "Response Actions").
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Elicited<T> {
    /// The person sent this.
    Accept(T),
    /// The person said no.
    Decline,
    /// The person closed it without a choice.
    Cancel,
}

impl<T> Elicited<T> {
    /// What the person sent, if it was that.
    pub fn accepted(self) -> Option<T> {
        match self {
            Self::Accept(content) => Some(content),
            Self::Decline | Self::Cancel => None,
        }
    }

    /// Whether the person sent something.
    pub fn is_accepted(&self) -> bool {
        matches!(self, Self::Accept(_))
    }
}

impl<T: DeserializeOwned + JsonSchema> Elicited<T> {
    /// What the client answered, checked; `None` when it is no answer to a question like this.
    pub(super) fn read(answer: &Value) -> Result<Option<Self>, AskError> {
        let Some(action) = answer.get("action").and_then(Value::as_str) else {
            return Ok(None);
        };
        match action {
            "accept" => {
                Form::read(answer.get("content")).map(|content| Some(Self::Accept(content)))
            }
            "decline" => Ok(Some(Self::Decline)),
            "cancel" => Ok(Some(Self::Cancel)),
            _ => Ok(None),
        }
    }
}
