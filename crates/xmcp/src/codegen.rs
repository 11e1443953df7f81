//! What generated code may name, and nothing else does. None of it is stable.
//!
//! The generated file holds data and one call for each tool; what can be said once is said here. Calls of the user's function
//! stay in the generated file, so that rustc's notes point at the user's signature.

use futures_util::future::BoxFuture;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use tokio::sync::Semaphore;
pub use xmcp_config::{Icon, LogFormat, Settings, Theme, Transport};

pub use crate::{App, FromContext, IntoToolResult, ToolMetadata};
use crate::{CallToolResult, Context, Requirements, ToolError, schema::OutputSchema};

pub use crate::run::Emulator;

/// What starts a local Scalekit when nothing says which one to ask; the argument is the app's `OUT_DIR`. Generated code calls it
/// in builds for development only, and the linker leaves the emulator out of all others. Without the feature `emulator` there is none.
pub fn emulator(out_dir: &'static str) -> Option<Emulator> {
    #[cfg(feature = "emulator")]
    return Some(Emulator {
        out_dir,
        start: crate::run::start_emulator,
    });
    #[cfg(not(feature = "emulator"))]
    {
        let _ = out_dir;
        None
    }
}

/// One tool file.
#[derive(Clone, Copy)]
pub struct Tool {
    /// The tool's name: unique and legal, checked by the build script.
    pub name: &'static str,
    /// The first paragraph of the doc comment; `METADATA` may say another.
    pub description: &'static str,
    /// Where the handler stands, as `tools/greet.rs:9:1`.
    pub source: &'static str,
    /// `METADATA` of the file.
    pub metadata: &'static ToolMetadata,
    /// `meta()` of the file.
    pub meta: Option<fn() -> Value>,
    /// What the tool takes.
    pub input: Input,
    /// What the handler's types say.
    pub shape: fn() -> Shape,
    /// Answers one call.
    pub call: for<'a> fn(Call<'a>) -> Reply<'a>,
}

/// What a tool takes from the caller.
#[derive(Clone, Copy)]
pub enum Input {
    /// Nothing.
    None,
    /// A `Schema` that derives `JsonSchema`.
    Schema(fn() -> Map<String, Value>),
    /// The JSON Schema that `schema()` of the file returns, served as it is.
    Raw(fn() -> Value),
}

/// The schema of an input, in the form that every client accepts.
pub fn input_schema<T: schemars::JsonSchema>() -> Map<String, Value> {
    crate::schema::input_schema::<T>()
}

/// What a handler's types say, found without calling it.
pub struct Shape {
    pub(crate) requirements: Requirements,
    pub(crate) can_talk_back: bool,
    pub(crate) output: Option<OutputSchema>,
}

/// Stands for the handler's `Schema` where only the types of the other arguments matter. Never called.
pub fn input<T>() -> T {
    unreachable!("shapes are read off types: generated closures over this are never called")
}

macro_rules! shapes {
    ($($of:ident $of_async:ident ($($argument:ident),*);)*) => {
        impl Shape {
            $(
                /// The shape of a handler that is not `async`.
                pub fn $of<$($argument: FromContext,)* R: IntoToolResult>(_: impl FnOnce($($argument),*) -> R) -> Self {
                    Self::new::<R>()$(.argument::<$argument>())*
                }

                /// The shape of an `async` handler.
                pub fn $of_async<$($argument: FromContext,)* F: Future<Output: IntoToolResult>>(_: impl FnOnce($($argument),*) -> F) -> Self {
                    Self::new::<F::Output>()$(.argument::<$argument>())*
                }
            )*
        }
    };
}

shapes! {
    of_0 of_async_0 ();
    of_1 of_async_1 (A);
    of_2 of_async_2 (A, B);
    of_3 of_async_3 (A, B, C);
    of_4 of_async_4 (A, B, C, D);
    of_5 of_async_5 (A, B, C, D, E);
    of_6 of_async_6 (A, B, C, D, E, G);
    of_7 of_async_7 (A, B, C, D, E, G, H);
    of_8 of_async_8 (A, B, C, D, E, G, H, I);
    of_9 of_async_9 (A, B, C, D, E, G, H, I, J);
    of_10 of_async_10 (A, B, C, D, E, G, H, I, J, K);
    of_11 of_async_11 (A, B, C, D, E, G, H, I, J, K, L);
    of_12 of_async_12 (A, B, C, D, E, G, H, I, J, K, L, M);
}

impl Shape {
    fn new<R: IntoToolResult>() -> Self {
        Self {
            requirements: Requirements::default(),
            can_talk_back: false,
            output: R::output_schema(),
        }
    }

    fn argument<T: FromContext>(mut self) -> Self {
        T::requires(&mut self.requirements);
        self.can_talk_back |= T::CAN_TALK_BACK;
        self
    }
}

/// One call: the arguments' text, checked against the tool's schema, and the request.
pub struct Call<'a> {
    pub(crate) arguments: &'a str,
    pub(crate) context: &'a Context,
}

impl<'a> Call<'a> {
    /// The arguments as the handler's `Schema`.
    pub fn input<T: DeserializeOwned>(&self) -> Result<T, ToolError> {
        crate::schema::deserialize(self.arguments)
            .map_err(|violations| ToolError::new(violations.to_string()))
    }

    /// The request.
    pub fn context(&self) -> &'a Context {
        self.context
    }
}

/// The answer to one call, not yet there.
pub struct Reply<'a> {
    pub(crate) future: BoxFuture<'a, Result<CallToolResult, ToolError>>,
}

impl<'a> Reply<'a> {
    /// This future's answer.
    pub fn new(
        future: impl Future<Output = Result<CallToolResult, ToolError>> + Send + 'a,
    ) -> Self {
        Self {
            future: Box::pin(future),
        }
    }
}

/// An argument that the request provides.
pub async fn extract<T: FromContext>(context: &Context) -> Result<T, ToolError> {
    T::from_context(context).await
}

/// The future itself: what is not `Send` in a handler is reported here, with rustc's note on where it is held.
pub fn assert_send<F: Future + Send>(future: F) -> F {
    future
}

/// What a handler that is not `async` returns: in place, or on the blocking pool when `METADATA` says so.
///
/// A panic goes on as a panic, wherever the handler ran.
pub async fn run<R: Send + 'static>(
    metadata: &ToolMetadata,
    handler: impl FnOnce() -> R + Send + 'static,
) -> Result<R, ToolError> {
    if !metadata.blocking {
        return Ok(handler());
    }
    // What waits for a thread waits here, where it ends with its call. In the pool's own queue it would stay, with its arguments,
    // after the client has gone.
    let thread = THREADS.acquire().await.map_err(ToolError::internal)?;
    let span = tracing::Span::current();
    let handler = crate::session::carried(handler);
    let work = move || {
        let _thread = thread;
        span.in_scope(handler)
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(output) => Ok(output),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(error) => Err(ToolError::internal(error)),
        },
    }
}

/// Handlers on the blocking pool at a time: half of its threads, since files and host names are read on them too.
static THREADS: Semaphore = Semaphore::const_new(256);

#[cfg(test)]
mod tests {
    use std::{
        pin::pin,
        sync::{Arc, mpsc},
        time::Duration,
    };

    use tokio::sync::oneshot;

    use super::*;

    #[tokio::test]
    async fn what_is_given_up_while_it_waits_for_a_thread_leaves_nothing_behind() {
        const METADATA: ToolMetadata = ToolMetadata::new().blocking();
        let mut held = Vec::new();
        while THREADS.available_permits() > 0 {
            let ((release, released), (started, running)) =
                (mpsc::channel::<()>(), oneshot::channel());
            let work = move || {
                let _ = started.send(());
                let _ = released.recv();
            };
            held.push((
                tokio::spawn(async move { run(&METADATA, work).await }),
                release,
            ));
            running.await.unwrap();
        }
        let arguments = Arc::new(());
        let kept = Arc::clone(&arguments);
        {
            let mut call = pin!(run(&METADATA, move || drop(kept)));
            let waited = tokio::time::timeout(Duration::from_millis(20), &mut call).await;
            assert!(waited.is_err(), "there was a thread");
        }
        assert_eq!(Arc::strong_count(&arguments), 1);
        for (call, release) in held {
            drop(release);
            call.await.unwrap().unwrap();
        }
        run(&METADATA, || ()).await.unwrap();
    }
}
