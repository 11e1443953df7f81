//! A resource or a template of run time.

use std::{sync::Arc, time::Duration};

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use super::{
    Takes,
    common::{Common, common_members},
};
use crate::{
    Context, IntoResourceResult, ReadResourceResult,
    codegen::{Call, Reply, input_schema},
};

/// A resource that is made while the server runs: [`ServerHandle::add_resource`](crate::ServerHandle::add_resource) adds it.
///
/// ```
/// use xmcp::{DynamicResource, prelude::*};
///
/// #[derive(Deserialize, JsonSchema)]
/// struct Note {
///     id: String,
/// }
///
/// pub async fn handler(server: ServerHandle) -> Result<&'static str> {
///     server.add_resource(DynamicResource::new("notes://today", "today", |_context| async { "Buy milk." }))?;
///     let template = DynamicResource::template("notes://{id}", "note", |note: Note, _context| async move {
///         (note.id != "0").then(|| format!("note {}", note.id))
///     });
///     server.add_resource(template.description("A note by its number").mime_type("text/plain"))?;
///     Ok("added")
/// }
/// # let _ = handler;
/// ```
pub struct DynamicResource {
    pub(crate) uri: String,
    pub(crate) common: Common,
    pub(crate) takes: Takes,
    pub(crate) mime_type: Option<String>,
    pub(crate) size: Option<u64>,
    pub(crate) cache_for: Duration,
    pub(crate) same_for_all: bool,
    pub(crate) call: Arc<dyn for<'a> Fn(Call<'a>) -> Reply<'a, ReadResourceResult> + Send + Sync>,
}

impl DynamicResource {
    /// The resource at this URI, under this name.
    pub fn new<F, R>(uri: impl Into<String>, name: impl Into<String>, handler: F) -> Self
    where
        F: Fn(Context) -> R + Send + Sync + 'static,
        R: Future<Output: IntoResourceResult> + Send + 'static,
    {
        let handler = move |_: serde::de::IgnoredAny, context| handler(context);
        Self::taking(uri.into(), name.into(), Takes::Nothing, handler)
    }

    /// The resources of this template, under this name, whose parameters are `I`.
    ///
    /// A parameter is a whole segment, `notes://{id}/text`; as the last segment `{+path}` is the rest of the URI, which may hold `/`.
    pub fn template<I, F, R>(uri: impl Into<String>, name: impl Into<String>, handler: F) -> Self
    where
        I: DeserializeOwned + JsonSchema + Send + 'static,
        F: Fn(I, Context) -> R + Send + Sync + 'static,
        R: Future<Output: IntoResourceResult> + Send + 'static,
    {
        let takes = Takes::Type(input_schema::<I>());
        Self::taking(uri.into(), name.into(), takes, handler)
    }

    fn taking<I, F, R>(uri: String, name: String, takes: Takes, handler: F) -> Self
    where
        I: DeserializeOwned + Send + 'static,
        F: Fn(I, Context) -> R + Send + Sync + 'static,
        R: Future<Output: IntoResourceResult> + Send + 'static,
    {
        let handler = Arc::new(handler);
        Self {
            uri,
            common: Common::new(name),
            takes,
            mime_type: None,
            size: None,
            cache_for: Duration::ZERO,
            same_for_all: false,
            call: Arc::new(move |call| {
                let handler = Arc::clone(&handler);
                Reply::new(async move {
                    let input = call.input::<I>()?;
                    handler(input, call.context().clone())
                        .await
                        .into_resource_result()
                })
            }),
        }
    }

    common_members!("resource");

    /// With what its contents are, such as `image/png`.
    #[must_use]
    pub fn mime_type(mut self, mime_type: impl Into<String>) -> Self {
        self.mime_type = Some(mime_type.into());
        self
    }

    /// With its size in bytes.
    #[must_use]
    pub fn size(mut self, bytes: u64) -> Self {
        self.size = Some(bytes);
        self
    }

    /// With the time for which clients may keep what they read.
    #[must_use]
    pub fn cache_for(mut self, time: Duration) -> Self {
        self.cache_for = time;
        self
    }

    /// Says that its contents are the same for every caller, so that caches may share them.
    #[must_use]
    pub fn same_for_all(mut self) -> Self {
        self.same_for_all = true;
        self
    }
}

impl std::fmt::Debug for DynamicResource {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("DynamicResource")
            .field("uri", &self.uri)
            .finish_non_exhaustive()
    }
}
