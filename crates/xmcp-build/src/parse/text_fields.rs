//! The fields of a prompt's `Schema`: clients send texts, so what is plainly none cannot be a field.

use syn::spanned::Spanned;
use syn::{Field, Item};

use super::shown;
use super::value::{self, Value};
use crate::diagnostic::Report;

/// Reports the fields that no text fits.
pub(super) fn check(items: &[Item], report: &mut Report<'_>) {
    let schemas = items.iter().filter_map(|item| match item {
        Item::Struct(item) if item.ident == "Schema" => Some(item),
        _ => None,
    });
    for field in schemas.flat_map(|item| &item.fields) {
        if value::is_read_otherwise(&field.attrs) {
            continue;
        }
        let value = value::of(&field.ty, items);
        if value != Value::Other {
            report.error(field.ty.span(), message(field, &value));
        }
    }
}

fn message(field: &Field, value: &Value) -> String {
    let name = field.ident.as_ref().map(ToString::to_string);
    let shown = format!("`{}: {}`", name.unwrap_or_default(), shown(&field.ty));
    match value {
        Value::Variant(variant) => format!(
            "{shown} is no text, for its variant `{variant}` holds something: take an enum of plain variants, or a `String`"
        ),
        _ => format!(
            "{shown} is no text, and a prompt's arguments are: take a `String`, and read it in the handler"
        ),
    }
}
