//! That a template's `Schema` and the brackets in its path name the same parameters.

use crate::diagnostic::Report;
use crate::parse::{RoutedFile, SchemaItem};
use crate::{Place, Skills, Uri};

pub(super) fn check_parameters(uri: &Uri, file: &RoutedFile, report: &mut Report<'_>) {
    let is_template = uri.parameters().next().is_some();
    match &file.schema {
        None if is_template && !file.is_opaque => missing_schema(uri, file, report),
        Some(schema) if !is_template => {
            let message = "`Schema` has no parameters to hold, for the path has none: name one in brackets, as `[user_id]`, or remove it";
            report.error(schema.place, message);
        }
        Some(schema) if is_template => compare(uri, schema, report),
        _ => {}
    }
    if let Some(complete) = &file.complete
        && !is_template
    {
        let message = "complete has nothing to complete, for the path has no parameters: name one in brackets, as `[user_id]`, or remove it";
        report.error(complete.place, message);
    }
}

/// That the resource is not a file of a skill, too.
pub(super) fn check_skills(uri: &Uri, skills: &Skills, report: &mut Report<'_>) {
    let text = uri.to_string();
    if let Some(file) = skills.files.iter().find(|file| file.uri == text) {
        let message = format!("`{uri}` is also {}: rename one of the files", file.path);
        report.error(Place::START, message);
    }
}

fn missing_schema(uri: &Uri, file: &RoutedFile, report: &mut Report<'_>) {
    // Without a handler, or with one that takes a `Schema` which is not there, something else is to be written first.
    let Some(item) = file.handler.as_ref().filter(|item| item.input.is_none()) else {
        return;
    };
    let fields: Vec<_> = uri
        .parameters()
        .map(|parameter| format!("pub {}: String", parameter.name))
        .collect();
    let message = format!(
        "resource has parameters and no `Schema`: add `#[derive(Deserialize, JsonSchema)] pub struct Schema {{ {} }}` and take it",
        fields.join(", ")
    );
    report.error(item.handler.place, message);
}

fn compare(uri: &Uri, schema: &SchemaItem, report: &mut Report<'_>) {
    let Some(fields) = &schema.fields else { return };
    if let Some(place) = fields.flattened {
        let message = "field is flattened, and what is in it cannot be compared with the path: write its fields into `Schema`";
        report.error(place, message);
        return;
    }
    for (field, place) in &fields.named {
        if !uri.parameters().any(|parameter| parameter.name == *field) {
            report.error(*place, superfluous(field, uri));
        }
    }
    for parameter in uri.parameters() {
        if !fields
            .named
            .iter()
            .any(|(field, _)| *field == parameter.name)
        {
            let name = &parameter.name;
            let message = format!(
                "`Schema` lacks the parameter `{name}` of `{uri}`: add `pub {name}: String`"
            );
            report.error(schema.place, message);
        }
    }
}

fn superfluous(field: &str, uri: &Uri) -> String {
    format!(
        "`{field}` is no parameter of `{uri}`: put `[{field}]` into the file's path, or remove the field"
    )
}
