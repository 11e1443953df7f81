//! One resource or template, ready to be read.

use std::{borrow::Cow, sync::Arc, time::Duration};

use serde_json::{Map, Value};

use super::{
    DefinitionText, Listed, Primitive, icons,
    input::{self, Rules},
    name,
    prompt::{Argument, CompleteHandler},
    uri,
};
use crate::{
    DynamicResource, IntoResourceResult, ReadResourceResult, RegisterError, ResourceContents,
    ResourceMetadata,
    codegen::{Call, Input, Parameter, Reply, Resource, Shape},
    content::Role,
    schema::InputCheck,
    server::skills::Named,
};

/// One resource or template, ready to be read.
pub(crate) struct ResourceEntry {
    pub(crate) listed: Listed,
    /// The parameters of the URI. A resource without any is one resource, otherwise this is a template.
    pub(crate) parameters: Vec<Bracket>,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) check: InputCheck,
    pub(crate) mime_type: Option<Cow<'static, str>>,
    pub(crate) cache_for: Duration,
    /// Whether its contents are the same for every caller.
    pub(crate) same_for_all: bool,
    /// Whether it is a file of a skill: part of the program, and as large as its author made it.
    pub(crate) is_embedded: bool,
    pub(crate) call: Arc<dyn for<'a> Fn(Call<'a>) -> Reply<'a, ReadResourceResult> + Send + Sync>,
    pub(crate) complete: Option<CompleteHandler>,
}

/// A parameter of a URI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bracket {
    pub(crate) name: Cow<'static, str>,
    /// Whether it is the rest of the URI, which may hold `/`.
    pub(crate) rest: bool,
}

/// What a client is told of a resource or a template.
pub(super) struct Definition<'a> {
    pub(super) uri: &'a str,
    pub(super) is_template: bool,
    pub(super) name: &'a str,
    pub(super) title: Option<&'a str>,
    pub(super) description: &'a str,
    pub(super) mime_type: Option<&'a str>,
    pub(super) metadata: &'a ResourceMetadata,
    pub(super) meta: Option<Value>,
}

impl ResourceEntry {
    /// Fails with the end of a sentence about the resource's schema.
    pub(super) fn compile(resource: &'static Resource, shape: Shape) -> Result<Self, String> {
        // A URI is text, so a parameter that is a number comes as text.
        let (input, check) = input::compile(resource.input, Rules { strict: false })?;
        let metadata = resource.metadata;
        let description = metadata.description.unwrap_or(resource.description);
        let definition = Definition {
            uri: resource.uri,
            is_template: !resource.parameters.is_empty(),
            name: resource.name,
            title: metadata.title,
            description,
            mime_type: metadata.mime_type,
            metadata,
            meta: resource.meta.map(|meta| meta()),
        };
        let listed = Listed::new(
            Cow::Borrowed(resource.uri),
            description.into(),
            DefinitionText::of(&definition.write()),
        )
        .of_file(metadata.terms(), &shape);
        let parameters: Vec<Bracket> = resource.parameters.iter().map(Bracket::from).collect();
        compare(&parameters, &input).map_err(|misfit| match misfit {
            Misfit::Lacks(name) => {
                format!("lacks the parameter `{name}`: add `pub {name}: String`")
            }
            Misfit::Has(name) => format!(
                "has a member `{name}`, which is no parameter: put `[{name}]` into the file's path, or remove the field"
            ),
            Misfit::Composite(name) => Misfit::composite(name),
        })?;
        Ok(Self {
            listed,
            arguments: arguments(&parameters, &input),
            parameters,
            check,
            mime_type: metadata.mime_type.map(Cow::Borrowed),
            cache_for: metadata.cache_for.unwrap_or_default(),
            same_for_all: metadata.same_for_all,
            is_embedded: false,
            call: Arc::new(resource.call),
            complete: resource
                .complete
                .map(|complete| Arc::new(complete) as CompleteHandler),
        })
    }
}

impl ResourceEntry {
    /// A resource or a template of run time.
    pub(super) fn dynamic(resource: DynamicResource) -> Result<Self, RegisterError> {
        let (uri, common) = (resource.uri, resource.common);
        let parameters = uri::parameters(&uri).map_err(|problem| RegisterError::Uri {
            uri: uri.clone(),
            problem,
        })?;
        let refused = |problem| name::schema(&uri, problem);
        let rules = Rules { strict: false };
        let (input, check) = input::compile_dynamic(resource.takes, rules).map_err(refused)?;
        compare(&parameters, &input)
            .map_err(|misfit| match misfit {
                Misfit::Lacks(name) => {
                    format!("lacks the parameter `{name}` of the URI: add it as a field")
                }
                Misfit::Has(name) => format!(
                    "has a member `{name}`, which is no parameter: put `{{{name}}}` into the URI, or remove the field"
                ),
                Misfit::Composite(name) => Misfit::composite(name),
            })
            .map_err(refused)?;
        let definition = Definition {
            uri: &uri,
            is_template: !parameters.is_empty(),
            name: &common.name,
            title: common.title.as_deref(),
            description: &common.description,
            mime_type: resource.mime_type.as_deref(),
            metadata: &match resource.size {
                Some(size) => ResourceMetadata::NONE.size(size),
                None => ResourceMetadata::NONE,
            },
            meta: common.meta(),
        };
        let listed = Listed::dynamic(
            uri.clone(),
            &common,
            DefinitionText::of(&definition.write()),
        );
        Ok(Self {
            listed,
            arguments: arguments(&parameters, &input),
            parameters,
            check,
            mime_type: resource.mime_type.map(Cow::Owned),
            cache_for: resource.cache_for,
            same_for_all: resource.same_for_all,
            is_embedded: false,
            call: resource.call,
            complete: None,
        })
    }
}

impl ResourceEntry {
    /// A file of a skill.
    pub(super) fn embedded(named: &Named) -> Result<Self, String> {
        let file = named.file;
        let (_, check) = input::compile(Input::None, Rules { strict: false })?;
        let size = u64::try_from(file.bytes.len()).unwrap_or(u64::MAX);
        let definition = Definition {
            uri: file.uri,
            is_template: false,
            name: &named.name,
            title: None,
            description: &named.description,
            mime_type: Some(file.mime_type),
            metadata: &ResourceMetadata::NONE.size(size),
            meta: None,
        };
        let listed = Listed::new(
            Cow::Borrowed(file.uri),
            Cow::Owned(named.description.clone()),
            DefinitionText::of(&definition.write()),
        );
        Ok(Self {
            listed,
            parameters: Vec::new(),
            arguments: Vec::new(),
            check,
            mime_type: Some(Cow::Borrowed(file.mime_type)),
            cache_for: Duration::ZERO,
            same_for_all: true,
            is_embedded: true,
            call: Arc::new(move |_| {
                Reply::new(async move {
                    // Clients check the digest of the bytes, which both forms give back as they are.
                    match std::str::from_utf8(file.bytes) {
                        Ok(text) => ResourceContents::text(text),
                        Err(_) => ResourceContents::bytes(file.bytes),
                    }
                    .into_resource_result()
                })
            }),
            complete: None,
        })
    }
}

/// A name that stands in one of URI and schema only.
enum Misfit<'a> {
    Lacks(&'a str),
    Has(&'a str),
    Composite(&'a str),
}

impl Misfit<'_> {
    fn composite(name: &str) -> String {
        format!(
            "has a member `{name}` that cannot be in a URI, where a parameter is one text: make it a `String`, and split it in the handler"
        )
    }
}

/// That the schema's members are the URI's parameters. The build script has seen to it, but for a `Schema` from elsewhere.
fn compare<'a>(
    parameters: &'a [Bracket],
    schema: &'a Map<String, Value>,
) -> Result<(), Misfit<'a>> {
    let members = schema.get("properties").and_then(Value::as_object);
    let has = |name: &str| members.is_some_and(|members| members.contains_key(name));
    if let Some(parameter) = parameters.iter().find(|parameter| !has(&parameter.name)) {
        return Err(Misfit::Lacks(&parameter.name));
    }
    let is_parameter = |name: &str| parameters.iter().any(|parameter| parameter.name == name);
    let mut names = members.into_iter().flat_map(Map::keys);
    if let Some(name) = names.find(|name| !is_parameter(name)) {
        return Err(Misfit::Has(name));
    }
    let mut members = members.into_iter().flatten();
    match members.find(|(_, member)| is_composite(member)) {
        Some((name, _)) => Err(Misfit::Composite(name)),
        None => Ok(()),
    }
}

/// Whether no text alone is read into it.
fn is_composite(schema: &Value) -> bool {
    let kind = schema.get("type").and_then(Value::as_str);
    matches!(kind, Some("array" | "object"))
}

/// The parameters as arguments of the handler.
pub(super) fn arguments(parameters: &[Bracket], schema: &Map<String, Value>) -> Vec<Argument> {
    let member = |name: &str| {
        schema
            .get("properties")
            .and_then(|members| members.get(name))
    };
    parameters
        .iter()
        .map(|parameter| {
            let member = member(&parameter.name).unwrap_or(&Value::Null);
            Argument::of(&parameter.name, member, true)
        })
        .collect()
}

impl From<&Parameter> for Bracket {
    fn from(parameter: &Parameter) -> Self {
        Self {
            name: Cow::Borrowed(parameter.name),
            rest: parameter.rest,
        }
    }
}

impl Primitive for ResourceEntry {
    fn listed(&self) -> &Listed {
        &self.listed
    }
}

impl Definition<'_> {
    /// A resource's definition, or a template's (2025-11-25 server/resources, "Resource" and "Resource Templates").
    pub(super) fn write(&self) -> Value {
        let mut definition = Map::new();
        let uri = match self.is_template {
            true => "uriTemplate",
            false => "uri",
        };
        definition.insert(uri.to_owned(), self.uri.into());
        definition.insert("name".to_owned(), self.name.into());
        if let Some(title) = self.title {
            definition.insert("title".to_owned(), title.into());
        }
        if !self.description.is_empty() {
            definition.insert("description".to_owned(), self.description.into());
        }
        icons::insert(&mut definition, self.metadata.icons);
        if let Some(mime_type) = self.mime_type {
            definition.insert("mimeType".to_owned(), mime_type.into());
        }
        if let (Some(size), false) = (self.metadata.size, self.is_template) {
            definition.insert("size".to_owned(), size.into());
        }
        let annotations = annotations(self.metadata);
        if !annotations.is_empty() {
            definition.insert("annotations".to_owned(), Value::Object(annotations));
        }
        if let Some(meta) = &self.meta {
            definition.insert("_meta".to_owned(), meta.clone());
        }
        Value::Object(definition)
    }
}

fn annotations(metadata: &ResourceMetadata) -> Map<String, Value> {
    let mut annotations = Map::new();
    if !metadata.audience.is_empty() {
        let audience = metadata.audience.iter().map(|role| match role {
            Role::User => "user",
            Role::Assistant => "assistant",
        });
        annotations.insert("audience".to_owned(), audience.collect());
    }
    if let Some(priority) = metadata.priority {
        annotations.insert("priority".to_owned(), priority.into());
    }
    if let Some(time) = metadata.last_modified {
        annotations.insert("lastModified".to_owned(), time.into());
    }
    annotations
}
