//! From files to tools: what has to be there, what has to fit together, and what no two files may share.

use std::collections::{HashMap, HashSet};

use crate::diagnostic::Report;
use crate::parse::{SchemaItem, ToolFile};
use crate::{Diagnostics, Input, Module, Place, Severity, Tool, ToolName};

/// A routed file on its way to a tool.
pub(crate) struct Routed {
    pub(crate) module: Module,
    /// The path as seen from the routed folder, which names the tool.
    pub(crate) path: String,
    /// What was understood; nothing of a file that is no Rust.
    pub(crate) file: Option<ToolFile>,
}

/// How strict to be where a build could do without.
#[derive(Clone, Copy)]
pub(crate) struct Lints {
    /// How severe an undocumented argument is.
    pub(crate) undocumented: Severity,
    /// Whether a tool that does not say who may call it is an error.
    pub(crate) denies_unscoped: bool,
}

/// The tools that are sound. Everything else is in `diagnostics`.
pub(crate) fn tools(files: &[Routed], lints: Lints, diagnostics: &mut Diagnostics) -> Vec<Tool> {
    let mut tools = Vec::new();
    let mut names = Names::default();
    for routed in files {
        let Some(file) = &routed.file else { continue };
        let mut report = Report {
            file: &routed.module.path,
            diagnostics,
        };
        let name = name(routed, file, &mut report);
        if let Some((name, place)) = &name {
            names.add(name, *place, routed, &mut report);
        }
        let tool = tool(routed, file, name.map(|(name, _)| name), lints, &mut report);
        tools.extend(tool);
    }
    let faulty: HashSet<&str> = diagnostics
        .errors()
        .map(|error| error.file.as_str())
        .collect();
    tools.retain(|tool| !faulty.contains(tool.module.path.as_str()));
    tools
}

fn tool(
    routed: &Routed,
    file: &ToolFile,
    name: Option<ToolName>,
    lints: Lints,
    report: &mut Report<'_>,
) -> Option<Tool> {
    schema(file, lints.undocumented, report);
    if lints.denies_unscoped {
        unscoped(file, report);
    }
    let Some(item) = &file.handler else {
        no_handler(file, report);
        return None;
    };
    let metadata = file.metadata.as_ref();
    let doc = file.doc.as_ref().or(item.doc.as_ref());
    if doc.is_none() && !metadata.is_some_and(|metadata| metadata.is_described) {
        let message = "tool has no description: say in a `//!` line at the top what it does, for the model to read";
        report.error(Place::START, message);
    }
    Some(Tool {
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
    })
}

fn no_handler(file: &ToolFile, report: &mut Report<'_>) {
    let input = if file.schema.is_some() {
        "input: Schema"
    } else {
        ""
    };
    match &file.functions[..] {
        [(name, place)] => {
            report.error(
                *place,
                format!("tool has no handler: rename `{name}` to `handler`, if that is what it is"),
            );
        }
        _ => {
            let message =
                format!("tool has no handler: add `pub async fn handler({input}) -> String`");
            report.error(Place::START, message);
        }
    }
}

/// That the tool says who may call it: callers with its scopes, or everybody on purpose.
fn unscoped(file: &ToolFile, report: &mut Report<'_>) {
    let handler = file.handler.as_ref().map(|item| item.handler.place);
    let places = match &file.metadata {
        Some(metadata) => &metadata.unscoped[..],
        None => handler.as_slice(),
    };
    for place in places {
        let message = "tool names no scopes: add `.scopes(&[\"..\"])` to its `METADATA`, or `.public(true)` if everybody who is signed in may call it";
        report.error(*place, message);
    }
}

/// That `Schema` and the handler know each other, and that the struct can be read and described.
fn schema(file: &ToolFile, undocumented: Severity, report: &mut Report<'_>) {
    let handler = file.handler.as_ref();
    let taken = handler.and_then(|item| item.input);
    match (&file.schema, taken) {
        (None, Some(place)) if !file.is_opaque && !report.has_error_at(place) => {
            let message = "`Schema` is taken but not defined: add `#[derive(Deserialize, JsonSchema)] pub struct Schema { .. }`";
            report.error(place, message);
        }
        (Some(schema), None) if handler.is_some() => {
            let message = "`Schema` is defined but not taken: add it to the handler, as `handler(input: Schema)`, or remove it";
            report.error(schema.place, message);
        }
        (None, None)
            if handler.is_some()
                && let Some(place) = file.raw_schema =>
        {
            let message = "`schema` describes no input: add `pub struct Schema` and take it in the handler, or remove it";
            report.error(place, message);
        }
        _ => {}
    }
    let Some(SchemaItem {
        place,
        fields: Some(fields),
    }) = &file.schema
    else {
        return;
    };
    let is_described =
        fields.derives_schema || fields.implements_schema || file.raw_schema.is_some();
    let missing = match (fields.deserializes, is_described) {
        (true, true) => None,
        (false, true) => Some("Deserialize"),
        (true, false) => Some("JsonSchema"),
        (false, false) => Some("Deserialize, JsonSchema"),
    };
    if let Some(missing) = missing {
        report.error(
            *place,
            format!("`Schema` cannot be an input yet: add `#[derive({missing})]`"),
        );
    }
    // Doc comments become descriptions by the derive; a schema that is written by hand says what it wants to say.
    if !fields.derives_schema || file.raw_schema.is_some() {
        return;
    }
    for (field, place) in &fields.undocumented {
        let message = format!(
            "argument `{field}` is undocumented: say in a `///` line above it what to pass"
        );
        match undocumented {
            Severity::Error => report.error(*place, message),
            Severity::Warning => report.warning(*place, message),
        }
    }
}

/// The name of a tool, and where it is from.
fn name(routed: &Routed, file: &ToolFile, report: &mut Report<'_>) -> Option<(ToolName, Place)> {
    let metadata = file.metadata.as_ref();
    let (name, place) = match metadata.filter(|metadata| metadata.is_named) {
        Some(metadata) => metadata.name.clone()?,
        None => match ToolName::from_path(&routed.path) {
            Ok(name) => (name, Place::START),
            Err(reason) => {
                let text = ToolName::text_of_path(&routed.path);
                let message = format!(
                    "tool name `{text}` {reason}: rename the file, or add `.name(\"..\")` to its `METADATA`"
                );
                report.error(Place::START, message);
                return None;
            }
        },
    };
    let length = name.as_str().len();
    if length > ToolName::PORTABLE {
        let message = format!(
            "tool name `{name}` has {length} characters, and some clients refuse more than {}: shorten it",
            ToolName::PORTABLE
        );
        report.warning(place, message);
    }
    Some((name, place))
}

/// Who has which name.
#[derive(Default)]
struct Names<'a> {
    taken: HashMap<String, Vec<(&'a Routed, Place)>>,
}

impl<'a> Names<'a> {
    fn add(&mut self, name: &ToolName, place: Place, routed: &'a Routed, report: &mut Report<'_>) {
        let owners = self.taken.entry(name.as_str().to_owned()).or_default();
        // Under different conditions two files may be one tool's two ways of being built.
        let rival = owners.iter().find(|(owner, _)| {
            let [one, other] = [&owner.module.conditions, &routed.module.conditions];
            one.is_empty() || other.is_empty() || one == other
        });
        if let Some((owner, first)) = rival {
            let message = format!(
                "tool name `{name}` is also that of {}:{first}: give one of them another, as `.name(\"..\")` in its `METADATA`",
                owner.module.path
            );
            report.error(place, message);
        }
        owners.push((routed, place));
    }
}
