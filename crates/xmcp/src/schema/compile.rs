//! From a JSON Schema to nodes. What is not simple enough for a check of ours becomes a check by `jsonschema`
//! at that place only, so one `if` does not slow down its neighbours; without the feature `json-schema` it is refused.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::dialect::Draft;
use super::error::{SchemaError, invalid, not_linear};
use super::foreign::{self, Foreign, Parts};
use super::format::{self, Format};
use super::keyword::{Keywords, count, divisor, limit, types};
use super::node::{Additional, Node, NodeId, Property, Types, Union, Values};
use super::path::pointer_token;
use super::pattern::{NoPattern, Pattern};
use super::{dialect, tags};

/// Compiles a whole document.
pub(super) fn compile(schema: &Map<String, Value>) -> Result<(Vec<Node>, NodeId), SchemaError> {
    let draft = dialect::draft(schema)?;
    let mut compiler = Compiler {
        document: schema,
        draft,
        nodes: Vec::new(),
        places: HashMap::new(),
        parts: None,
    };
    let whole = if draft < foreign::OLDEST {
        Some("#/$schema".to_owned())
    } else {
        dialect::moved_reference(schema, true).map(|place| format!("#{place}"))
    };
    let root = match whole {
        Some(reason) => {
            let node = compiler.opaque(schema, "#", &reason)?;
            compiler.add(node)
        }
        None => compiler.root()?,
    };
    let mut nodes = compiler.nodes;
    tags::settle(&mut nodes)?;
    Ok((nodes, root))
}

fn simple_types(schema: &Map<String, Value>) -> Types {
    schema
        .keyword("type")
        .and_then(Value::as_str)
        .and_then(Types::named)
        .unwrap_or(Types::ALL)
}

/// Keywords that `jsonschema` checks together with all of their neighbours; they are rare in the schemas of tools.
const WHOLE: [&str; 13] = [
    "patternProperties",
    "propertyNames",
    "contains",
    "minContains",
    "maxContains",
    "dependentRequired",
    "dependentSchemas",
    "dependencies",
    "if",
    "then",
    "else",
    "unevaluatedItems",
    "unevaluatedProperties",
];

struct Compiler<'s> {
    document: &'s Map<String, Value>,
    draft: Draft,
    nodes: Vec<Node>,
    /// What was compiled already, by its place, so that references meet and recursion ends.
    places: HashMap<String, NodeId>,
    parts: Option<Parts>,
}

impl<'s> Compiler<'s> {
    fn add(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    fn parts(&mut self) -> Result<Parts, SchemaError> {
        if let Some(parts) = &self.parts {
            return Ok(parts.clone());
        }
        let document = Value::Object(self.document.clone());
        let parts = Parts::compile(&document, self.draft)?;
        self.parts = Some(parts.clone());
        Ok(parts)
    }

    /// A place that is `jsonschema`'s as a whole, because of the keyword at `reason`.
    fn opaque(
        &mut self,
        schema: &Map<String, Value>,
        place: &str,
        reason: &str,
    ) -> Result<Node, SchemaError> {
        Ok(Node {
            types: simple_types(schema),
            foreign: Some(self.part(place, reason)?),
            is_anything: false,
            ..Node::anything()
        })
    }

    fn root(&mut self) -> Result<NodeId, SchemaError> {
        let id = self.add(Node::anything());
        self.places.insert("#".to_owned(), id);
        self.nodes[id] = self.node(self.document, "#")?;
        Ok(id)
    }

    fn schema(&mut self, schema: &'s Value, place: &str) -> Result<NodeId, SchemaError> {
        if let Some(id) = self.places.get(place) {
            return Ok(*id);
        }
        let id = self.add(Node::anything());
        self.places.insert(place.to_owned(), id);
        let node = match schema {
            Value::Bool(true) => Node::anything(),
            Value::Bool(false) => Node {
                types: Types::NONE,
                is_open: false,
                is_anything: false,
                ..Node::anything()
            },
            Value::Object(object) => self.node(object, place)?,
            _ => return Err(invalid(place, "a schema is an object, `true` or `false`")),
        };
        self.nodes[id] = node;
        Ok(id)
    }

    fn node(&mut self, schema: &'s Map<String, Value>, place: &str) -> Result<Node, SchemaError> {
        if let Some(keyword) = self.opaque_by(schema) {
            return self.opaque(schema, place, &format!("{place}/{keyword}"));
        }
        let mut node = Node::anything();
        let mut alone = Map::new();
        let mut required = Vec::new();
        for (keyword, value) in schema {
            let inner = || format!("{place}/{}", pointer_token(keyword));
            let at = |reason: &str| invalid(&inner(), reason);
            let number = || limit(value).ok_or_else(|| at("expected a number"));
            let size = || count(value).ok_or_else(|| at("expected a count"));
            match keyword.as_str() {
                "type" => {
                    node.types = types(value)
                        .ok_or_else(|| at("expected the name of a type or a list of them"))?
                }
                "enum" => {
                    let values = value.as_array().ok_or_else(|| at("expected a list"))?;
                    self.add_values(&mut node, values);
                }
                "const" => self.add_values(&mut node, std::slice::from_ref(value)),
                "minimum" => node.number.minimum = Some(number()?),
                "maximum" => node.number.maximum = Some(number()?),
                "exclusiveMinimum" => node.number.exclusive_minimum = Some(number()?),
                "exclusiveMaximum" => node.number.exclusive_maximum = Some(number()?),
                "multipleOf" => match divisor(value) {
                    Some(divisor) => node.number.multiple_of = Some(divisor),
                    None => drop(alone.insert(keyword.clone(), value.clone())),
                },
                "minLength" => node.length.least = Some(size()?),
                "maxLength" => node.length.most = Some(size()?),
                "minItems" => node.array.length.least = Some(size()?),
                "maxItems" => node.array.length.most = Some(size()?),
                "minProperties" => node.object.size.least = Some(size()?),
                "maxProperties" => node.object.size.most = Some(size()?),
                "format" => {
                    let name = value.as_str().ok_or_else(|| at("expected a string"))?;
                    let own = Format::named(name).filter(|_| self.draft == Draft::Draft202012);
                    if own.is_none() && foreign::knows_format(name, self.draft) {
                        alone.insert(keyword.clone(), value.clone());
                    }
                    node.text.format = own;
                }
                "pattern" => {
                    let pattern = value.as_str().ok_or_else(|| at("expected a string"))?;
                    match Pattern::compile(pattern) {
                        Ok(pattern) => node.text.pattern = Some(pattern),
                        Err(NoPattern::Backtracks) => {
                            return Err(at(&not_linear(value)));
                        }
                        Err(NoPattern::Unknown) => {
                            alone.insert(keyword.clone(), value.clone());
                        }
                    }
                }
                "uniqueItems" => {
                    node.array.unique = value
                        .as_bool()
                        .ok_or_else(|| at("expected true or false"))?;
                }
                "not" => node.not = Some(self.schema(value, &inner())?),
                "properties" => {
                    for (name, member) in
                        value.as_object().ok_or_else(|| at("expected an object"))?
                    {
                        let id =
                            self.schema(member, &format!("{}/{}", inner(), pointer_token(name)))?;
                        node.object.properties.push(Property {
                            name: name.clone(),
                            node: id,
                            required: false,
                        });
                    }
                }
                "required" => {
                    for name in value
                        .as_array()
                        .ok_or_else(|| at("expected a list of names"))?
                    {
                        required.push(
                            name.as_str()
                                .ok_or_else(|| at("expected a list of names"))?,
                        );
                    }
                }
                // What a pattern names is not additional: left to the whole.
                "additionalProperties" if schema.has_keyword("patternProperties") => {}
                "additionalProperties" => {
                    node.object.additional = match value {
                        Value::Bool(true) => Additional::Any,
                        Value::Bool(false) => Additional::None,
                        _ => Additional::Node(self.schema(value, &inner())?),
                    };
                }
                "items" => node.array.items = Some(self.schema(value, &inner())?),
                "prefixItems" if self.draft >= Draft::Draft202012 => {
                    node.array.prefix = self.list(value, &inner())?
                }
                "allOf" => node.all.extend(self.list(value, &inner())?),
                "anyOf" | "oneOf" => {
                    let branches = self.list(value, &inner())?;
                    node.unions.push(Union {
                        exactly_one: keyword == "oneOf",
                        branches,
                        tag: None,
                    });
                }
                "$ref" => {
                    let target = value.as_str().ok_or_else(|| at("expected a string"))?;
                    node.all.push(self.reference(target, &inner())?);
                }
                // Anything else explains, or means nothing to JSON Schema.
                _ => {}
            }
        }
        self.name_required(&mut node, &required);
        let is_known = node.text.format.is_some() || alone.has_keyword("format");
        let format = schema.keyword("format").filter(|_| is_known);
        node.text.look = format::look(
            format.and_then(Value::as_str),
            schema.keyword("pattern").and_then(Value::as_str),
        );
        let whole = schema
            .keys()
            .find(|keyword| WHOLE.contains(&keyword.as_str()));
        if let Some(keyword) = whole {
            // Our checks stand before it all the same, for their speed and their words.
            node.foreign = Some(self.part(place, &format!("{place}/{keyword}"))?);
        } else if !alone.is_empty() {
            node.foreign = Some(Arc::new(Foreign::alone(alone, self.draft, place)?));
        }
        node.is_open = is_open(&node);
        let is_native = node.unions.is_empty()
            && node.not.is_none()
            && !node.array.unique
            && node.foreign.is_none();
        node.is_anything = node.is_open && is_native && node.all.is_empty();
        node.only_refers_to = match node.all.as_slice() {
            [target] if node.is_open && is_native => Some(*target),
            _ => None,
        };
        Ok(node)
    }

    /// The keyword by which this place means something else than it says keyword by keyword.
    fn opaque_by(&self, schema: &Map<String, Value>) -> Option<&'static str> {
        let is_old = self.draft < Draft::Draft202012;
        let is_seven = self.draft == Draft::Draft7;
        let has = |keyword| schema.has_keyword(keyword);
        let opaque = [
            (
                "items",
                is_old && schema.keyword("items").is_some_and(Value::is_array),
            ),
            // Until draft 7, a reference silences its neighbours, and content is asserted.
            ("$ref", is_seven && has("$ref") && schema.len() > 1),
            ("contentEncoding", is_seven && has("contentEncoding")),
            ("contentMediaType", is_seven && has("contentMediaType")),
            ("const", has("enum") && has("const")),
        ];
        opaque
            .into_iter()
            .find_map(|(keyword, is_opaque)| is_opaque.then_some(keyword))
    }

    fn part(&mut self, place: &str, reason: &str) -> Result<Arc<Foreign>, SchemaError> {
        let parts = self.parts()?;
        Foreign::part(&parts, place, reason).map(Arc::new)
    }

    fn add_values(&self, node: &mut Node, values: &[Value]) {
        let types = values
            .iter()
            .fold(Types::NONE, |types, value| types.union(Types::of(value)));
        node.values = Some(Values {
            all: values.to_vec(),
            types,
        });
    }

    /// A member that is required but not described follows the rule for additional ones.
    fn name_required(&mut self, node: &mut Node, required: &[&str]) {
        for name in required {
            if let Some(property) = node
                .object
                .properties
                .iter_mut()
                .find(|property| property.name == *name)
            {
                property.required = true;
                continue;
            }
            let id = match node.object.additional {
                Additional::Node(id) => id,
                Additional::Any => self.add(Node::anything()),
                Additional::None => self.add(Node {
                    types: Types::NONE,
                    is_open: false,
                    is_anything: false,
                    ..Node::anything()
                }),
            };
            node.object.properties.push(Property {
                name: (*name).to_owned(),
                node: id,
                required: true,
            });
        }
    }

    fn list(&mut self, value: &'s Value, place: &str) -> Result<Vec<NodeId>, SchemaError> {
        let schemas = value.as_array().filter(|schemas| !schemas.is_empty());
        let schemas = schemas.ok_or_else(|| invalid(place, "expected a list of schemas"))?;
        schemas
            .iter()
            .enumerate()
            .map(|(index, schema)| self.schema(schema, &format!("{place}/{index}")))
            .collect()
    }

    fn reference(&mut self, target: &str, place: &str) -> Result<NodeId, SchemaError> {
        // The root was the first of all places.
        if let Some(id) = self.places.get(target) {
            return Ok(*id);
        }
        match self.at(target) {
            Some(schema) => self.schema(schema, target),
            None => Err(invalid(place, format!("`{target}` leads nowhere"))),
        }
    }

    /// What a pointer below the root leads to.
    fn at(&self, target: &str) -> Option<&'s Value> {
        let path = target.strip_prefix("#/")?;
        let (name, rest) = match path.split_once('/') {
            Some((name, rest)) => (name, Some(rest)),
            None => (path, None),
        };
        let value = self
            .document
            .get(&name.replace("~1", "/").replace("~0", "~"))?;
        match rest {
            Some(rest) => value.pointer(&format!("/{rest}")),
            None => Some(value),
        }
    }
}

/// Whether the node's own rules let everything pass.
fn is_open(node: &Node) -> bool {
    node.types == Types::ALL
        && node.values.is_none()
        && node.number.minimum.is_none()
        && node.number.maximum.is_none()
        && node.number.exclusive_minimum.is_none()
        && node.number.exclusive_maximum.is_none()
        && node.number.multiple_of.is_none()
        && node.length.is_open()
        && node.text.is_open()
        && node.array.length.is_open()
        && node.array.prefix.is_empty()
        && node.array.items.is_none()
        && node.object.size.is_open()
        && node.object.properties.is_empty()
        && node.object.additional == Additional::Any
}
