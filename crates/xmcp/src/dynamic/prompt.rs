//! A prompt of run time.

use std::sync::Arc;

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::{
    Takes,
    common::{Common, common_members},
};
use crate::{
    Context, GetPromptResult, IntoPromptResult,
    codegen::{Call, Reply, input_schema},
};

/// A prompt that is made while the server runs: [`ServerHandle::add_prompt`](crate::ServerHandle::add_prompt) adds it.
///
/// ```
/// use xmcp::{DynamicPrompt, prelude::*};
///
/// pub async fn handler(server: ServerHandle) -> Result<&'static str> {
///     let prompt = DynamicPrompt::without_arguments("standup", |_context| async { "What did I do yesterday?" });
///     server.add_prompt(prompt.description("The questions of the day"))?;
///     Ok("added")
/// }
/// # let _ = handler;
/// ```
pub struct DynamicPrompt {
    pub(crate) common: Common,
    pub(crate) takes: Takes,
    pub(crate) call: Arc<dyn for<'a> Fn(Call<'a>) -> Reply<'a, GetPromptResult> + Send + Sync>,
}

impl DynamicPrompt {
    /// A prompt of this name, whose arguments are `I`. Its members are text; those that are an enum complete themselves.
    pub fn new<I, F, R>(name: impl Into<String>, handler: F) -> Self
    where
        I: DeserializeOwned + JsonSchema + Send + 'static,
        F: Fn(I, Context) -> R + Send + Sync + 'static,
        R: Future<Output: IntoPromptResult> + Send + 'static,
    {
        Self::taking(name.into(), Takes::Type(input_schema::<I>()), handler)
    }

    /// A prompt that takes nothing.
    pub fn without_arguments<F, R>(name: impl Into<String>, handler: F) -> Self
    where
        F: Fn(Context) -> R + Send + Sync + 'static,
        R: Future<Output: IntoPromptResult> + Send + 'static,
    {
        let handler = move |_: serde::de::IgnoredAny, context| handler(context);
        Self::taking(name.into(), Takes::Nothing, handler)
    }

    fn taking<I, F, R>(name: String, takes: Takes, handler: F) -> Self
    where
        I: DeserializeOwned + Send + 'static,
        F: Fn(I, Context) -> R + Send + Sync + 'static,
        R: Future<Output: IntoPromptResult> + Send + 'static,
    {
        let handler = Arc::new(handler);
        Self {
            common: Common::new(name),
            takes,
            call: Arc::new(move |call| {
                let handler = Arc::clone(&handler);
                Reply::new(async move {
                    let input = call.input::<I>()?;
                    handler(input, call.context().clone())
                        .await
                        .into_prompt_result()
                })
            }),
        }
    }

    common_members!("prompt");
}

impl std::fmt::Debug for DynamicPrompt {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("DynamicPrompt")
            .field("name", &self.common.name)
            .finish_non_exhaustive()
    }
}
