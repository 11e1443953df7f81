//! rmcp's handler: runs what the gate let through.
//!
//! rmcp counts requests, starts and cancels them. It never sees a request's text,
//! nor its answer's: both stand beside the message, so that they are byte for byte what they would be over HTTP.

use std::{panic::AssertUnwindSafe, sync::Arc};

use bytes::Bytes;
use futures_util::FutureExt;
use http::{Extensions, HeaderMap};
use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{CustomRequest, CustomResult},
    service::RequestContext,
};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::{
    incoming::Accepted,
    news::News,
    requests::Running,
    speaker::{Pipe, Speaker},
};
use crate::{
    Context, Era, Transport,
    context::{self, Detachable, Notifier},
    http::RequestId,
    server::{self, Asked, Call, Method, Server, Target, jsonrpc::RpcError},
};

pub(super) struct Handler {
    pub(super) server: Arc<Server>,
    pub(super) pipe: Arc<Pipe>,
    pub(super) news: Arc<News>,
}

impl ServerHandler for Handler {
    async fn on_custom_request(
        &self,
        _: CustomRequest,
        context: RequestContext<RoleServer>,
    ) -> Result<CustomResult, ErrorData> {
        if let Some(running) = context.extensions.get::<Arc<Running>>() {
            // A request that is cancelled gets no answer, and its handler is dropped.
            let answer = context
                .ct
                .run_until_cancelled(self.answer(&running.accepted, &context.ct))
                .await;
            if let Some(answer) = answer {
                let _ = running.answer.set(answer);
            }
        }
        Ok(CustomResult::new(Value::Null))
    }
}

impl Handler {
    /// The whole response to a request.
    async fn answer(&self, request: &Accepted, cancellation: &CancellationToken) -> Bytes {
        let id = request.text.id();
        match &request.asked {
            Asked::Known(result) => {
                if request.method == Method::Initialize {
                    self.news.begin();
                }
                request.audit.allowed();
                server::response(id, result)
            }
            Asked::Subscribe(uri) => match self.news.subscribe(uri) {
                Ok(()) => {
                    request.audit.allowed();
                    server::response(id, b"{}")
                }
                Err(error) => {
                    request.audit.erred(&error, None);
                    server::error_response(Some(id), &error)
                }
            },
            Asked::Unsubscribe(uri) => {
                self.news.unsubscribe(uri);
                request.audit.allowed();
                server::response(id, b"{}")
            }
            Asked::Listen(filter) => self.news.listen(id, filter, &request.audit).await,
            Asked::Call(target) => self.call(request, target.clone(), cancellation).await,
        }
    }

    async fn call(
        &self,
        request: &Accepted,
        target: Target,
        cancellation: &CancellationToken,
    ) -> Bytes {
        let meta = (request.meta.as_ref(), request.size);
        let task = match server::tasks::plan(&self.server, &target, request.era, meta, (None, None))
        {
            Ok(task) => task,
            Err(error) => {
                request.audit.erred(&error, None);
                return server::error_response(Some(request.text.id()), &error);
            }
        };
        let request_id = request.audit.request_id().unwrap_or_else(RequestId::new);
        let span = tracing::error_span!("request", id = %request_id);
        let speaker = Arc::new(Speaker::new(Arc::clone(&self.pipe)));
        // However the call ends, nothing is said after it.
        let _closed = Closing(Arc::clone(&speaker));
        let mut extensions = Extensions::new();
        target.extend(&mut extensions);
        let context = Context::new(context::Request {
            era: request.era,
            transport: Transport::Stdio,
            request_id: request_id.clone(),
            server: Arc::clone(&self.server),
            headers: HeaderMap::new(),
            extensions,
            peer: None,
            session: None,
            meta: request.meta.clone(),
            client: request.remembered.client.clone(),
            capabilities: request.remembered.capabilities.clone(),
            log_level: request.remembered.log_level,
            notifier: match task {
                Some(_) => None,
                None => Some(Arc::clone(&speaker) as Arc<dyn Notifier>),
            },
            // A 2026-07-28 client takes no requests, on no transport (basic/patterns/mrtr).
            asker: match request.era {
                Era::Legacy => Some(speaker),
                Era::Modern => None,
            },
            round: target.round(),
            question_timeout: self.server.settings.http.limits.question_timeout,
            cancellation: Some(match &task {
                Some(task) => task.cancellation(),
                None => cancellation.clone(),
            }),
            task: task.clone().map(|task| task as Arc<dyn Detachable>),
        });
        let call = Call {
            target,
            text: request.text.clone(),
            brought: request.brought.clone(),
            context,
            audit: request.audit.clone(),
        };
        let id = request.text.id();
        if let Some(task) = task {
            let answer = task.answer(call);
            return answer.instrument(span).await.message;
        }
        let response = AssertUnwindSafe(server::respond(&call))
            .catch_unwind()
            .instrument(span)
            .await;
        match response {
            Ok(response) => response.message,
            // Handlers' panics never get here; without an answer the client would wait for ever.
            Err(_) => {
                tracing::error!(
                    request_id = request_id.as_str(),
                    "a request panicked outside of its handler"
                );
                let error = RpcError::internal(request_id.as_str());
                server::error_response(Some(id), &error)
            }
        }
    }
}

/// Closes a request's way to the client when the request ends.
struct Closing(Arc<Speaker>);

impl Drop for Closing {
    fn drop(&mut self) {
        self.0.close();
    }
}
