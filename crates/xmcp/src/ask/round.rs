//! One run of a handler that may ask the client: the answers that it finds, and the questions that it leaves.
//!
//! A 2026-07-28 client is asked by the answer to its request, and comes back with the answers in a new request (basic/patterns/mrtr).
//! The handler then runs again from its start, and finds under each question's key what was answered before. So:
//!
//! 1. A question without an answer is registered here, and its future waits for ever: the handler is dropped once it has nothing
//!    else to do at that moment, so that questions which are asked together go out together.
//! 2. When the handler has ended, so has whoever still waits for an answer in a task that the handler left behind.
//! 3. An answer that was used goes to the next round. What nobody looked for is forgotten: it is a stranger's.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    task::Context,
};

use futures_util::task::AtomicWaker;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use super::{InputRequired, Question, question::Kind};
use crate::AskError;

/// The most questions of one round, and the most answers that a call collects.
const MOST: usize = 64;

/// What the rounds before left to this one.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Carried {
    /// The answers that were used, by the keys of their questions.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(crate) answers: Map<String, Value>,
    /// What the handler wants to find again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) state: Option<Value>,
}

impl Carried {
    pub(crate) fn is_empty(&self) -> bool {
        self.answers.is_empty() && self.state.is_none()
    }
}

/// One run of a handler. Small while nobody asks, for every call has one.
#[derive(Debug, Default)]
pub(crate) struct Round {
    inner: Mutex<Inner>,
    /// Whoever runs the handler: a task that the handler spawned may ask too.
    runner: AtomicWaker,
}

#[derive(Debug, Default)]
struct Inner {
    answers: BTreeMap<String, Answer>,
    state: Option<Box<Value>>,
    questions: Vec<Question>,
    /// How many questions without keys of their own there were of each kind.
    counts: BTreeMap<Kind, usize>,
    is_over: bool,
    /// Cancelled when the run is over, if anybody waits for that.
    over: Option<CancellationToken>,
}

#[derive(Debug)]
struct Answer {
    value: Value,
    used: bool,
}

impl Round {
    /// Makes this the next run of the call, with the answers that the client gave to the questions of the run before.
    pub(crate) fn begin(&self, carried: Carried, given: Map<String, Value>) {
        let answer = |(key, value)| (key, Answer { value, used: false });
        let carried_answers = carried.answers.into_iter().map(answer);
        // What was answered and used before stays as it was: the handler has gone on from it.
        let answers = given.into_iter().map(answer).chain(carried_answers);
        *self.inner() = Inner {
            answers: answers.collect(),
            state: carried.state.map(Box::new),
            ..Inner::default()
        };
    }

    /// The key of the next question of this kind that has none of its own.
    pub(super) fn next_key(&self, kind: Kind) -> String {
        let mut inner = self.inner();
        let count = inner.counts.entry(kind).or_default();
        *count += 1;
        format!("{}-{count}", kind.name())
    }

    /// What the client answered to the question of this key.
    pub(super) fn answer(&self, key: &str) -> Option<Value> {
        self.inner()
            .answers
            .get(key)
            .map(|answer| answer.value.clone())
    }

    /// Says that an answer is one, so that the rounds after this find it again.
    pub(super) fn used(&self, key: &str) {
        if let Some(answer) = self.inner().answers.get_mut(key) {
            answer.used = true;
        }
    }

    /// Keeps what the client answered while the handler ran.
    pub(super) fn remember(&self, key: String, value: Value) {
        let answers = &mut self.inner().answers;
        if answers.len() < MOST {
            answers.insert(key, Answer { value, used: true });
        }
    }

    /// What the handler left for itself.
    pub(crate) fn state(&self) -> Option<Value> {
        self.inner().state.as_deref().cloned()
    }

    /// Leaves a question, of which the handler's runner learns. What is returned is cancelled when the run is over.
    pub(super) fn register(&self, question: Question) -> Result<CancellationToken, AskError> {
        let mut inner = self.inner();
        if inner.is_over {
            return Err(AskError::Gone);
        }
        if inner
            .questions
            .iter()
            .any(|asked| asked.key == question.key)
        {
            return Err(AskError::Misused(format!(
                "two questions have the key `{}`: give each its own with `.key(..)`",
                question.key
            )));
        }
        if inner.questions.len() == MOST {
            return Err(AskError::Busy);
        }
        inner.questions.push(question);
        let over = inner.over.get_or_insert_default().clone();
        drop(inner);
        self.runner.wake();
        Ok(over)
    }

    /// The handler has ended, or was dropped.
    pub(super) fn end(&self) {
        let mut inner = self.inner();
        inner.is_over = true;
        let over = inner.over.take();
        drop(inner);
        if let Some(over) = over {
            over.cancel();
        }
    }

    /// The questions that were left, if there are any; a question that comes later wakes the context.
    pub(super) fn asked(&self, context: &Context<'_>) -> Option<InputRequired> {
        self.runner.register(context.waker());
        let mut inner = self.inner();
        if inner.questions.is_empty() {
            return None;
        }
        let questions = std::mem::take(&mut inner.questions);
        // The handler runs again from its start, so it finds again what it found this time.
        let state = inner.state.as_deref().cloned();
        Some(InputRequired::of(questions, state))
    }

    /// What the next round is to find after these questions.
    pub(crate) fn carried(&self, asked: &InputRequired) -> Carried {
        let is_asked = |key: &str| asked.questions.iter().any(|question| question.key == key);
        let inner = self.inner();
        let answers = inner.answers.iter();
        Carried {
            answers: answers
                .filter(|(key, answer)| answer.used && !is_asked(key))
                .map(|(key, answer)| (key.clone(), answer.value.clone()))
                .collect(),
            state: asked.state.as_deref().cloned(),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use serde_json::json;

    use super::*;
    use crate::Capability;

    fn question(key: &str) -> Question {
        Question {
            key: key.to_owned(),
            kind: Kind::Roots,
            params: json!({}),
            requires: Capability::Roots,
        }
    }

    fn map(value: Value) -> Map<String, Value> {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn questions_are_counted_by_their_kind() {
        let round = Round::default();
        let keys =
            [Kind::Elicitation, Kind::Roots, Kind::Elicitation].map(|kind| round.next_key(kind));
        assert_eq!(keys, ["elicitation-1", "roots-1", "elicitation-2"]);
    }

    #[test]
    fn answers_that_were_used_are_carried_and_others_are_not() {
        let carried = Carried {
            answers: map(json!({ "first": 1, "unused": 0 })),
            state: Some(json!("old")),
        };
        let given = map(json!({ "first": "changed", "second": 2, "again": 3, "strange": 4 }));
        let round = Round::default();
        round.begin(carried, given);
        for key in ["first", "second", "again", "missing"] {
            round.used(key);
        }
        round.register(question("again")).unwrap();
        let asked = round.asked(&Context::from_waker(Waker::noop())).unwrap();
        assert_eq!(
            round.carried(&asked),
            Carried {
                answers: map(json!({ "first": 1, "second": 2 })),
                state: Some(json!("old")),
            }
        );
    }

    #[test]
    fn a_key_names_one_question_of_a_round() {
        let round = Round::default();
        round.register(question("a")).unwrap();
        assert!(matches!(
            round.register(question("a")),
            Err(AskError::Misused(_))
        ));
        for number in 1..MOST {
            round.register(question(&number.to_string())).unwrap();
        }
        assert_eq!(round.register(question("b")), Err(AskError::Busy));
    }
}
