//! One prompt, ready to be asked for.

use std::{borrow::Cow, sync::Arc};

use serde_json::{Map, Value};

use super::{
    DefinitionText, Listed, Primitive, icons,
    input::{self, Rules},
    name,
};
use crate::{
    DynamicPrompt, GetPromptResult, RegisterError,
    codegen::{Call, Complete, Prompt, Reply, Shape},
    schema::InputCheck,
};

/// What `complete()` of a file became.
pub(crate) type CompleteHandler =
    Arc<dyn for<'a> Fn(Complete<'a>) -> Reply<'a, Vec<String>> + Send + Sync>;

/// One prompt, ready to be asked for.
pub(crate) struct PromptEntry {
    pub(crate) listed: Listed,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) check: InputCheck,
    pub(crate) call: Arc<dyn for<'a> Fn(Call<'a>) -> Reply<'a, GetPromptResult> + Send + Sync>,
    pub(crate) complete: Option<CompleteHandler>,
}

/// An argument of a prompt, or a parameter of a template.
pub(crate) struct Argument {
    pub(crate) name: String,
    title: Option<String>,
    description: Option<String>,
    pub(crate) required: bool,
    /// The values it may have, where its type is a choice.
    pub(crate) choices: Vec<String>,
}

/// What a client is told of a prompt.
pub(super) struct Definition<'a> {
    pub(super) name: &'a str,
    pub(super) title: Option<&'a str>,
    pub(super) description: &'a str,
    pub(super) icons: &'a [crate::Icon],
    pub(super) arguments: &'a [Argument],
    pub(super) meta: Option<Value>,
}

impl PromptEntry {
    /// Fails with the end of a sentence about the prompt's schema.
    pub(super) fn compile(prompt: &'static Prompt, shape: Shape) -> Result<Self, String> {
        // The protocol has nothing but text for a prompt's arguments, so there is nothing to be strict about.
        let (input, check) = input::compile(prompt.input, Rules { strict: false })?;
        let arguments = Argument::all(&input)?;
        let metadata = prompt.metadata;
        let description = metadata.description.unwrap_or(prompt.description);
        let definition = Definition {
            name: prompt.name,
            title: metadata.title,
            description,
            icons: metadata.icons,
            arguments: &arguments,
            meta: prompt.meta.map(|meta| meta()),
        };
        let listed = Listed::new(
            Cow::Borrowed(prompt.name),
            description.into(),
            DefinitionText::of(&definition.write()),
        )
        .of_file(metadata.terms(), &shape);
        Ok(Self {
            listed,
            arguments,
            check,
            call: Arc::new(prompt.call),
            complete: prompt
                .complete
                .map(|complete| Arc::new(complete) as CompleteHandler),
        })
    }
}

impl PromptEntry {
    /// A prompt of run time.
    pub(super) fn dynamic(prompt: DynamicPrompt) -> Result<Self, RegisterError> {
        let common = prompt.common;
        name::check(&common.name)?;
        let refused = |problem| name::schema(&common.name, problem);
        let rules = Rules { strict: false };
        let (input, check) = input::compile_dynamic(prompt.takes, rules).map_err(refused)?;
        let arguments = Argument::all(&input).map_err(refused)?;
        let definition = Definition {
            name: &common.name,
            title: common.title.as_deref(),
            description: &common.description,
            icons: &[],
            arguments: &arguments,
            meta: common.meta(),
        };
        let listed = Listed::dynamic(
            common.name.clone(),
            &common,
            DefinitionText::of(&definition.write()),
        );
        Ok(Self {
            listed,
            arguments,
            check,
            call: prompt.call,
            complete: None,
        })
    }

    /// The required arguments that this JSON text lacks, as they stand in a sentence. The check refuses what lacks any.
    pub(crate) fn missing(&self, arguments: &str) -> Vec<String> {
        let Ok(given) = serde_json::from_str::<Map<String, Value>>(arguments) else {
            return Vec::new();
        };
        let missing = self.arguments.iter().filter(|argument| {
            argument.required && given.get(&argument.name).is_none_or(Value::is_null)
        });
        missing
            .map(|argument| format!("`{}`", argument.name))
            .collect()
    }
}

impl Primitive for PromptEntry {
    fn listed(&self) -> &Listed {
        &self.listed
    }
}

impl Definition<'_> {
    /// A prompt's definition (2025-11-25 server/prompts, "Prompt").
    pub(super) fn write(&self) -> Value {
        let mut definition = Map::new();
        definition.insert("name".to_owned(), self.name.into());
        if let Some(title) = self.title {
            definition.insert("title".to_owned(), title.into());
        }
        definition.insert("description".to_owned(), self.description.into());
        icons::insert(&mut definition, self.icons);
        if !self.arguments.is_empty() {
            let arguments = self.arguments.iter().map(Argument::definition);
            definition.insert("arguments".to_owned(), arguments.collect());
        }
        if let Some(meta) = &self.meta {
            definition.insert("_meta".to_owned(), meta.clone());
        }
        Value::Object(definition)
    }
}

impl Argument {
    /// The members of a schema. Fails when one is no text.
    pub(super) fn all(schema: &Map<String, Value>) -> Result<Vec<Self>, String> {
        let required = schema.get("required").and_then(Value::as_array);
        let is_required = |name: &str| {
            required.is_some_and(|names| names.iter().any(|required| required == name))
        };
        let members = schema.get("properties").and_then(Value::as_object);
        let members = members.into_iter().flatten();
        members
            .map(|(name, member)| {
                if !input::is_text(member) {
                    return Err(format!(
                        "has a member `{name}` that is no text: clients send a prompt's arguments as text, so make it a `String`, an \
                         enum without data, or an `Option` of one of these"
                    ));
                }
                Ok(Self::of(name, member, is_required(name)))
            })
            .collect()
    }

    pub(super) fn of(name: &str, member: &Value, required: bool) -> Self {
        let text = |key| member.get(key).and_then(Value::as_str).map(str::to_owned);
        Self {
            name: name.to_owned(),
            title: text("title"),
            description: text("description"),
            required,
            choices: input::choices(member),
        }
    }

    fn definition(&self) -> Value {
        let mut definition = Map::new();
        definition.insert("name".to_owned(), self.name.as_str().into());
        if let Some(title) = &self.title {
            definition.insert("title".to_owned(), title.as_str().into());
        }
        if let Some(description) = &self.description {
            definition.insert("description".to_owned(), description.as_str().into());
        }
        definition.insert("required".to_owned(), self.required.into());
        Value::Object(definition)
    }
}
