//! `completion/complete`: what could be typed next (2025-11-25 server/utilities/completion).

use std::{borrow::Cow, sync::Arc};

use serde::Deserialize;
use serde_json::{Map, Value, value::RawValue};

use super::{
    audit::Why,
    jsonrpc::{Request, RpcError},
    registry::{Argument, CompleteHandler, Listed, Primitives, PromptEntry, ResourceEntry},
    target::Whose,
};
use crate::{Context, OtherArguments, codegen::Complete, excerpt::excerpt};

/// How many values are sent at most.
const MOST: usize = 100;
/// The longest text that is completed, in bytes: every value is compared with it.
const LONGEST: usize = 4096;

/// An argument to be completed.
#[derive(Clone)]
pub(crate) struct Completion {
    owner: Owner,
    pub(crate) argument: String,
    /// What has been typed so far.
    pub(crate) value: String,
    /// What has been filled in already.
    pub(crate) others: OtherArguments,
}

/// Whose argument it is.
#[derive(Clone)]
enum Owner {
    Prompt(Arc<PromptEntry>),
    Template(Arc<ResourceEntry>),
}

/// The values to be offered.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Values {
    pub(crate) values: Vec<String>,
    /// How many there are, those that are not sent included.
    pub(crate) total: usize,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Reference<'a> {
    #[serde(rename = "ref/prompt")]
    Prompt {
        #[serde(borrow)]
        name: Cow<'a, str>,
    },
    #[serde(rename = "ref/resource")]
    Resource {
        #[serde(borrow)]
        uri: Cow<'a, str>,
    },
}

#[derive(Deserialize)]
struct Typed<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    value: Cow<'a, str>,
}

#[derive(Default, Deserialize)]
struct Surroundings {
    #[serde(default)]
    arguments: Map<String, Value>,
}

impl Completion {
    /// What a request asks to complete. Fails when there is no such argument.
    pub(super) fn read(registry: &Primitives, request: &Request<'_>) -> Result<Self, RpcError> {
        let params = &request.params;
        let reference: Reference<'_> = member("ref", params.reference)?;
        let typed: Typed<'_> = member("argument", params.argument)?;
        if typed.value.len() > LONGEST {
            return Err(RpcError::invalid_params(format!(
                "`argument.value` may have {LONGEST} bytes"
            )));
        }
        let surroundings = match params.context {
            Some(context) => member("context", Some(context))?,
            None => Surroundings::default(),
        };
        let owner = match reference {
            Reference::Prompt { name } => {
                let prompt = registry.prompts.get(&name).cloned();
                prompt.map(Owner::Prompt).ok_or_else(|| {
                    RpcError::invalid_params(format!("unknown prompt {}", excerpt(&name)))
                        .because(Why::UnknownPrompt)
                })?
            }
            Reference::Resource { uri } => {
                let template = registry.templates.get(&uri).cloned();
                template.map(Owner::Template).ok_or_else(|| {
                    RpcError::invalid_params(format!("unknown resource template {}", excerpt(&uri)))
                        .because(Why::UnknownResource)
                })?
            }
        };
        let completion = Self {
            owner,
            argument: typed.name.into_owned(),
            value: typed.value.into_owned(),
            others: OtherArguments(surroundings.arguments),
        };
        completion.known()?;
        Ok(completion)
    }

    /// The argument, if there is such a one.
    fn known(&self) -> Result<&Argument, RpcError> {
        let arguments = match &self.owner {
            Owner::Prompt(entry) => &entry.arguments,
            Owner::Template(entry) => &entry.arguments,
        };
        let known = arguments
            .iter()
            .find(|argument| argument.name == self.argument);
        known.ok_or_else(|| {
            RpcError::invalid_params(format!(
                "`{}` has no argument {}",
                self.listed().key,
                excerpt(&self.argument)
            ))
        })
    }

    pub(super) fn listed(&self) -> &Listed {
        match &self.owner {
            Owner::Prompt(entry) => &entry.listed,
            Owner::Template(entry) => &entry.listed,
        }
    }

    pub(super) fn whose(&self) -> Whose<'_> {
        match &self.owner {
            Owner::Prompt(entry) => Whose {
                prompt: Some(&entry.listed.key),
                ..Whose::default()
            },
            Owner::Template(entry) => Whose {
                resource: Some(&entry.listed.key),
                ..Whose::default()
            },
        }
    }

    /// The request as `complete()` sees it.
    pub(super) fn call<'a>(&'a self, context: &'a Context) -> Complete<'a> {
        Complete {
            argument: &self.argument,
            value: &self.value,
            context,
        }
    }

    /// `complete()` of the file.
    pub(super) fn handler(&self) -> Option<&CompleteHandler> {
        match &self.owner {
            Owner::Prompt(entry) => entry.complete.as_ref(),
            Owner::Template(entry) => entry.complete.as_ref(),
        }
    }

    /// What the argument's type says of its values, as far as it fits what has been typed.
    pub(super) fn choices(&self) -> Vec<String> {
        let choices = self.known().map_or(&[][..], |argument| &argument.choices);
        let choices = choices
            .iter()
            .filter(|choice| rank(choice, &self.value) < Rank::Other);
        choices.cloned().collect()
    }

    /// The values in the order of how well they fit, and as many as may be sent.
    pub(super) fn ranked(&self, mut values: Vec<String>) -> Values {
        values.sort_by_cached_key(|value| rank(value, &self.value));
        let total = values.len();
        values.truncate(MOST);
        Values { values, total }
    }
}

/// A member of the params.
fn member<'a, T: Deserialize<'a>>(name: &str, text: Option<&'a RawValue>) -> Result<T, RpcError> {
    let text = text.ok_or_else(|| RpcError::invalid_params(format!("`{name}` is missing")))?;
    serde_json::from_str(text.get()).map_err(|_| {
        RpcError::invalid_params(format!(
            "`{name}` does not have the form that the specification gives it"
        ))
    })
}

/// How well a value fits what has been typed, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Begins,
    BeginsIgnoringCase,
    Contains,
    Other,
}

fn rank(value: &str, typed: &str) -> Rank {
    if value.starts_with(typed) {
        return Rank::Begins;
    }
    let (value, typed) = (value.to_lowercase(), typed.to_lowercase());
    if value.starts_with(&typed) {
        return Rank::BeginsIgnoringCase;
    }
    match value.contains(&typed) {
        true => Rank::Contains,
        false => Rank::Other,
    }
}
