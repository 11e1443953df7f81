//! From files to primitives: what has to be there, what has to fit together, and what no two files may share.

mod owners;
mod resource;
mod schema;

use std::collections::HashSet;

use self::owners::Owners;
use crate::diagnostic::Report;
use crate::kind::Kind;
use crate::parse::{HandlerItem, RoutedFile};
use crate::{
    Diagnostics, IllegalName, Input, Module, Name, Named, Outline, Place, Primitive, Prompt,
    Resource, Severity, Skills, Uri, uri,
};

/// A routed file on its way to a primitive.
pub(crate) struct Routed {
    pub(crate) module: Module,
    /// The path as seen from the routed folder, which names the primitive.
    pub(crate) path: String,
    /// What was understood; nothing of a file that is no Rust.
    pub(crate) file: Option<RoutedFile>,
}

/// How strict to be where a build could do without.
#[derive(Clone, Copy)]
pub(crate) struct Lints {
    /// How severe an undocumented argument is.
    pub(crate) undocumented: Severity,
    /// Whether a primitive that does not say who may use it is an error.
    pub(crate) denies_unscoped: bool,
}

/// The tools that are sound. Everything else is in `diagnostics`.
pub(crate) fn tools(
    files: &[Routed],
    lints: Lints,
    diagnostics: &mut Diagnostics,
) -> Vec<Primitive> {
    let mut check = Check::new(Kind::Tool, lints, diagnostics);
    let tools = check.all(files, |check, routed, file| check.named(routed, file));
    sound(tools, diagnostics, |tool| tool)
}

/// The prompts that are sound.
pub(crate) fn prompts(
    files: &[Routed],
    lints: Lints,
    diagnostics: &mut Diagnostics,
) -> Vec<Prompt> {
    let mut check = Check::new(Kind::Prompt, lints, diagnostics);
    let prompts = check.all(files, |check, routed, file| {
        completes_something(file, &mut check.report(routed));
        Some(Prompt {
            primitive: check.named(routed, file)?,
            complete: file.complete,
        })
    });
    sound(prompts, diagnostics, |prompt| &prompt.primitive)
}

/// The resources and templates that are sound.
pub(crate) fn resources(
    files: &[Routed],
    skills: &Skills,
    lints: Lints,
    diagnostics: &mut Diagnostics,
) -> Vec<Resource> {
    let mut check = Check::new(Kind::Resource, lints, diagnostics);
    let resources = check.all(files, |check, routed, file| {
        let uri = check.uri(routed, file);
        if let Some(uri) = &uri {
            resource::check_skills(uri, skills, &mut check.report(routed));
        }
        let name = check.label(routed, file);
        let primitive = check.primitive(routed, file, name);
        Some(Resource {
            uri: uri?,
            primitive: primitive?,
            complete: file.complete,
        })
    });
    sound(resources, diagnostics, |resource| &resource.primitive)
}

/// Those whose file has no error.
fn sound<T>(
    mut items: Vec<T>,
    diagnostics: &Diagnostics,
    primitive: impl Fn(&T) -> &Primitive,
) -> Vec<T> {
    let faulty: HashSet<&str> = diagnostics
        .errors()
        .map(|error| error.file.as_str())
        .collect();
    items.retain(|item| !faulty.contains(primitive(item).module.path.as_str()));
    items
}

/// The check of all files of a kind.
struct Check<'a> {
    kind: Kind,
    lints: Lints,
    /// Who has which name, or matches which URIs.
    owners: Owners<'a>,
    diagnostics: &'a mut Diagnostics,
}

impl<'a> Check<'a> {
    fn new(kind: Kind, lints: Lints, diagnostics: &'a mut Diagnostics) -> Self {
        Self {
            kind,
            lints,
            owners: Owners::default(),
            diagnostics,
        }
    }

    /// What `check` makes of each file that could be read.
    fn all<T>(
        &mut self,
        files: &'a [Routed],
        check: impl Fn(&mut Self, &'a Routed, &RoutedFile) -> Option<T>,
    ) -> Vec<T> {
        let read = files
            .iter()
            .filter_map(|routed| Some((routed, routed.file.as_ref()?)));
        read.filter_map(|(routed, file)| check(self, routed, file))
            .collect()
    }

    fn report(&mut self, routed: &'a Routed) -> Report<'_> {
        Report {
            file: &routed.module.path,
            diagnostics: self.diagnostics,
        }
    }

    /// A tool or a prompt, which is known by its name.
    fn named(&mut self, routed: &'a Routed, file: &RoutedFile) -> Option<Primitive> {
        let name = self.unique_name(routed, file);
        self.primitive(routed, file, name)
    }

    fn primitive(
        &mut self,
        routed: &'a Routed,
        file: &RoutedFile,
        name: Option<Name>,
    ) -> Option<Primitive> {
        let (kind, lints) = (self.kind, self.lints);
        let report = &mut self.report(routed);
        schema::check(file, lints, report);
        if lints.denies_unscoped {
            unscoped(kind, file, report);
        }
        let Some(item) = &file.handler else {
            no_handler(kind, file, report);
            return None;
        };
        let metadata = file.metadata.as_ref();
        let doc = file.doc.as_ref().or(item.doc.as_ref());
        if doc.is_none() && !metadata.is_some_and(|metadata| metadata.is_described) {
            report.error(Place::START, no_description(kind));
        }
        Some(Primitive {
            name: name?,
            module: routed.module.clone(),
            description: doc.cloned().unwrap_or_default(),
            scopes: metadata
                .map(|metadata| metadata.scopes.clone())
                .unwrap_or_default(),
            public: metadata.is_some_and(|metadata| metadata.public),
            metadata: metadata.is_some(),
            meta: file.meta.is_some(),
            input: match (item.input, file.raw_schema) {
                (None, _) => Input::None,
                (Some(_), None) => Input::Schema,
                (Some(_), Some(_)) => Input::Raw,
            },
            handler: item.handler.clone(),
            outline: outline(file),
        })
    }

    /// The name of a tool or a prompt, which no other may have.
    fn unique_name(&mut self, routed: &'a Routed, file: &RoutedFile) -> Option<Name> {
        let kind = self.kind;
        let report = &mut self.report(routed);
        let (name, place) = match given_name(file) {
            Some(given) => given.clone()?,
            None => match Name::from_path(&routed.path) {
                Ok(name) => (name, Place::START),
                Err(reason) => {
                    let text = Name::text_of_path(&routed.path);
                    report.error(Place::START, illegal_name(kind, &text, reason));
                    return None;
                }
            },
        };
        let length = name.as_str().len();
        if kind == Kind::Tool && length > Name::PORTABLE {
            let message = format!(
                "tool name `{name}` has {length} characters, and some clients refuse more than {}: shorten it",
                Name::PORTABLE
            );
            report.warning(place, message);
        }
        if let Some(owner) = self.owners.add(name.to_string(), routed, place) {
            let message = format!(
                "{kind} name `{name}` is also that of {owner}: give one of them another, as `.name(\"..\")` in its `METADATA`"
            );
            self.report(routed).error(place, message);
        }
        Some(name)
    }

    /// The name of a resource, which is there to be read.
    fn label(&mut self, routed: &'a Routed, file: &RoutedFile) -> Option<Name> {
        if let Some(given) = given_name(file) {
            return given.clone().map(|(name, _)| name);
        }
        let text = uri::name_of_path(&routed.path);
        match Name::label(&text) {
            Ok(name) => Some(name),
            Err(reason) => {
                let message = illegal_name(self.kind, &text, reason);
                self.report(routed).error(Place::START, message);
                None
            }
        }
    }

    /// The URI of a resource, which no other may match.
    fn uri(&mut self, routed: &'a Routed, file: &RoutedFile) -> Option<Uri> {
        let uri = match Uri::from_path(&routed.path) {
            Ok(uri) => uri,
            Err(reason) => {
                self.report(routed).error(Place::START, reason.to_string());
                return None;
            }
        };
        if let Some(owner) = self.owners.add(uri.pattern(), routed, Place::START) {
            let message = format!(
                "`{uri}` matches the same URIs as {owner}: rename one of the files, or make them one"
            );
            self.report(routed).error(Place::START, message);
        }
        resource::check_parameters(&uri, file, &mut self.report(routed));
        Some(uri)
    }
}

/// What the file shows to its readers, with the arguments that its `Schema` has.
fn outline(file: &RoutedFile) -> Outline {
    let fields = file
        .schema
        .as_ref()
        .and_then(|schema| schema.fields.as_ref());
    let arguments = fields.map(|fields| &fields.named[..]).unwrap_or_default();
    let named = |(name, place): &(String, Place)| Named {
        name: name.clone(),
        place: *place,
    };
    Outline {
        arguments: arguments.iter().map(named).collect(),
        ..file.outline.clone()
    }
}

/// The name that `METADATA` gives, `None` inside when it is no name.
fn given_name(file: &RoutedFile) -> Option<&Option<(Name, Place)>> {
    let metadata = file.metadata.as_ref()?;
    metadata.is_named.then_some(&metadata.name)
}

fn illegal_name(kind: Kind, text: &str, reason: IllegalName) -> String {
    format!(
        "{kind} name `{text}` {reason}: rename the file, or add `.name(\"..\")` to its `METADATA`"
    )
}

fn no_description(kind: Kind) -> String {
    let what = match kind {
        Kind::Tool => "what it does, for the model to read",
        Kind::Prompt => "what it is for, for people and the model to read",
        Kind::Resource => "what it holds, for people and the model to read",
    };
    format!("{kind} has no description: say in a `//!` line at the top {what}")
}

fn no_handler(kind: Kind, file: &RoutedFile, report: &mut Report<'_>) {
    let input = if file.schema.is_some() {
        "input: Schema"
    } else {
        ""
    };
    match &file.functions[..] {
        [(name, place)] => {
            report.error(
                *place,
                format!(
                    "{kind} has no handler: rename `{name}` to `handler`, if that is what it is"
                ),
            );
        }
        _ => {
            let message =
                format!("{kind} has no handler: add `pub async fn handler({input}) -> String`");
            report.error(Place::START, message);
        }
    }
}

/// That the file says who may use it: callers with its scopes, or everybody on purpose.
fn unscoped(kind: Kind, file: &RoutedFile, report: &mut Report<'_>) {
    let verb = match kind {
        Kind::Tool => "call",
        Kind::Prompt => "get",
        Kind::Resource => "read",
    };
    let handler = file.handler.as_ref().map(|item| item.handler.place);
    let places = match &file.metadata {
        Some(metadata) => &metadata.unscoped[..],
        None => handler.as_slice(),
    };
    for place in places {
        let message = format!(
            "{kind} names no scopes: add `.scopes(&[\"..\"])` to its `METADATA`, or `.public(true)` if everybody whom the auth provider lets in may {verb} it"
        );
        report.error(*place, message);
    }
}

/// That a prompt with a `complete` has arguments to complete.
fn completes_something(file: &RoutedFile, report: &mut Report<'_>) {
    let takes_input = |item: &HandlerItem| item.input.is_some();
    if let Some(complete) = &file.complete
        && file.schema.is_none()
        && !file.handler.as_ref().is_some_and(takes_input)
        && !file.is_opaque
    {
        let message = "complete has nothing to complete, for the prompt takes no `Schema`: give it one, or remove it";
        report.error(complete.place, message);
    }
}
