//! A server's entry in JSON, with comments and order as they are.

use jsonc_parser::{
    ParseOptions,
    cst::{CstInputValue, CstRootNode},
};
use serde_json::Value;

use super::write::Asked;
use crate::{Failure, Result};

/// The text with the entry; `None` if it is there already.
pub(super) fn with_entry(text: &str, asked: &Asked<'_>) -> Result<Option<String>> {
    // An editor on Windows may have put it there.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let options = ParseOptions {
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
        ..ParseOptions::default()
    };
    let root = CstRootNode::parse(text, &options).map_err(|error| {
        let (line, column) = (error.line_display(), error.column_display());
        asked.unreadable(format!(
            "{}:{line}:{column}: {}",
            asked.file.display(),
            error.kind()
        ))
    })?;
    let not_an_object = || asked.unreadable(format!("`{}` is to be an object", asked.key));
    let object = match root.value() {
        None => root.object_value_or_set(),
        Some(_) => root
            .object_value()
            .ok_or_else(|| asked.unreadable("it is to be an object".to_owned()))?,
    };
    let servers = match object.get(asked.key) {
        None => object.object_value_or_set(asked.key),
        Some(servers) => servers.object_value().ok_or_else(not_an_object)?,
    };
    match servers.get(asked.name) {
        None => {
            servers.append(asked.name, input(asked.entry));
        }
        Some(there) if there.to_serde_value().as_ref() == Some(asked.entry) => return Ok(None),
        Some(there) if asked.force => there.set_value(input(asked.entry)),
        Some(_) => return Err(asked.other()),
    }
    let changed = root.to_string();
    // Nothing is written that says something else than is meant.
    let written = CstRootNode::parse(&changed, &options)
        .ok()
        .and_then(|root| root.to_serde_value());
    match written {
        Some(written) if written[asked.key][asked.name] == *asked.entry => {
            Ok(Some(with_line_break(changed)))
        }
        _ => Err(Failure::new(format!(
            "the entry does not fit into {}",
            asked.file.display()
        ))
        .hint("add what `--print` prints by hand")),
    }
}

fn with_line_break(mut text: String) -> String {
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

fn input(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(value) => CstInputValue::Bool(*value),
        Value::Number(number) => CstInputValue::Number(number.to_string()),
        Value::String(text) => CstInputValue::String(text.clone()),
        Value::Array(values) => CstInputValue::Array(values.iter().map(input).collect()),
        Value::Object(members) => CstInputValue::Object(
            members
                .iter()
                .map(|(name, value)| (name.clone(), input(value)))
                .collect(),
        ),
    }
}
