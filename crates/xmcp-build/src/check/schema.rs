//! That `Schema` and the handler know each other, and that the struct can be read and described.

use super::Lints;
use crate::Severity;
use crate::diagnostic::Report;
use crate::parse::{RoutedFile, SchemaItem};

pub(super) fn check(file: &RoutedFile, lints: Lints, report: &mut Report<'_>) {
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
        match lints.undocumented {
            Severity::Error => report.error(*place, message),
            Severity::Warning => report.warning(*place, message),
        }
    }
}
