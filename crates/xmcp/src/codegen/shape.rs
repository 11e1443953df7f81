//! What a handler's types say.

use crate::{
    FromContext, IntoCompletion, IntoPromptResult, IntoResourceResult, IntoToolResult,
    Requirements, schema::OutputSchema,
};

/// What a handler's types say, found without calling it.
#[derive(Default)]
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
    ($into:ident, $output:ident: $($of:ident $of_async:ident ($($argument:ident),*);)*) => {
        impl Shape {
            $(
                /// The shape of a handler that is not `async`.
                pub fn $of<$($argument: FromContext,)* R: $into>(_: impl FnOnce($($argument),*) -> R) -> Self {
                    Self::$output::<R>()$(.argument::<$argument>())*
                }

                /// The shape of an `async` handler.
                pub fn $of_async<$($argument: FromContext,)* F: Future<Output: $into>>(_: impl FnOnce($($argument),*) -> F) -> Self {
                    Self::$output::<F::Output>()$(.argument::<$argument>())*
                }
            )*
        }
    };
}

shapes! {
    IntoToolResult, of_tool:
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

shapes! {
    IntoPromptResult, of_text:
    prompt_0 prompt_async_0 ();
    prompt_1 prompt_async_1 (A);
    prompt_2 prompt_async_2 (A, B);
    prompt_3 prompt_async_3 (A, B, C);
    prompt_4 prompt_async_4 (A, B, C, D);
    prompt_5 prompt_async_5 (A, B, C, D, E);
    prompt_6 prompt_async_6 (A, B, C, D, E, G);
    prompt_7 prompt_async_7 (A, B, C, D, E, G, H);
    prompt_8 prompt_async_8 (A, B, C, D, E, G, H, I);
    prompt_9 prompt_async_9 (A, B, C, D, E, G, H, I, J);
    prompt_10 prompt_async_10 (A, B, C, D, E, G, H, I, J, K);
    prompt_11 prompt_async_11 (A, B, C, D, E, G, H, I, J, K, L);
    prompt_12 prompt_async_12 (A, B, C, D, E, G, H, I, J, K, L, M);
}

shapes! {
    IntoResourceResult, of_contents:
    resource_0 resource_async_0 ();
    resource_1 resource_async_1 (A);
    resource_2 resource_async_2 (A, B);
    resource_3 resource_async_3 (A, B, C);
    resource_4 resource_async_4 (A, B, C, D);
    resource_5 resource_async_5 (A, B, C, D, E);
    resource_6 resource_async_6 (A, B, C, D, E, G);
    resource_7 resource_async_7 (A, B, C, D, E, G, H);
    resource_8 resource_async_8 (A, B, C, D, E, G, H, I);
    resource_9 resource_async_9 (A, B, C, D, E, G, H, I, J);
    resource_10 resource_async_10 (A, B, C, D, E, G, H, I, J, K);
    resource_11 resource_async_11 (A, B, C, D, E, G, H, I, J, K, L);
    resource_12 resource_async_12 (A, B, C, D, E, G, H, I, J, K, L, M);
}

macro_rules! completed {
    ($($of:ident $of_async:ident ($($argument:ident),*);)*) => {
        impl Shape {
            $(
                /// With what a `complete` that is not `async` takes from the request.
                pub fn $of<$($argument: FromContext,)* R: IntoCompletion>(self, _: impl FnOnce($($argument),*) -> R) -> Self {
                    self$(.required::<$argument>())*
                }

                /// With what an `async` `complete` takes from the request.
                pub fn $of_async<$($argument: FromContext,)* F: Future<Output: IntoCompletion>>(self, _: impl FnOnce($($argument),*) -> F) -> Self {
                    self$(.required::<$argument>())*
                }
            )*
        }
    };
}

completed! {
    completed_0 completed_async_0 ();
    completed_1 completed_async_1 (A);
    completed_2 completed_async_2 (A, B);
    completed_3 completed_async_3 (A, B, C);
    completed_4 completed_async_4 (A, B, C, D);
    completed_5 completed_async_5 (A, B, C, D, E);
    completed_6 completed_async_6 (A, B, C, D, E, G);
    completed_7 completed_async_7 (A, B, C, D, E, G, H);
    completed_8 completed_async_8 (A, B, C, D, E, G, H, I);
    completed_9 completed_async_9 (A, B, C, D, E, G, H, I, J);
    completed_10 completed_async_10 (A, B, C, D, E, G, H, I, J, K);
    completed_11 completed_async_11 (A, B, C, D, E, G, H, I, J, K, L);
    completed_12 completed_async_12 (A, B, C, D, E, G, H, I, J, K, L, M);
}

impl Shape {
    fn of_tool<R: IntoToolResult>() -> Self {
        Self {
            output: R::output_schema(),
            ..Self::default()
        }
    }

    #[expect(
        clippy::extra_unused_type_parameters,
        reason = "what a prompt gives has no schema"
    )]
    fn of_text<R: IntoPromptResult>() -> Self {
        Self::default()
    }

    #[expect(
        clippy::extra_unused_type_parameters,
        reason = "what a resource gives has no schema"
    )]
    fn of_contents<R: IntoResourceResult>() -> Self {
        Self::default()
    }

    /// Whether the handler can say that something has changed.
    pub(crate) fn can_change(&self) -> bool {
        self.can_talk_back || self.requirements.server
    }

    fn argument<T: FromContext>(mut self) -> Self {
        self.can_talk_back |= T::CAN_TALK_BACK;
        self.required::<T>()
    }

    fn required<T: FromContext>(mut self) -> Self {
        T::requires(&mut self.requirements);
        self
    }
}
