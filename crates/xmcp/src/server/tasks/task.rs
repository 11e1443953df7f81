//! What is known of one task, and how clients read it.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Map, Value};
use tokio::time::Instant;

use crate::{
    http::BodyRoom,
    server::{caller::Caller, jsonrpc::RpcError, owner::Owner, random_id::RandomId},
};

/// How often clients are to ask for a task.
const POLL_INTERVAL: Duration = Duration::from_secs(1);

/// What is known of one task.
#[derive(Clone)]
pub(crate) struct Task {
    pub(super) id: RandomId,
    pub(super) owner: Owner,
    /// Whose it is among those that are kept.
    pub(super) caller: Option<Caller>,
    created: Timestamp,
    updated: Timestamp,
    ttl: Duration,
    /// When it is forgotten.
    pub(super) expires: Instant,
    /// What the client is asked, by keys.
    pub(super) questions: Map<String, Value>,
    /// What it came to.
    pub(super) end: Option<End>,
}

/// What a task came to.
#[derive(Clone, Debug)]
pub(crate) enum End {
    Completed {
        /// The result of the call, as JSON text.
        result: Bytes,
        /// What it takes of all tasks' memory.
        _room: Arc<BodyRoom>,
    },
    Failed(RpcError),
    Cancelled,
}

impl Task {
    pub(super) fn new(
        id: RandomId,
        (owner, caller): (Owner, Option<Caller>),
        ttl: Duration,
    ) -> Self {
        let now = Timestamp::now();
        Self {
            id,
            owner,
            caller,
            created: now,
            updated: now,
            ttl,
            expires: Instant::now() + ttl,
            questions: Map::new(),
            end: None,
        }
    }

    /// Says that something about it has changed.
    pub(super) fn touch(&mut self) {
        self.updated = Timestamp::now();
    }

    fn status(&self) -> &'static str {
        match &self.end {
            None if self.questions.is_empty() => "working",
            None => "input_required",
            Some(End::Completed { .. }) => "completed",
            Some(End::Failed(_)) => "failed",
            Some(End::Cancelled) => "cancelled",
        }
    }

    /// `CreateTaskResult`, as JSON text: the task without what it holds.
    pub(super) fn created(&self) -> String {
        let mut text = self.head("task");
        text.push('}');
        text
    }

    /// The result of `tasks/get`, as JSON text.
    pub(super) fn detailed(&self) -> String {
        let mut text = self.head("complete");
        match &self.end {
            None if self.questions.is_empty() => {}
            None => member(&mut text, "inputRequests", &to_text(&self.questions)),
            Some(End::Completed { result, .. }) => {
                member(&mut text, "result", &String::from_utf8_lossy(result));
            }
            Some(End::Failed(error)) => {
                member(&mut text, "statusMessage", &to_text(&error.message));
                member(&mut text, "error", &error.to_json().to_string());
            }
            Some(End::Cancelled) => {}
        }
        text.push('}');
        text
    }

    /// The members that every task has, without the end of the object.
    fn head(&self, result_type: &str) -> String {
        let Self {
            created, updated, ..
        } = self;
        let (id, status) = (self.id.as_str(), self.status());
        let (ttl, interval) = (self.ttl.as_millis(), POLL_INTERVAL.as_millis());
        format!(
            r#"{{"resultType":"{result_type}","taskId":"{id}","status":"{status}","createdAt":"{created:.3}","lastUpdatedAt":"{updated:.3}","ttlMs":{ttl},"pollIntervalMs":{interval}"#
        )
    }
}

fn member(text: &mut String, name: &str, json: &str) {
    text.push_str(&format!(r#","{name}":{json}"#));
}

fn to_text(value: &(impl serde::Serialize + ?Sized)) -> String {
    serde_json::to_string(value).expect("text and JSON always serialise")
}
