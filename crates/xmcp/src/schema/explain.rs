//! The slow way: walks the value and says everything that is wrong, in words.

use serde_json::{Map, Value};

use super::check::DEEPEST;
use super::expectation::expectation;
use super::foreign::Foreign;
use super::node::{Additional, Node, NodeId, Property, Types};
use super::number::Number;
use super::path::Path;
use super::similar;
use super::unique::unique;
use super::violations::{self, Violations, excerpt};

/// Steps inside of unions before giving up, beside some for every byte of the text: untagged unions inside of
/// each other multiply.
const BUDGET: usize = 1 << 14;

/// However long the text is: about half a second's worth of steps.
const LARGEST_BUDGET: usize = 1 << 20;

/// Violations after which nobody needs to look further.
const ENOUGH: usize = 100;

pub(super) struct Explain<'c> {
    pub(super) nodes: &'c [Node],
    /// Members that came twice, by JSON pointer.
    pub(super) duplicates: &'c [String],
    pub(super) found: Violations,
    pub(super) budget: usize,
    /// Inside of a branch that is one of several.
    pub(super) inside: bool,
    /// Inside of a branch of which only matters whether anything is wrong.
    pub(super) trial: bool,
}

impl<'c> Explain<'c> {
    /// `length` is that of the text the value came from.
    pub(super) fn new(nodes: &'c [Node], duplicates: &'c [String], length: usize) -> Self {
        Self {
            nodes,
            duplicates,
            found: Violations::new(),
            budget: (BUDGET + 16 * length).min(LARGEST_BUDGET),
            inside: false,
            trial: false,
        }
    }

    pub(super) fn finish(mut self) -> Violations {
        if self.budget == 0 {
            self.found.add(
                &Path::Root,
                "too many alternatives to try: send something simpler",
            );
        }
        self.found
    }

    pub(super) fn is_over(&self) -> bool {
        self.budget == 0 || self.found.len() >= ENOUGH || self.trial && !self.found.is_empty()
    }

    /// Whether no one reads the words.
    pub(super) fn is_brief(&self) -> bool {
        self.trial || self.found.is_full()
    }

    pub(super) fn check(&mut self, id: NodeId, value: &Value, path: &Path<'_>, depth: usize) {
        if self.inside {
            self.budget = self.budget.saturating_sub(1);
        }
        if self.is_over() {
            return;
        }
        let node = &self.nodes[id];
        if node.is_anything {
            return;
        }
        if depth > DEEPEST {
            self.found.add(path, "nested too deeply");
            return;
        }
        let before = self.found.len();
        let types = Types::of(value);
        if !node.types.intersects(types) {
            return self.unexpected(node, value, path);
        }
        if node
            .values
            .as_ref()
            .is_some_and(|values| !values.contains(value))
        {
            return self.unexpected(node, value, path);
        }
        match value {
            Value::Number(number) => {
                let number = Number::from_json(number);
                if number.is_some_and(|number| !node.number.allow(number)) {
                    return self.unexpected(node, value, path);
                }
            }
            Value::String(text) => {
                if !node.length.allow_text(text) {
                    return self.unexpected_size(
                        node,
                        value,
                        path,
                        text.chars().count(),
                        ["character", "characters"],
                    );
                }
                if !node.text.allow(text) {
                    return self.unexpected_look(node, value, path);
                }
            }
            Value::Array(items) => self.items(node, items, value, path, depth),
            Value::Object(members) => self.members(node, members, value, path, depth),
            Value::Null | Value::Bool(_) => {}
        }
        for id in &node.all {
            self.check(*id, value, path, depth);
        }
        for union in &node.unions {
            self.union(union, value, path, depth);
        }
        if let Some(id) = node.not {
            self.not(id, value, path, depth);
        }
        if let Some(foreign) = &node.foreign
            && foreign.applies.intersects(types)
            && self.found.len() == before
            && !foreign.accepts(value)
        {
            self.foreign(node, foreign, value, path);
        }
    }

    fn unexpected(&mut self, node: &Node, value: &Value, path: &Path<'_>) {
        if self.is_brief() {
            return self.found.add(path, "");
        }
        let expected = expectation(self.nodes, node);
        let near = match (value, &node.values) {
            (Value::String(text), Some(values)) => {
                similar::nearest(text, values.all.iter().filter_map(Value::as_str))
            }
            _ => None,
        };
        let hint = near
            .map(|near| format!(": did you mean {}?", violations::quoted(near)))
            .unwrap_or_default();
        self.found.add(
            path,
            format_args!("expected {expected}, got {}{hint}", excerpt(value)),
        );
    }

    fn unexpected_size(
        &mut self,
        node: &Node,
        value: &Value,
        path: &Path<'_>,
        count: usize,
        [one, many]: [&str; 2],
    ) {
        if self.is_brief() {
            return self.found.add(path, "");
        }
        let expected = expectation(self.nodes, node);
        let unit = if count == 1 { one } else { many };
        self.found.add(
            path,
            format_args!(
                "expected {expected}, got {count} {unit}: {}",
                excerpt(value)
            ),
        );
    }

    fn items(
        &mut self,
        node: &Node,
        items: &[Value],
        value: &Value,
        path: &Path<'_>,
        depth: usize,
    ) {
        if !node.array.length.allow(items.len()) {
            self.unexpected_size(node, value, path, items.len(), ["item", "items"]);
        }
        if node.array.unique && !unique(items) {
            self.found.add(
                path,
                format_args!("expected no item twice, got {}", excerpt(value)),
            );
        }
        for (index, item) in items.iter().enumerate() {
            if let Some(id) = node.array.item(index) {
                self.check(id, item, &path.item(index), depth + 1);
            }
            if self.is_over() {
                return;
            }
        }
    }

    fn members(
        &mut self,
        node: &Node,
        members: &Map<String, Value>,
        value: &Value,
        path: &Path<'_>,
        depth: usize,
    ) {
        let rules = &node.object;
        let mut unknown = Vec::new();
        for (index, (name, member)) in members.iter().enumerate() {
            let place = path.member(name);
            match (rules.find(name, index), rules.additional) {
                (Some(property), _) => {
                    if self.duplicates.iter().any(|pointer| place.is_at(pointer)) {
                        self.found.add(&place, "given more than once");
                    }
                    self.check(rules.properties[property].node, member, &place, depth + 1);
                }
                (None, Additional::Any) => {}
                (None, Additional::Node(id)) => self.check(id, member, &place, depth + 1),
                (None, Additional::None) => unknown.push(name),
            }
            if self.is_over() {
                return;
            }
        }
        for name in unknown {
            self.unknown(&rules.properties, members, name, path);
        }
        for property in rules.required_missing(members) {
            self.found
                .add(&path.member(&property.name), "required, but missing");
        }
        if !rules.size.allow(members.len()) {
            self.unexpected_size(node, value, path, members.len(), ["member", "members"]);
        }
    }

    fn unknown(
        &mut self,
        properties: &[Property],
        members: &Map<String, Value>,
        name: &str,
        path: &Path<'_>,
    ) {
        let noun = if matches!(path, Path::Root) {
            "argument"
        } else {
            "member"
        };
        let place = path.member(name);
        if self.is_brief() {
            return self.found.add(&place, "");
        }
        let free = || {
            properties
                .iter()
                .map(|property| property.name.as_str())
                .filter(|name| !members.contains_key(*name))
        };
        if let Some(near) = similar::nearest(name, free()) {
            return self.found.add(
                &place,
                format_args!("unknown {noun}, did you mean `{near}`?"),
            );
        }
        let mut known: Vec<String> = free().take(6).map(|name| format!("`{name}`")).collect();
        if free().count() > known.len() {
            known.push("…".to_owned());
        }
        match known.as_slice() {
            [] => self.found.add(&place, format_args!("unknown {noun}")),
            known => self.found.add(
                &place,
                format_args!("unknown {noun}, there is also {}", known.join(", ")),
            ),
        }
    }

    fn unexpected_look(&mut self, node: &Node, value: &Value, path: &Path<'_>) {
        if self.is_brief() {
            return self.found.add(path, "");
        }
        let look = node.text.look.as_deref().unwrap_or("another string");
        self.found.add(
            path,
            format_args!("expected {look}, got {}", excerpt(value)),
        );
    }

    fn foreign(&mut self, node: &Node, foreign: &Foreign, value: &Value, path: &Path<'_>) {
        if self.is_brief() {
            return self.found.add(path, "");
        }
        if foreign.is_alone() && value.is_string() {
            return self.unexpected_look(node, value, path);
        }
        let errors = foreign.errors(value);
        if errors.is_empty() {
            self.found.add(
                path,
                format_args!("not what the schema asks for, got {}", excerpt(value)),
            );
        }
        for (pointer, sentence) in errors {
            let names: Vec<String> = pointer
                .split('/')
                .skip(1)
                .map(|name| name.replace("~1", "/").replace("~0", "~"))
                .collect();
            self.at(value, &names, path, &sentence);
        }
    }

    /// Adds a violation at a JSON pointer below `path`.
    fn at(&mut self, value: &Value, names: &[String], path: &Path<'_>, sentence: &str) {
        let Some((name, rest)) = names.split_first() else {
            return self.found.add(path, sentence);
        };
        match value {
            Value::Array(items) => {
                let index = name.parse().unwrap_or_default();
                self.at(
                    items.get(index).unwrap_or(&Value::Null),
                    rest,
                    &path.item(index),
                    sentence,
                );
            }
            _ => self.at(
                value.get(name).unwrap_or(&Value::Null),
                rest,
                &path.member(name),
                sentence,
            ),
        }
    }
}
