//! Whether a call becomes a task.

use std::sync::Arc;

use serde::{Deserialize, de::IgnoredAny};
use serde_json::value::RawValue;
use xmcp_auth::Session;

use super::{EXTENSION, Work, store::Full};
use crate::{
    Capability, ClientCapabilities, Era, TaskSupport,
    context::MetaText,
    server::{
        Server, Target,
        caller::Caller,
        jsonrpc::{RpcError, code},
        owner::Owner,
        random_id::RandomId,
    },
};

/// The work of a call that is a task, or may become one; `None` for a call like any other. Fails when it has to be one, and cannot.
/// `size` bytes of its request are kept as long as it runs.
pub(crate) fn plan(
    server: &Server,
    target: &Target,
    era: Era,
    (meta, size): (Option<&MetaText>, usize),
    (session, caller): (Option<&Session>, Option<Caller>),
) -> Result<Option<Arc<Work>>, RpcError> {
    let Target::Tool(tool) = target else {
        return Ok(None);
    };
    let Some(support) = tool.task else {
        return Ok(None);
    };
    let is_declared = match era {
        Era::Modern => meta.is_some_and(|meta| declares(meta.capabilities())),
        // 2025-11-25 basic/utilities/tasks, "Tool-Level Negotiation".
        Era::Legacy if support == TaskSupport::Required => {
            let message = "this tool runs as a task only, which takes a client of 2026-07-28 with the tasks extension";
            return Err(RpcError::new(code::METHOD_NOT_FOUND, message));
        }
        Era::Legacy => false,
    };
    match (is_declared, support) {
        (true, _) => {}
        (false, TaskSupport::Required) => return Err(undeclared()),
        (false, TaskSupport::Optional) => return Ok(None),
    }
    if server.gate.is_stranger(session) {
        // A task is its maker's, which nobody could tell from other strangers.
        return match support {
            TaskSupport::Optional => Ok(None),
            TaskSupport::Required => Err(server.refused_to_strangers(None).into()),
        };
    }
    let Some(id) = RandomId::new() else {
        return Err(RpcError::new(
            code::INTERNAL_ERROR,
            "the system gave no randomness",
        ));
    };
    let work = server.tasks.room(size).map(|room| {
        let owner = Owner::of(session);
        Work::new(server, id, (owner, caller), room)
    });
    let begun = work.and_then(|work| match tool.begins_later {
        true => Ok(work),
        false => work.begin().map(|()| work),
    });
    match (begun, support) {
        (Ok(work), _) => Ok(Some(work)),
        (Err(Full), TaskSupport::Optional) => Ok(None),
        (Err(Full), TaskSupport::Required) => Err(RpcError::new(
            code::INTERNAL_ERROR,
            "there are too many tasks: wait for one to end, or cancel one, and try again",
        )),
    }
}

/// Whether this call is a task or nothing, and its client can take one.
pub(crate) fn has_to_be_one(target: &Target, era: Era, meta: Option<&MetaText>) -> bool {
    let Target::Tool(tool) = target else {
        return false;
    };
    tool.task == Some(TaskSupport::Required)
        && era == Era::Modern
        && meta.is_some_and(|meta| declares(meta.capabilities()))
}

/// The error of a request that takes a client with the extension.
pub(crate) fn undeclared() -> RpcError {
    RpcError::missing_capabilities(&[Capability::extension(EXTENSION)])
}

/// Whether a filter of `subscriptions/listen` names tasks. They are polled: what is acknowledged names none ("Task Status
/// Notifications").
pub(crate) fn are_named(filter: Option<&RawValue>) -> bool {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Filter {
        task_ids: Option<IgnoredAny>,
    }
    let filter = filter.and_then(|text| serde_json::from_str::<Filter>(text.get()).ok());
    filter.is_some_and(|filter| filter.task_ids.is_some())
}

/// Whether what the request's `_meta` says that the client can do declares the extension.
pub(crate) fn declares(capabilities: Option<ClientCapabilities>) -> bool {
    capabilities.is_some_and(|capabilities| capabilities.has(&Capability::extension(EXTENSION)))
}
