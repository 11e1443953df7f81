//! What a server does by itself while it is talked with.
#![expect(
    deprecated,
    reason = "what servers of 2025-11-25 log is shown, though the protocol has given it up"
)]

use std::sync::Arc;

use rmcp::{
    ClientHandler, RoleClient,
    model::{
        ClientConfig, ElicitRequestParams, ElicitResult, ElicitationCapability, ErrorData,
        FormElicitationCapability, Implementation, LoggingMessageNotificationParam,
        ProgressNotificationParam, ProtocolVersion,
    },
    service::{NotificationContext, RequestContext},
};

use super::asker::Asker;
use crate::{Output, text};

/// What the server says and asks by itself: its log and how far it is are shown, and what it asks its user is asked.
#[derive(Clone, Debug)]
pub(super) struct Listener {
    verbose: bool,
    pub(super) asker: Arc<Asker>,
}

impl Listener {
    pub(super) fn new(output: &Output) -> Self {
        Self {
            verbose: output.is_verbose(),
            asker: Arc::new(Asker::new()),
        }
    }

    /// What the person at the terminal answers.
    pub(super) async fn elicit(&self, asked: ElicitRequestParams) -> ElicitResult {
        self.asker.elicit(asked, &Output::new(self.verbose)).await
    }
}

impl ClientHandler for Listener {
    fn get_info(&self) -> ClientConfig {
        let mut info = ClientConfig::default();
        info.client_info = Implementation::new("cargo-xmcp", env!("CARGO_PKG_VERSION"));
        info.protocol_version = ProtocolVersion::V_2025_11_25;
        let forms = FormElicitationCapability::default();
        info.capabilities.elicitation = Some(ElicitationCapability::new().with_form(forms));
        info
    }

    async fn create_elicitation(
        &self,
        asked: ElicitRequestParams,
        _: RequestContext<RoleClient>,
    ) -> std::result::Result<ElicitResult, ErrorData> {
        Ok(self.elicit(asked).await)
    }

    async fn on_logging_message(
        &self,
        message: LoggingMessageNotificationParam,
        _: NotificationContext<RoleClient>,
    ) {
        let said = match &message.data {
            serde_json::Value::String(text) => text.clone(),
            data => data.to_string(),
        };
        let level = serde_json::to_value(message.level).unwrap_or_default();
        let logger = message
            .logger
            .map_or(String::new(), |name| format!(" {name}"));
        Output::new(self.verbose).say(&text::line(
            &format!("log {}{logger}: {said}", level.as_str().unwrap_or_default()),
            1_000,
        ));
    }

    async fn on_progress(
        &self,
        progress: ProgressNotificationParam,
        _: NotificationContext<RoleClient>,
    ) {
        // It would be written into the question.
        if *self.asker.open().borrow() > 0 {
            return;
        }
        let of = progress
            .total
            .map_or(String::new(), |total| format!("/{total}"));
        let said = progress.message.unwrap_or_default();
        Output::new(self.verbose).progress(&text::line(
            &format!("progress {}{of} {said}", progress.progress),
            1_000,
        ));
    }
}
