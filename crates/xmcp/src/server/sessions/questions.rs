//! What the server asked the client of a session, until an answer comes by POST.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use serde_json::Value;
use tokio::sync::oneshot;

use crate::AskError;

/// Questions that wait at a time.
const MOST: usize = 64;

/// What a client answers.
pub(crate) type Answer = Result<Value, AskError>;

/// The questions of one session that have no answer yet.
#[derive(Default)]
pub(crate) struct Questions(Mutex<Asked>);

#[derive(Default)]
struct Asked {
    waiting: HashMap<u64, oneshot::Sender<Answer>>,
    /// Ids are never used again, so an answer that comes late is nobody's.
    last: u64,
}

impl Questions {
    /// Room for one more question: its id, and where its answer will be. `None` when too many wait.
    pub(crate) fn ask(&self) -> Option<(u64, oneshot::Receiver<Answer>)> {
        let mut asked = self.asked();
        if asked.waiting.len() >= MOST {
            return None;
        }
        asked.last += 1;
        let (sender, receiver) = oneshot::channel();
        let id = asked.last;
        asked.waiting.insert(id, sender);
        Some((id, receiver))
    }

    /// Takes an answer to whoever waits for it. The id is JSON text.
    pub(crate) fn answer(&self, id: &str, answer: Answer) {
        let waiting = id
            .parse()
            .ok()
            .and_then(|id: u64| self.asked().waiting.remove(&id));
        match waiting {
            // Nobody is there any more when the asker gives up at the same moment.
            Some(waiting) => drop(waiting.send(answer)),
            None => {
                tracing::debug!("an answer to a question that does not wait for one is ignored")
            }
        }
    }

    /// Gives a question up. Answers whether it was still waiting.
    pub(crate) fn give_up(&self, id: u64) -> bool {
        self.asked().waiting.remove(&id).is_some()
    }

    /// Gives every question up.
    pub(crate) fn end(&self) {
        self.asked().waiting.clear();
    }

    fn asked(&self) -> MutexGuard<'_, Asked> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_reaches_the_question_of_its_id_once() {
        let questions = Questions::default();
        let (one, mut first) = questions.ask().unwrap();
        let (two, mut second) = questions.ask().unwrap();
        questions.answer(&two.to_string(), Ok(Value::Bool(true)));
        questions.answer(&two.to_string(), Ok(Value::Bool(false)));
        for unknown in ["\"1\"", "7", "-1", "1.0", "null"] {
            questions.answer(unknown, Ok(Value::Null));
        }
        assert_eq!(second.try_recv(), Ok(Ok(Value::Bool(true))));
        assert!(first.try_recv().is_err(), "nobody answered it");
        assert!(questions.give_up(one));
        assert!(!questions.give_up(one));
    }

    #[test]
    fn only_so_many_questions_wait() {
        let questions = Questions::default();
        let waiting: Vec<_> = std::iter::from_fn(|| questions.ask()).collect();
        assert_eq!(waiting.len(), MOST);
        questions.end();
        assert!(questions.ask().is_some());
    }
}
