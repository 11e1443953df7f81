//! What a request wants to be done by a handler.

use std::{fmt, sync::Arc};

use http::Extensions;

use super::{
    completion::Completion,
    registry::{Found, Listed, PromptEntry, ToolEntry},
};
use crate::ask::Round;

/// What a request wants to be done by a handler. A tool's call, which most are, is not to have room for the others.
#[derive(Clone)]
pub(crate) enum Target {
    Tool(Arc<ToolEntry>),
    Prompt(Arc<PromptEntry>),
    Resource(Box<Reading>),
    Completion(Box<Completion>),
}

/// A resource to be read.
#[derive(Clone)]
pub(crate) struct Reading {
    /// The URI as it was asked for.
    pub(crate) uri: String,
    pub(crate) found: Found,
}

/// Whose handler an event of the log is about.
#[derive(Clone, Copy, Default)]
pub(crate) struct Whose<'a> {
    pub(crate) tool: Option<&'a str>,
    pub(crate) prompt: Option<&'a str>,
    pub(crate) resource: Option<&'a str>,
}

impl Target {
    pub(crate) fn listed(&self) -> &Listed {
        match self {
            Self::Tool(entry) => &entry.listed,
            Self::Prompt(entry) => &entry.listed,
            Self::Resource(reading) => &reading.found.entry.listed,
            Self::Completion(completion) => completion.listed(),
        }
    }

    /// Whether something can be sent before the answer.
    pub(crate) fn can_talk_back(&self) -> bool {
        !matches!(self, Self::Completion(_)) && self.listed().can_talk_back
    }

    /// What its handler finds answers and leaves questions in. A completion is no request that may be answered by questions
    /// (2026-07-28 basic/patterns/mrtr, "Supported Requests").
    pub(crate) fn round(&self) -> Option<Round> {
        (!matches!(self, Self::Completion(_))).then(Round::default)
    }

    /// Puts what a handler gets of this beside its arguments where its context finds it.
    pub(crate) fn extend(&self, extensions: &mut Extensions) {
        if let Self::Completion(completion) = self {
            extensions.insert(completion.others.clone());
        }
    }

    /// What to call it in a sentence.
    pub(crate) fn noun(&self) -> &'static str {
        match self {
            Self::Tool(_) => "tool",
            Self::Prompt(_) => "prompt",
            Self::Resource(_) => "resource",
            Self::Completion(_) => "completion",
        }
    }

    pub(crate) fn whose(&self) -> Whose<'_> {
        let key = Some(&*self.listed().key);
        match self {
            Self::Tool(_) => Whose {
                tool: key,
                ..Whose::default()
            },
            Self::Prompt(_) => Whose {
                prompt: key,
                ..Whose::default()
            },
            Self::Resource(_) => Whose {
                resource: key,
                ..Whose::default()
            },
            Self::Completion(completion) => completion.whose(),
        }
    }
}

impl fmt::Debug for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.noun(), self.listed().key)
    }
}
