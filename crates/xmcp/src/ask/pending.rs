//! A question on its way: it is asked once it is awaited.

use std::{future::IntoFuture, marker::PhantomData};

use futures_util::future::BoxFuture;
use serde_json::Value;
use tokio::time::timeout;

use super::{Answer, Question, question::Kind};
use crate::{AskError, Capability, Context, Era};

/// A question to the client, asked when it is awaited: `context.elicit::<Name>("What is your name?").await?`.
///
/// To ask several at a time, await them together, with `tokio::join!`.
#[must_use = "a question is asked when it is awaited"]
#[derive(Debug)]
pub struct Asking<'a, A> {
    context: &'a Context,
    key: Option<String>,
    kind: Kind,
    requires: Capability,
    params: Result<Value, AskError>,
    answer: PhantomData<fn() -> A>,
}

impl<'a, A: Answer> Asking<'a, A> {
    pub(crate) fn new(
        context: &'a Context,
        kind: Kind,
        requires: Capability,
        params: Result<Value, AskError>,
    ) -> Self {
        Self {
            context,
            key: None,
            kind,
            requires,
            params,
            answer: PhantomData,
        }
    }

    /// Under a key of its own. Without one it gets its kind and a number, in the order in which a call asks: enough as long as a
    /// handler asks the same questions in the same order whenever it runs.
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }
}

impl<'a, A: Answer + 'a> IntoFuture for Asking<'a, A> {
    type Output = Result<A::Output, AskError>;
    type IntoFuture = BoxFuture<'a, Self::Output>;

    fn into_future(self) -> Self::IntoFuture {
        let Self {
            context,
            key,
            kind,
            requires,
            params,
            ..
        } = self;
        // Numbered now, so that questions that are awaited together have the order in which they stand.
        let key = key.or_else(|| context.round().map(|round| round.next_key(kind)));
        Box::pin(async move {
            let question = Question {
                key: key.unwrap_or_else(|| kind.name().to_owned()),
                kind,
                params: params?,
                requires,
            };
            ask::<A>(context, question).await
        })
    }
}

async fn ask<A: Answer>(context: &Context, question: Question) -> Result<A::Output, AskError> {
    context.require(question.requires.clone())?;
    if let Some(answer) = answered::<A>(context, &question.key)? {
        return Ok(answer);
    }
    if let Some(asker) = context.asker() {
        let limit = context.question_timeout();
        let key = question.key.clone();
        let waiting = context.patience().wait();
        let answer = timeout(limit, asker.ask(question.in_era(context.era()))).await;
        drop(waiting);
        let answer = answer.map_err(|_| AskError::TimedOut(limit))??;
        let read = A::read(&answer)?;
        if let Some(round) = context.round() {
            round.remember(key, answer);
        }
        return read
            .ok_or_else(|| AskError::Invalid("it is an answer to something else".to_owned()));
    }
    match context.round() {
        Some(round) if context.era() == Era::Modern => {
            round.register(question)?;
            std::future::pending().await
        }
        _ => Err(AskError::NotConnected),
    }
}

/// The answer to the question of this key, if the client gave one of that kind.
pub(crate) fn answered<A: Answer>(
    context: &Context,
    key: &str,
) -> Result<Option<A::Output>, AskError> {
    let Some(round) = context.round() else {
        return Ok(None);
    };
    let Some(answer) = round.answer(key) else {
        return Ok(None);
    };
    let read = A::read(&answer)?;
    if read.is_some() {
        round.used(key);
    }
    Ok(read)
}
