//! Who asked for what, and how it was decided: one event for each request, for logs that are kept (`[log] audit`).
//!
//! 1. There is one schema: every event is written in [`Record::say`], and docs/audit.md has its members.
//! 2. No arguments, no results, no credentials. What a stranger names is bounded and escaped.
//! 3. A request has one event, however it ends. One that nobody decides was given up, and is told of when it is dropped.
//! 4. Where the setting is off, or nobody listens, there is no record and nothing is allocated.

mod refusals;
mod why;

use std::{
    borrow::Cow,
    fmt,
    net::IpAddr,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use http::StatusCode;
use tracing::Level;
use xmcp_auth::Session;
use xmcp_config::LogSettings;

pub(super) use self::refusals::watched;
use self::why::Decision;
pub(crate) use self::why::Why;
use super::{
    Method,
    call::Outcome,
    gate::Forbidden,
    jsonrpc::{Params, RpcError},
    target::Target,
};
use crate::{Era, Transport, excerpt::excerpt, http::RequestId};

/// Where the events go.
pub(crate) const TARGET: &str = "xmcp::audit";

/// A request on its way to its decision. Clones are the same request.
#[derive(Clone, Default)]
pub(crate) struct Audit(Option<Arc<Undecided>>);

/// Who asks, and by what.
pub(crate) struct Asking<'a> {
    pub(crate) caller: Option<&'a Session>,
    pub(crate) transport: Transport,
    /// None where it is not known yet.
    pub(crate) era: Option<Era>,
    /// As a stranger wrote it; none where the message could not be read.
    pub(crate) method: Option<&'a str>,
    /// None where there is no network, or nobody says who the peer is.
    pub(crate) client_address: Option<IpAddr>,
    pub(crate) request_id: Option<&'a RequestId>,
}

/// A record that is said once, at the latest when it is dropped.
struct Undecided {
    record: Record,
    noted: OnceLock<Why>,
    is_said: AtomicBool,
}

/// What there is to say of a request.
#[derive(Default)]
struct Record {
    caller: Option<Session>,
    transport: Option<Transport>,
    era: Option<Era>,
    http_method: Option<String>,
    method: Option<Cow<'static, str>>,
    target: OnceLock<Target>,
    /// What was named, and is not there.
    requested: OnceLock<String>,
    scope: OnceLock<String>,
    client_address: Option<IpAddr>,
    request_id: Option<RequestId>,
    started: Option<Instant>,
}

impl Audit {
    /// Nothing, unless the settings want it and somebody listens.
    pub(crate) fn begin<'a>(settings: &LogSettings, asking: impl FnOnce() -> Asking<'a>) -> Self {
        if !settings.audit || !tracing::enabled!(target: TARGET, Level::INFO) {
            return Self::default();
        }
        let asking = asking();
        let method = asking.method.map(|name| match Method::parse(name) {
            Some(method) => Cow::Borrowed(method.name()),
            None => Cow::Owned(bounded(name)),
        });
        let record = Record {
            caller: asking.caller.cloned(),
            transport: Some(asking.transport),
            era: asking.era,
            method,
            client_address: asking.client_address,
            request_id: Some(asking.request_id.cloned().unwrap_or_else(RequestId::new)),
            started: Some(Instant::now()),
            ..Record::default()
        };
        Self(Some(Arc::new(Undecided {
            record,
            noted: OnceLock::new(),
            is_said: AtomicBool::new(false),
        })))
    }

    fn record(&self) -> Option<&Record> {
        self.0.as_ref().map(|undecided| &undecided.record)
    }

    /// The id of the request, if there is a record of it.
    pub(crate) fn request_id(&self) -> Option<RequestId> {
        self.record()?.request_id.clone()
    }

    /// What the request is for.
    pub(crate) fn about(&self, target: &Target) {
        if let Some(record) = self.record() {
            let _ = record.target.set(target.clone());
        }
    }

    /// Keeps why the handler has no result, which is said once the request ends.
    pub(crate) fn note(&self, why: Why) {
        if let Some(undecided) = &self.0 {
            let _ = undecided.noted.set(why);
        }
    }

    /// It was answered.
    pub(crate) fn allowed(&self) {
        self.say(Decision::Allowed, None);
    }

    /// It was decided so, for this reason.
    pub(crate) fn ended(&self, why: Why) {
        self.say(why.decision(), Some(why));
    }

    /// It was answered by this error, which is about what the params name.
    pub(crate) fn erred(&self, error: &RpcError, params: Option<&Params<'_>>) {
        let Some(record) = self.record() else { return };
        let named = params.and_then(|params| params.name.as_deref().or(params.uri.as_deref()));
        if let Some(name) = named {
            let _ = record.requested.set(bounded(name));
        }
        self.ended(error.into());
    }

    /// The gate refused it.
    pub(crate) fn forbidden(&self, forbidden: &Forbidden) {
        let Some(record) = self.record() else { return };
        if !forbidden.required.is_empty() {
            let _ = record.scope.set(forbidden.required.join(" "));
        }
        self.ended(match forbidden.is_stranger {
            true => Why::MissingCredential,
            false => Why::InsufficientScope,
        });
    }

    /// It was answered by a response that is no error of the protocol.
    pub(crate) fn answered(&self, status: StatusCode) {
        match status {
            StatusCode::SERVICE_UNAVAILABLE => self.ended(Why::Busy),
            StatusCode::TOO_MANY_REQUESTS => self.ended(Why::RateLimited),
            status if status.is_success() => self.allowed(),
            _ => self.ended(Why::InvalidRequest),
        }
    }

    /// The call came to this.
    pub(crate) fn came_to(&self, outcome: &Outcome) {
        let Some(undecided) = &self.0 else { return };
        let noted = undecided.noted.get().copied();
        match outcome {
            Outcome::Tool(result) if result.is_error => {
                self.ended(noted.unwrap_or(Why::HandlerError));
            }
            Outcome::Error(error) => self.ended(noted.unwrap_or_else(|| error.into())),
            Outcome::InputRequired(_) => self.ended(Why::InputRequired),
            Outcome::Tool(_)
            | Outcome::Prompt(_)
            | Outcome::Resource(_)
            | Outcome::Completion(_) => self.allowed(),
        }
    }

    fn say(&self, decision: Decision, why: Option<Why>) {
        if let Some(undecided) = &self.0 {
            undecided.say(decision, why);
        }
    }
}

impl Undecided {
    fn say(&self, decision: Decision, why: Option<Why>) {
        if !self.is_said.swap(true, Ordering::SeqCst) {
            self.record.say(decision, why);
        }
    }
}

impl Drop for Undecided {
    fn drop(&mut self) {
        self.say(Decision::Failed, Some(Why::Cancelled));
    }
}

impl Record {
    /// The event. Members without a value are not there.
    fn say(&self, decision: Decision, why: Option<Why>) {
        let caller = self.caller.as_ref();
        let whose = self.target.get().map(Target::whose).unwrap_or_default();
        let took = self.started.map(|started| started.elapsed().as_micros());
        tracing::info!(
            target: TARGET,
            outcome = decision.code(),
            reason = why.map(Why::code),
            method = self.method.as_deref(),
            tool = whose.tool,
            prompt = whose.prompt,
            resource = whose.resource,
            requested = self.requested.get().map(String::as_str),
            scope = self.scope.get().map(String::as_str),
            issuer = caller.map(Session::issuer),
            user_id = caller.map(Session::user_id),
            client_id = caller.and_then(Session::client_id),
            organization_id = caller.and_then(Session::organization_id),
            token_id = caller.and_then(Session::token_id),
            client_address = self.client_address.map(tracing::field::display),
            request_id = self.request_id.as_ref().map(RequestId::as_str),
            transport = self.transport.map(transport),
            era = self.era.map(era),
            http_method = self.http_method.as_deref(),
            duration_us = took.map(|took| u64::try_from(took).unwrap_or(u64::MAX)),
        );
    }
}

impl fmt::Debug for Audit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Audit").finish_non_exhaustive()
    }
}

fn transport(transport: Transport) -> &'static str {
    match transport {
        Transport::Http => "http",
        Transport::Stdio => "stdio",
    }
}

fn era(era: Era) -> &'static str {
    match era {
        Era::Legacy => "legacy",
        Era::Modern => "modern",
    }
}

/// A stranger's text as the value of a member: its beginning, on one line.
fn bounded(text: &str) -> String {
    excerpt(text).trim_matches('`').to_owned()
}
