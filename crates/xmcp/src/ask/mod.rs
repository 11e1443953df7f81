//! Asking the client: forms, URLs, its model, its folders.
//!
//! A handler asks by `context.elicit(..).await` and its sisters, or returns [`InputRequired`]; either works for clients of both
//! generations. How a question gets to the client is decided in [`pending`]: through an [`Asker`](crate::context::Asker) where one
//! is connected, as a [`Round`] of its own on 2026-07-28, not at all otherwise.

mod answer;
mod attend;
mod binding;
mod brought;
mod elicited;
mod form;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzz;
mod input_required;
mod patience;
mod pending;
mod question;
mod roots;
mod round;
mod sampling;
mod seal;
mod url;

use self::form::Form;
pub(crate) use self::url::params as url_params;
pub use self::{
    answer::Answer,
    elicited::Elicited,
    input_required::InputRequired,
    pending::Asking,
    roots::{Root, Roots},
    sampling::{
        ModelChoice, Sampled, SampledContent, Sampling, SamplingContent, ToolChoice, ToolUse,
    },
};
pub(crate) use self::{
    attend::{Attended, Budget, attend},
    binding::Binding,
    brought::Brought,
    patience::Patience,
    pending::{Settled, answered, settle},
    question::{Kind, Question},
    round::{Carried, Round},
    seal::{Seal, SealError, Warning},
};

/// The params of an elicitation by a form.
pub(crate) fn form_params<T: schemars::JsonSchema>(
    message: String,
) -> Result<serde_json::Value, crate::AskError> {
    Form::of::<T>().map(|form| form.params(message))
}
