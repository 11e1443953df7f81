//! What a test answers to the questions of handlers.

use std::{fmt, sync::Arc};

use serde_json::{Map, Value};

/// How often a client answers the questions of one request.
pub(crate) const ROUNDS: usize = 16;

type AnswerFn = dyn Fn(&Value) -> Value + Send + Sync;

/// From a question to its answer.
#[derive(Clone)]
pub(crate) struct Answers(Arc<AnswerFn>);

impl Answers {
    pub(crate) fn new(answer: impl Fn(&Value) -> Value + Send + Sync + 'static) -> Self {
        Self(Arc::new(answer))
    }

    /// The params of a request that is sent again, after this result asked the client (2026-07-28 basic/patterns/mrtr).
    pub(crate) fn repeated(&self, params: &Value, result: &Value) -> Value {
        let mut params = params.clone();
        let questions = result["inputRequests"].as_object().into_iter().flatten();
        let answers: Map<String, Value> = questions
            .map(|(key, question)| (key.clone(), (self.0)(question)))
            .collect();
        if !answers.is_empty() {
            params["inputResponses"] = Value::Object(answers);
        }
        if let Some(state) = result.get("requestState") {
            params["requestState"] = state.clone();
        }
        params
    }
}

/// Whether a result asks the client.
pub(crate) fn is_asked(result: &Value) -> bool {
    result["resultType"] == "input_required"
}

impl fmt::Debug for Answers {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Answers")
    }
}
