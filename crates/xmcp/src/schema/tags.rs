//! What is known of a node only when all are compiled: the types that can pass, the tag that tells a union's
//! branches apart, and that no node refers to itself without reading anything.

use super::error::SchemaError;
use super::node::{Additional, Node, NodeId, Tag, Types, Union};

pub(super) fn settle(nodes: &mut [Node]) -> Result<(), SchemaError> {
    refuse_endless(nodes)?;
    skip_references(nodes);
    settle_types(nodes);
    for id in 0..nodes.len() {
        for index in 0..nodes[id].unions.len() {
            let tag = tag(nodes, &nodes[id].unions[index]);
            nodes[id].unions[index].tag = tag;
        }
    }
    Ok(())
}

/// The nodes that look at the same value as this one.
fn same_value(node: &Node) -> impl Iterator<Item = NodeId> {
    node.all
        .iter()
        .chain(node.unions.iter().flat_map(|union| &union.branches))
        .chain(&node.not)
        .copied()
}

fn refuse_endless(nodes: &[Node]) -> Result<(), SchemaError> {
    // 0: not seen, 1: on the way, 2: ends.
    let mut states = vec![0_u8; nodes.len()];
    for start in 0..nodes.len() {
        let mut stack = vec![(start, false)];
        while let Some((id, is_done)) = stack.pop() {
            if is_done {
                states[id] = 2;
                continue;
            }
            if states[id] != 0 {
                continue;
            }
            states[id] = 1;
            stack.push((id, true));
            for next in same_value(&nodes[id]) {
                match states[next] {
                    0 => stack.push((next, false)),
                    1 => {
                        let reason = "a subschema refers to itself without end".to_owned();
                        return Err(SchemaError::Invalid {
                            place: "#".to_owned(),
                            reason,
                        });
                    }
                    _ => {}
                }
            }
        }
    }
    Ok(())
}

/// Lets whoever names a node that is only a `$ref` name its target.
fn skip_references(nodes: &mut [Node]) {
    let targets: Vec<NodeId> = (0..nodes.len()).map(|id| target(nodes, id)).collect();
    for node in nodes.iter_mut() {
        let unions = node.unions.iter_mut().flat_map(|union| &mut union.branches);
        let members = node
            .object
            .properties
            .iter_mut()
            .map(|property| &mut property.node);
        let items = node.array.prefix.iter_mut().chain(&mut node.array.items);
        let others = node.all.iter_mut().chain(&mut node.not);
        for id in unions.chain(members).chain(items).chain(others) {
            *id = targets[*id];
        }
        if let Additional::Node(id) = &mut node.object.additional {
            *id = targets[*id];
        }
    }
}

fn target(nodes: &[Node], mut id: NodeId) -> NodeId {
    while let Some(next) = nodes[id].only_refers_to {
        id = next;
    }
    id
}

/// Narrows until nothing changes; that no node refers to itself without end bounds the rounds by the longest chain.
fn settle_types(nodes: &mut [Node]) {
    for node in nodes.iter_mut() {
        node.possible = node.types;
        if let Some(values) = &node.values {
            node.possible = node.possible.intersection(values.types);
        }
    }
    loop {
        let mut changed = false;
        for id in 0..nodes.len() {
            let node = &nodes[id];
            let mut possible = node.possible;
            for other in &node.all {
                possible = possible.intersection(nodes[*other].possible);
            }
            for union in &node.unions {
                let branches = union.branches.iter().fold(Types::NONE, |types, branch| {
                    types.union(nodes[*branch].possible)
                });
                possible = possible.intersection(branches);
            }
            changed |= possible != node.possible;
            nodes[id].possible = possible;
        }
        if !changed {
            return;
        }
    }
}

fn tag(nodes: &[Node], union: &Union) -> Option<Tag> {
    let takes_objects = |id: &&NodeId| nodes[**id].possible.intersects(Types::OBJECT);
    let branches: Vec<NodeId> = union
        .branches
        .iter()
        .filter(takes_objects)
        .copied()
        .collect();
    let first = nodes.get(*branches.first()?)?;
    if branches.len() < 2 {
        return None;
    }
    first
        .object
        .properties
        .iter()
        .find_map(|property| tag_named(nodes, &branches, &property.name))
}

fn tag_named(nodes: &[Node], branches: &[NodeId], name: &str) -> Option<Tag> {
    let mut values: Vec<(String, NodeId)> = Vec::new();
    for branch in branches {
        let node = &nodes[*branch];
        if node.possible != Types::OBJECT {
            return None;
        }
        let property = node
            .object
            .properties
            .iter()
            .find(|property| property.name == name && property.required)?;
        for value in &nodes[property.node].values.as_ref()?.all {
            let value = value.as_str()?;
            if values.iter().any(|(known, _)| known == value) {
                return None;
            }
            values.push((value.to_owned(), *branch));
        }
    }
    Some(Tag {
        property: name.to_owned(),
        values,
    })
}
