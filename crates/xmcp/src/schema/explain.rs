//! The slow way: walks the value and says everything that is wrong, in words.

use serde_json::{Map, Value};

use super::check::DEEPEST;
use super::expectation::expectation;
use super::foreign::Foreign;
use super::node::{Additional, Node, NodeId, Property, Types, Union};
use super::number::Number;
use super::path::Path;
use super::similar;
use super::violations::{self, Violations, excerpt};

/// Steps inside of unions before giving up, beside some for every byte of the text: untagged unions inside of each other multiply.
const BUDGET: usize = 1 << 14;

/// Violations after which nobody needs to look further.
const ENOUGH: usize = 100;

pub(super) struct Explain<'c> {
    nodes: &'c [Node],
    /// Members that came twice, by JSON pointer.
    duplicates: &'c [String],
    found: Violations,
    budget: usize,
    /// Inside of a branch that is one of several.
    inside: bool,
    /// Inside of a branch of which only matters whether anything is wrong.
    trial: bool,
}

impl<'c> Explain<'c> {
    /// `length` is that of the text the value came from.
    pub(super) fn new(nodes: &'c [Node], duplicates: &'c [String], length: usize) -> Self {
        Self {
            nodes,
            duplicates,
            found: Violations::new(),
            budget: BUDGET + 16 * length,
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

    fn is_over(&self) -> bool {
        self.budget == 0 || self.found.len() >= ENOUGH || self.trial && !self.found.is_empty()
    }

    /// Whether no one reads the words.
    fn is_brief(&self) -> bool {
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
                        "characters",
                    );
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
        if let Some(foreign) = &node.foreign
            && foreign.applies.intersects(types)
            && !self.is_over()
            && !foreign.accepts(value)
        {
            self.foreign(foreign, value, path);
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
        unit: &str,
    ) {
        if self.is_brief() {
            return self.found.add(path, "");
        }
        let expected = expectation(self.nodes, node);
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
            self.unexpected_size(node, value, path, items.len(), "items");
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
                    if !self.duplicates.is_empty() && self.duplicates.contains(&place.pointer()) {
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
            self.unexpected_size(node, value, path, members.len(), "members");
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

    fn union(&mut self, union: &Union, value: &Value, path: &Path<'_>, depth: usize) {
        if self.is_over() {
            return;
        }
        if let (Some(tag), Value::Object(members)) = (&union.tag, value) {
            let branch = members
                .get(&tag.property)
                .and_then(Value::as_str)
                .and_then(|value| tag.branch(value));
            return match branch {
                Some(branch) => self.check(branch, value, path, depth),
                None => self.wrong_tag(tag, members, path),
            };
        }
        let types = Types::of(value);
        let fitting: Vec<NodeId> = union
            .branches
            .iter()
            .copied()
            .filter(|id| self.nodes[*id].possible.intersects(types))
            .collect();
        // Only one alternative is of the value's type: what is wrong with it is what is wrong.
        if let [only] = fitting.as_slice() {
            return self.check(*only, value, path, depth);
        }
        let mut matches = 0;
        for branch in &fitting {
            matches += usize::from(self.passes(*branch, value, path, depth));
            if matches > usize::from(union.exactly_one) {
                break;
            }
        }
        match (matches, fitting.as_slice()) {
            (1, _) => {}
            (0, []) => self.no_branch(union, value, path),
            (0, several) => self.closest(several, union, value, path, depth),
            _ => self.found.add(
                path,
                format_args!(
                    "fits more than one of the alternatives, got {}",
                    excerpt(value)
                ),
            ),
        }
    }

    fn passes(&mut self, id: NodeId, value: &Value, path: &Path<'_>, depth: usize) -> bool {
        self.try_out(id, value, path, depth, true).is_empty() && self.budget > 0
    }

    fn try_out(
        &mut self,
        id: NodeId,
        value: &Value,
        path: &Path<'_>,
        depth: usize,
        trial: bool,
    ) -> Violations {
        let mut attempt = Explain {
            found: Violations::new(),
            inside: true,
            trial: trial || self.trial,
            ..*self
        };
        attempt.check(id, value, path, depth);
        self.budget = attempt.budget;
        attempt.found
    }

    fn wrong_tag(&mut self, tag: &super::node::Tag, members: &Map<String, Value>, path: &Path<'_>) {
        let place = path.member(&tag.property);
        if self.is_brief() {
            return self.found.add(&place, "");
        }
        let names: Vec<String> = tag
            .values
            .iter()
            .take(12)
            .map(|(value, _)| violations::quoted(value))
            .collect();
        let names = names.join(", ");
        match members.get(&tag.property) {
            Some(value) => self.found.add(
                &place,
                format_args!("expected one of {names}, got {}", excerpt(value)),
            ),
            None => self.found.add(
                &place,
                format_args!("required, but missing: one of {names}"),
            ),
        }
    }

    /// Of alternatives of the value's type, tells what is wrong with the one that is wrong in the fewest places.
    fn closest(
        &mut self,
        branches: &[NodeId],
        union: &Union,
        value: &Value,
        path: &Path<'_>,
        depth: usize,
    ) {
        if self.is_brief() || !value.is_object() {
            return self.no_branch(union, value, path);
        }
        let mut best: Option<Violations> = None;
        for branch in branches {
            let found = self.try_out(*branch, value, path, depth, false);
            if best.as_ref().is_none_or(|best| found.len() < best.len()) {
                best = Some(found);
            }
        }
        match best {
            Some(found) if found.len() == 1 => self.found.append(found),
            _ => self.no_branch(union, value, path),
        }
    }

    fn no_branch(&mut self, union: &Union, value: &Value, path: &Path<'_>) {
        if self.is_brief() {
            return self.found.add(path, "");
        }
        let mut texts: Vec<String> = Vec::new();
        for branch in union.branches.iter().take(6) {
            let text = expectation(self.nodes, &self.nodes[*branch]);
            if !texts.contains(&text) {
                texts.push(text);
            }
        }
        self.found.add(
            path,
            format_args!("expected {}, got {}", texts.join(", or "), excerpt(value)),
        );
    }

    fn foreign(&mut self, foreign: &Foreign, value: &Value, path: &Path<'_>) {
        if self.is_brief() {
            return self.found.add(path, "");
        }
        if let (Some(look), Value::String(_)) = (&foreign.look, value) {
            return self.found.add(
                path,
                format_args!("expected {look}, got {}", excerpt(value)),
            );
        }
        for (pointer, sentence) in foreign.errors(value) {
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
