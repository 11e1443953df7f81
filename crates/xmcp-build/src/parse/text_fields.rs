//! The fields of a `Schema` that comes as texts: the arguments of a prompt, and the parameters of a URI. What a text plainly cannot be
//! read into cannot be a field.

use syn::spanned::Spanned;
use syn::{Field, Item};

use super::shown;
use super::value::{self, Value};
use crate::diagnostic::Report;
use crate::kind::Kind;

/// Reports the fields that no text fits.
pub(super) fn check(items: &[Item], kind: Kind, report: &mut Report<'_>) {
    let schemas = items.iter().filter_map(|item| match item {
        Item::Struct(item) if item.ident == "Schema" => Some(item),
        _ => None,
    });
    for field in schemas.flat_map(|item| &item.fields) {
        if value::is_read_otherwise(&field.attrs) {
            continue;
        }
        let value = value::of(&field.ty, items);
        let message = match (kind, &value) {
            (_, Value::Other) => continue,
            // A number in a URI is read as one: it stands there as it is written.
            (Kind::Resource, Value::Boolean | Value::Integer | Value::Number) => continue,
            (Kind::Resource, _) => of_resource(field, &value),
            _ => of_prompt(field, &value),
        };
        report.error(field.ty.span(), message);
    }
}

fn field_shown(field: &Field) -> String {
    let name = field.ident.as_ref().map(ToString::to_string);
    format!("`{}: {}`", name.unwrap_or_default(), shown(&field.ty))
}

fn of_resource(field: &Field, value: &Value) -> String {
    let shown = field_shown(field);
    match value {
        Value::Variant(variant) => format!(
            "{shown} cannot be in a URI, for its variant `{variant}` holds something: take an enum of plain variants, or a `String`"
        ),
        _ => format!(
            "{shown} cannot be in a URI, where a parameter is one text: take a `String`, and split it in the handler"
        ),
    }
}

fn of_prompt(field: &Field, value: &Value) -> String {
    let shown = field_shown(field);
    match value {
        Value::Variant(variant) => format!(
            "{shown} is no text, for its variant `{variant}` holds something: take an enum of plain variants, or a `String`"
        ),
        _ => format!(
            "{shown} is no text, and a prompt's arguments are: take a `String`, and read it in the handler"
        ),
    }
}
