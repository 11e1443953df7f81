//! Running a handler that may ask: until it answers, until it waits for nothing but the client, or until its time is over.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    sync::OnceLock,
    task::{Poll, ready},
    time::Duration,
};

use tokio::time::{Instant, Sleep, sleep};

use super::{InputRequired, Patience, Round};

/// What a run came to.
#[derive(Debug)]
pub(crate) enum Attended<T> {
    /// The handler's own end.
    Done(T),
    /// The handler left questions and cannot go on without their answers.
    Asked(InputRequired),
    /// The handler took longer than it may, the client's time not counted.
    TooLong,
}

/// The time that a call may take, from when its handler first waits: what it does before that nobody could end, and most never wait.
#[derive(Debug)]
pub(crate) struct Budget<'a> {
    limit: Duration,
    patience: &'a Patience,
    start: OnceLock<Start>,
}

/// When a handler first waited, and how long its client had been waited for by then.
#[derive(Debug)]
struct Start {
    at: Instant,
    waited: Duration,
}

impl<'a> Budget<'a> {
    /// So much, without the time that the client takes to answer.
    pub(crate) fn new(limit: Duration, patience: &'a Patience) -> Self {
        Self {
            limit,
            patience,
            start: OnceLock::new(),
        }
    }

    fn left(&self) -> Duration {
        let waited = self.patience.spent();
        let start = self.start.get_or_init(|| Start {
            at: Instant::now(),
            waited,
        });
        let waited = waited.saturating_sub(start.waited);
        let spent = start.at.elapsed().saturating_sub(waited);
        self.limit.saturating_sub(spent)
    }
}

/// Runs a handler. Once it waits and has left questions, it is to be dropped: it will run again from its start.
pub(crate) async fn attend<F: Future>(
    mut handler: Pin<&mut F>,
    round: Option<&Round>,
    budget: &Budget<'_>,
) -> Attended<F::Output> {
    let _end = End(round);
    // A handler that never waits costs no timer, and no room for one.
    let mut timer: Option<Pin<Box<Sleep>>> = None;
    poll_fn(|context| {
        if let Poll::Ready(output) = handler.as_mut().poll(context) {
            return Poll::Ready(Attended::Done(output));
        }
        if let Some(asked) = round.and_then(|round| round.asked(context)) {
            return Poll::Ready(Attended::Asked(asked));
        }
        loop {
            let running = timer.get_or_insert_with(|| Box::pin(sleep(budget.left())));
            ready!(running.as_mut().poll(context));
            if budget.left().is_zero() {
                return Poll::Ready(Attended::TooLong);
            }
            // Part of that time was the client's.
            timer = None;
        }
    })
    .await
}

/// Ends a run when this is dropped.
struct End<'a>(Option<&'a Round>);

impl Drop for End<'_> {
    fn drop(&mut self) {
        if let Some(round) = self.0 {
            round.end();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{future::pending, pin::pin, sync::Arc};

    use serde_json::json;
    use tokio::time::sleep;

    use super::*;
    use crate::{
        AskError, Capability,
        ask::{Question, question::Kind},
    };

    const LIMIT: Duration = Duration::from_secs(10);

    fn question(key: &str) -> Question {
        Question {
            key: key.to_owned(),
            kind: Kind::Roots,
            params: json!({}),
            requires: Capability::Roots,
        }
    }

    fn keys<T: std::fmt::Debug>(attended: Attended<T>) -> Vec<String> {
        match attended {
            Attended::Asked(asked) => asked
                .questions
                .into_iter()
                .map(|question| question.key)
                .collect(),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn the_clients_time_is_not_the_handlers() {
        let patience = Patience::default();
        let handler = async {
            sleep(Duration::from_secs(6)).await;
            let waiting = patience.wait();
            sleep(Duration::from_secs(60)).await;
            drop(waiting);
            sleep(Duration::from_secs(3)).await;
        };
        let start = Instant::now();
        assert!(matches!(
            attend(pin!(handler), None, &Budget::new(LIMIT, &patience)).await,
            Attended::Done(())
        ));
        assert_eq!(start.elapsed(), Duration::from_secs(69));
        let slow = async {
            let waiting = patience.wait();
            sleep(Duration::from_secs(60)).await;
            drop(waiting);
            pending::<()>().await;
        };
        let start = Instant::now();
        assert!(matches!(
            attend(pin!(slow), None, &Budget::new(LIMIT, &patience)).await,
            Attended::TooLong
        ));
        assert_eq!(start.elapsed(), Duration::from_secs(70));
    }

    #[tokio::test(start_paused = true)]
    async fn runs_of_one_call_share_its_time_and_what_never_waits_takes_none() {
        let patience = Patience::default();
        let budget = Budget::new(LIMIT, &patience);
        sleep(Duration::from_secs(60)).await;
        let at_once = attend(pin!(async {}), None, &budget).await;
        assert!(matches!(at_once, Attended::Done(())));
        sleep(Duration::from_secs(60)).await;
        let start = Instant::now();
        let first = attend(pin!(sleep(Duration::from_secs(6))), None, &budget).await;
        assert!(matches!(first, Attended::Done(())));
        let second = attend(pin!(pending::<()>()), None, &budget).await;
        assert!(matches!(second, Attended::TooLong));
        assert_eq!(start.elapsed(), LIMIT);
    }

    #[tokio::test]
    async fn questions_that_are_asked_together_go_out_together() {
        let round = Round::default();
        let ask = |key| {
            let round = &round;
            async move {
                round.register(question(key)).unwrap();
                pending::<()>().await;
            }
        };
        let handler = async { tokio::join!(ask("a"), ask("b")) };
        let attended = attend(
            pin!(handler),
            Some(&round),
            &Budget::new(LIMIT, &Patience::default()),
        )
        .await;
        assert_eq!(keys(attended), ["a", "b"]);
    }

    #[tokio::test]
    async fn a_task_of_the_handlers_may_ask_too() {
        let round = Arc::new(Round::default());
        let asking = Arc::clone(&round);
        let (waits, waiting) = tokio::sync::oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            waiting.await.unwrap();
            asking.register(question("a")).unwrap().cancelled().await;
            asking.register(question("b")).unwrap_err()
        });
        let mut waits = Some(waits);
        let handler = poll_fn(|_| {
            if let Some(waits) = waits.take() {
                waits.send(()).unwrap();
            }
            Poll::<()>::Pending
        });
        let attended = attend(
            pin!(handler),
            Some(&round),
            &Budget::new(LIMIT, &Patience::default()),
        )
        .await;
        assert_eq!(keys(attended), ["a"]);
        assert_eq!(
            task.await.unwrap(),
            AskError::Gone,
            "it waits no longer than the handler is there"
        );
    }
}
