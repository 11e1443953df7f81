//! The answer of a service behind the layer.

use std::{
    convert::Infallible,
    fmt,
    pin::Pin,
    task::{Context, Poll},
};

use axum::response::Response;
use futures_util::future::BoxFuture;
use pin_project_lite::pin_project;

pin_project! {
    /// The answer of a service behind [`ProtectLayer`], or the refusal.
    pub struct ProtectFuture<F> {
        #[pin]
        answer: Answer<F>,
    }
}

pin_project! {
    #[project = Projected]
    enum Answer<F> {
        /// The caller is known: whatever is behind answers.
        Behind { #[pin] answer: F },
        /// Somebody has to be asked first.
        Looking { answer: BoxFuture<'static, Result<Response, Infallible>> },
    }
}

impl<F> ProtectFuture<F> {
    pub(crate) fn behind(answer: F) -> Self {
        Self {
            answer: Answer::Behind { answer },
        }
    }

    pub(crate) fn looking(answer: BoxFuture<'static, Result<Response, Infallible>>) -> Self {
        Self {
            answer: Answer::Looking { answer },
        }
    }
}

impl ProtectFuture<BoxFuture<'static, Result<Response, Infallible>>> {
    /// The answer by itself, which is in a box already: whoever needs one makes no second one around it.
    pub fn into_box(self) -> BoxFuture<'static, Result<Response, Infallible>> {
        match self.answer {
            Answer::Behind { answer } | Answer::Looking { answer } => answer,
        }
    }
}

impl<F: Future<Output = Result<Response, Infallible>>> Future for ProtectFuture<F> {
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.project().answer.project() {
            Projected::Behind { answer } => answer.poll(context),
            Projected::Looking { answer } => answer.as_mut().poll(context),
        }
    }
}

impl<F> fmt::Debug for ProtectFuture<F> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ProtectFuture")
            .finish_non_exhaustive()
    }
}
