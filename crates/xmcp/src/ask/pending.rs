//! A question on its way: it is asked once it is awaited.

use std::{future::IntoFuture, marker::PhantomData};

use futures_util::future::{BoxFuture, try_join_all};
use serde_json::Value;
use tokio::time::timeout;

use super::{Answer, InputRequired, Question, question::Kind};
use crate::{AskError, Capability, Context, Era, ToolError, context::Asker};

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
        let key = question.key.clone();
        let answer = put(context, &**asker, question).await?;
        let read = A::read(&answer)?;
        if let Some(round) = context.round() {
            round.remember(key, answer);
        }
        return read
            .ok_or_else(|| AskError::Invalid("it is an answer to something else".to_owned()));
    }
    match context.round() {
        Some(round) if context.era() == Era::Modern => {
            // The handler is dropped before this ends; only a task that it left behind comes to see the end.
            round.register(question)?.cancelled().await;
            Err(AskError::Gone)
        }
        _ => Err(unreachable(context)),
    }
}

/// Why a client cannot be asked by this request.
fn unreachable(context: &Context) -> AskError {
    match context.era() {
        Era::Legacy => AskError::NotConnected,
        // 2026-07-28 basic/patterns/mrtr, "Supported Requests".
        Era::Modern => AskError::Misused(
            "only tools, prompts and resources may ask, a completion may not".to_owned(),
        ),
    }
}

/// Puts a question to the client, which may take its time for it.
async fn put(context: &Context, asker: &dyn Asker, question: Question) -> Result<Value, AskError> {
    let limit = context.question_timeout();
    let _waiting = context.patience().wait();
    let question = question.in_era(context.era());
    timeout(limit, asker.ask(question))
        .await
        .unwrap_or(Err(AskError::TimedOut(limit)))
}

/// What becomes of the questions that a handler left.
#[derive(Debug)]
pub(crate) enum Settled {
    /// The client has answered them: the handler runs again.
    Again,
    /// The request is answered by them.
    Answer(InputRequired),
}

/// Puts questions to a client that is connected, all together, and leaves the others to the answer of the request.
pub(crate) async fn settle(context: &Context, asked: InputRequired) -> Result<Settled, ToolError> {
    if let Some(problem) = asked.problem {
        return Err((*problem).into());
    }
    let missing: Vec<Capability> = asked
        .questions
        .iter()
        .map(|question| question.requires.clone())
        .filter(|capability| !context.supports(capability))
        .collect();
    if let Some(first) = missing.first() {
        context
            .require(first.clone())
            .map_err(|error| match error {
                AskError::MissingCapability(_) => ToolError::missing_capabilities(missing),
                error => error.into(),
            })?;
    }
    let round = context.round().ok_or_else(|| unreachable(context))?;
    let Some(asker) = context.asker() else {
        return match context.era() {
            Era::Modern => Ok(Settled::Answer(asked)),
            Era::Legacy => Err(unreachable(context).into()),
        };
    };
    let carried = round.carried(&asked);
    let answers = asked.questions.into_iter().map(|question| async {
        let key = question.key.clone();
        let answer = put(context, &**asker, question).await?;
        Ok::<_, AskError>((key, answer))
    });
    let answers = try_join_all(answers).await?;
    round.begin(carried, answers.into_iter().collect());
    Ok(Settled::Again)
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
