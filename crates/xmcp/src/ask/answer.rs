//! What comes back from the client, by the type that was asked for.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Elicited, Roots, Sampled};
use crate::AskError;

/// A kind of answer: `T` of a form, [`Sampled`], [`Roots`], and `()` of a URL.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no answer that a client can give",
    note = "the answer to a form is the type of the form, which derives `Deserialize` and `JsonSchema`; the others are `Sampled`, `Roots`, \
            and `()` for a URL"
)]
pub trait Answer: Sized {
    /// What a handler gets: `Elicited<T>` of a form, because a person may say no.
    type Output: Send;

    /// What the client answered, checked; `None` when it is no answer of this kind.
    #[doc(hidden)]
    fn read(answer: &Value) -> Result<Option<Self::Output>, AskError>;
}

impl<T: DeserializeOwned + JsonSchema + Send> Answer for T {
    type Output = Elicited<T>;

    fn read(answer: &Value) -> Result<Option<Elicited<T>>, AskError> {
        Elicited::read(answer)
    }
}

impl Answer for Sampled {
    type Output = Self;

    fn read(answer: &Value) -> Result<Option<Self>, AskError> {
        Ok(Self::parse(answer))
    }
}

impl Answer for Roots {
    type Output = Self;

    fn read(answer: &Value) -> Result<Option<Self>, AskError> {
        Ok(Self::parse(answer))
    }
}
