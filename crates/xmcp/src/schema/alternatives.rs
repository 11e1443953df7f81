//! What is wrong with a value that fits none of several alternatives: that is said of the alternative that was meant,
//! where one can tell.

use serde_json::{Map, Value};

use super::expectation::expectation;
use super::explain::Explain;
use super::node::{NodeId, Tag, Types, Union};
use super::path::Path;
use super::violations::{self, Violations, excerpt};

impl Explain<'_> {
    pub(super) fn union(&mut self, union: &Union, value: &Value, path: &Path<'_>, depth: usize) {
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

    pub(super) fn not(&mut self, id: NodeId, value: &Value, path: &Path<'_>, depth: usize) {
        if self.is_over() {
            return;
        }
        let mut attempt = Explain {
            // That a member came twice is no reason to let the value pass.
            duplicates: &[],
            found: Violations::new(),
            inside: true,
            trial: true,
            ..*self
        };
        attempt.check(id, value, path, depth);
        let passes = attempt.found.is_empty();
        self.budget = attempt.budget;
        if !passes {
            return;
        }
        if self.is_brief() {
            return self.found.add(path, "");
        }
        let unwanted = expectation(self.nodes, &self.nodes[id]);
        self.found.add(
            path,
            format_args!("expected anything but {unwanted}, got {}", excerpt(value)),
        );
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

    fn wrong_tag(&mut self, tag: &Tag, members: &Map<String, Value>, path: &Path<'_>) {
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
}
