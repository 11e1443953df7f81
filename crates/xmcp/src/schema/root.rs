//! What holds for the root of a tool's schema only.

use schemars::Schema;
use schemars::transform::{Transform, transform_subschemas};
use serde_json::{Map, Value, json};

use super::keyword::Keywords;

/// Gives a type that contains itself a name under `$defs`: clients put the schema into documents of their own,
/// in which `#` is another place. Removes the root's title on the way, which says nothing that the tool's own
/// does not.
pub(super) fn name_recursion(schema: &mut Value) {
    let Value::Object(object) = schema else {
        return;
    };
    let title = object.take_keyword("title");
    let name = title.as_ref().and_then(Value::as_str).unwrap_or("Root");
    let name: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    let mut rename = RootReferences {
        target: format!("#/$defs/{name}"),
        found: false,
    };
    if let Ok(schema) = <&mut Schema>::try_from(&mut *schema) {
        rename.transform(schema);
    }
    let Value::Object(object) = schema else {
        return;
    };
    if !rename.found {
        return;
    }
    let mut definition = object.clone();
    definition.shift_remove("$defs");
    definition.shift_remove("description");
    let definitions = object
        .entry("$defs")
        .or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(definitions) = definitions {
        definitions.insert(name, Value::Object(definition));
    }
}

struct RootReferences {
    target: String,
    found: bool,
}

impl Transform for RootReferences {
    fn transform(&mut self, schema: &mut Schema) {
        if let Some(Value::String(reference)) = schema.get_mut("$ref")
            && reference == "#"
        {
            reference.clone_from(&self.target);
            self.found = true;
        }
        transform_subschemas(self, schema);
    }
}

/// Turns a union at the root into plain properties: several model providers refuse a tool whose root has
/// `anyOf`. It comes from an enum flattened into `Schema`; which members belong together goes into the
/// description, and serde enforces it.
pub(super) fn fold_union(schema: &mut Value) {
    let Value::Object(root) = schema else { return };
    for keyword in ["anyOf", "oneOf"] {
        let Some(Value::Array(branches)) = root.keyword(keyword) else {
            continue;
        };
        let Some(branches) = branches
            .iter()
            .map(branch_members)
            .collect::<Option<Vec<_>>>()
        else {
            continue;
        };
        root.take_keyword(keyword);
        let mut alternatives = Vec::new();
        let shared: Vec<String> = branches[0]
            .required
            .iter()
            .filter(|name| branches.iter().all(|b| b.required.contains(name)))
            .cloned()
            .collect();
        for branch in branches {
            alternatives.push(branch.summary());
            let properties = root
                .entry("properties")
                .or_insert_with(|| Value::Object(Map::new()));
            let Value::Object(properties) = properties else {
                return;
            };
            for (name, property) in branch.properties {
                match properties.get_mut(&name) {
                    None => drop(properties.insert(name, property)),
                    Some(present) => merge(present, property),
                }
            }
        }
        if let Value::Array(required) = root
            .entry("required")
            .or_insert_with(|| Value::Array(Vec::new()))
        {
            for name in shared {
                if !required.iter().any(|present| *present == name) {
                    required.push(name.into());
                }
            }
        }
        if root
            .keyword("required")
            .and_then(Value::as_array)
            .is_some_and(Vec::is_empty)
        {
            root.take_keyword("required");
        }
        let note = format!(
            "Exactly one of these combinations: {}",
            alternatives.join("; ")
        );
        let description = match root.keyword("description").and_then(Value::as_str) {
            Some(own) => format!("{own}\n\n{note}"),
            None => note,
        };
        root.insert("description".to_owned(), description.into());
    }
}

struct Branch {
    properties: Map<String, Value>,
    required: Vec<String>,
}

fn branch_members(branch: &Value) -> Option<Branch> {
    let branch = branch.as_object()?;
    let known = [
        "type",
        "properties",
        "required",
        "description",
        "title",
        "additionalProperties",
    ];
    if branch.keys().any(|key| !known.contains(&key.as_str())) || branch.get("type")? != "object" {
        return None;
    }
    if branch
        .get("additionalProperties")
        .is_some_and(|additional| *additional != Value::Bool(false))
    {
        return None;
    }
    let properties = branch.get("properties")?.as_object()?.clone();
    let required = match branch.get("required") {
        Some(Value::Array(names)) => names
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        _ => Vec::new(),
    };
    Some(Branch {
        properties,
        required,
    })
}

impl Branch {
    fn summary(&self) -> String {
        let members: Vec<String> = self
            .properties
            .iter()
            .map(|(name, property)| {
                let tag = property
                    .get("enum")
                    .and_then(Value::as_array)
                    .filter(|values| values.len() == 1);
                let optional = if self.required.contains(name) {
                    ""
                } else {
                    " (optional)"
                };
                match tag {
                    Some(values) => format!("`{name}` = {}", values[0]),
                    None => format!("`{name}`{optional}"),
                }
            })
            .collect();
        members.join(" with ")
    }
}

/// One property that two variants describe: tags become one `enum`, anything else a choice.
fn merge(present: &mut Value, other: Value) {
    if *present == other {
        return;
    }
    if let (Some(Value::Array(present)), Some(Value::Array(values))) =
        (present.get_mut("enum"), other.get("enum"))
    {
        for value in values {
            if !present.contains(value) {
                present.push(value.clone());
            }
        }
        return;
    }
    if let Some(Value::Array(branches)) = present.get_mut("anyOf") {
        if !branches.contains(&other) {
            branches.push(other);
        }
        return;
    }
    *present = json!({ "anyOf": [present.take(), other] });
}

/// Makes the root an object with `properties`, closed unless it says otherwise. A tool without arguments has
/// both too: clients refuse a bare `{"type": "object"}`.
pub(super) fn close(schema: &mut Value) {
    let Value::Object(root) = schema else { return };
    root.entry("type").or_insert_with(|| "object".into());
    root.entry("properties")
        .or_insert_with(|| Value::Object(Map::new()));
    let open = [
        "anyOf",
        "oneOf",
        "allOf",
        "if",
        "$ref",
        "patternProperties",
        "unevaluatedProperties",
    ]
    .iter()
    .any(|keyword| root.has_keyword(keyword));
    if !open {
        root.entry("additionalProperties")
            .or_insert(Value::Bool(false));
    }
}
