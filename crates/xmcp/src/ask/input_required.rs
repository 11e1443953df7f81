//! The answer of a handler that needs something from the client first.

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{Form, Question, Sampling, question::Kind, url};
use crate::{AskError, Capability};

/// What a handler returns when it cannot answer before the client has: questions, each under a key, and a state to find again.
///
/// The client answers, the handler runs again from its start, and finds the answers with
/// [`Context::answer`](crate::Context::answer) and the state with
/// [`Context::request_state`](crate::Context::request_state). It is an error to `?`, so it fits a handler that returns `Result`.
///
/// A 2026-07-28 client gets it as the result that the protocol has for it (2026-07-28 basic/patterns/mrtr). Any earlier one with a
/// connection is asked by requests of the server's, with the same effect, at most 8 times a call.
///
/// The client must have declared what the questions need; see [`Context::supports`](crate::Context::supports).
///
/// ```
/// use xmcp::prelude::*;
///
/// #[derive(Deserialize, JsonSchema)]
/// struct Name {
///     name: String,
/// }
///
/// pub fn handler(context: Context) -> Result<String> {
///     let Some(answer) = context.answer::<Name>("user_name")? else {
///         return Err(InputRequired::new().elicit::<Name>("user_name", "What is your name?").into());
///     };
///     Ok(match answer {
///         Elicited::Accept(Name { name }) => format!("Hello, {name}!"),
///         Elicited::Decline | Elicited::Cancel => "Hello, whoever you are!".to_owned(),
///     })
/// }
/// # let _ = handler;
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use = "questions are asked when a handler returns them"]
pub struct InputRequired {
    pub(crate) questions: Vec<Question>,
    pub(crate) state: Option<Box<Value>>,
    /// What is wrong with it, to be said when it is returned.
    pub(crate) problem: Option<Box<AskError>>,
}

impl InputRequired {
    /// Nothing asked yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// With a form for the person to fill in, made of the fields of `T`. See [`Context::elicit`](crate::Context::elicit).
    pub fn elicit<T: DeserializeOwned + schemars::JsonSchema>(
        self,
        key: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        let params = Form::of::<T>().map(|form| form.params(message.into()));
        self.ask(key, Kind::Elicitation, Capability::Elicitation, params)
    }

    /// With a URL for the person to visit. See [`Context::elicit_url`](crate::Context::elicit_url).
    pub fn elicit_url(
        self,
        key: impl Into<String>,
        message: impl Into<String>,
        url: impl Into<String>,
    ) -> Self {
        let params = url::params(message.into(), url.into());
        self.ask(key, Kind::Elicitation, Capability::ElicitationUrl, params)
    }

    /// With a question to the client's model. See [`Context::sample`](crate::Context::sample).
    pub fn sample(self, key: impl Into<String>, sampling: Sampling) -> Self {
        let requires = sampling.requires();
        self.ask(key, Kind::Sampling, requires, sampling.params())
    }

    /// With a question for the folders that the person works in. See [`Context::roots`](crate::Context::roots).
    pub fn roots(self, key: impl Into<String>) -> Self {
        let params = Ok(Value::Object(serde_json::Map::new()));
        self.ask(key, Kind::Roots, Capability::Roots, params)
    }

    /// With something for the next run to find. It travels through the client, which can neither read nor change it, and comes
    /// back only with the same request of the same caller, for some minutes.
    ///
    /// It bounds no number of uses: a client may come back with the same state twice.
    pub fn state(mut self, state: &impl Serialize) -> Self {
        match serde_json::to_value(state) {
            Ok(state) => self.state = Some(Box::new(state)),
            Err(error) => self.wrong(AskError::Misused(format!("its state is no JSON: {error}"))),
        }
        self
    }

    pub(super) fn of(questions: Vec<Question>, state: Option<Value>) -> Self {
        Self {
            questions,
            state: state.map(Box::new),
            problem: None,
        }
    }

    fn ask(
        mut self,
        key: impl Into<String>,
        kind: Kind,
        requires: Capability,
        params: Result<Value, AskError>,
    ) -> Self {
        let key = key.into();
        match params {
            Err(problem) => self.wrong(problem),
            Ok(_) if self.questions.iter().any(|asked| asked.key == key) => self.wrong(
                AskError::Misused(format!("two questions have the key `{key}`")),
            ),
            Ok(params) => self.questions.push(Question {
                key,
                kind,
                params,
                requires,
            }),
        }
        self
    }

    /// The first problem is the one to mend.
    fn wrong(&mut self, problem: AskError) {
        self.problem.get_or_insert_with(|| Box::new(problem));
    }
}
