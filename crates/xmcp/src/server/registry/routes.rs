//! From a URI to the resource that answers it.
//!
//! Where several could, a literal segment wins over a parameter, and a parameter over the rest of the URI, from left to right.

use std::{collections::HashMap, sync::Arc};

use serde_json::{Map, Value};

use super::{
    ResourceEntry,
    uri::{self, Uri},
};

/// Every URI and template, by scheme and segments.
#[derive(Default)]
pub(crate) struct Routes(HashMap<String, Node>);

/// A place between two segments.
#[derive(Default)]
struct Node {
    literals: HashMap<String, Node>,
    parameter: Option<Box<Node>>,
    rest: Option<Arc<ResourceEntry>>,
    end: Option<Arc<ResourceEntry>>,
}

/// The resource of a URI, and its parameters' values.
#[derive(Clone)]
pub(crate) struct Found {
    pub(crate) entry: Arc<ResourceEntry>,
    pub(crate) parameters: Map<String, Value>,
}

impl Found {
    pub(super) fn fixed(entry: Arc<ResourceEntry>) -> Self {
        Self {
            entry,
            parameters: Map::new(),
        }
    }
}

impl Routes {
    /// Adds the entry under its URI. Of two with the same shape the first stays.
    pub(super) fn add(&mut self, entry: Arc<ResourceEntry>) {
        let key = entry.listed.key.clone();
        // A URI of another form names one resource, and is found as it is written.
        let Some((scheme, path)) = key.split_once("://") else {
            return;
        };
        let mut node = self.0.entry(scheme.to_ascii_lowercase()).or_default();
        for segment in path.split('/') {
            node = match bracket(segment) {
                Some(Bracket::Rest) => {
                    node.rest.get_or_insert(entry);
                    return;
                }
                Some(Bracket::Parameter) => node.parameter.get_or_insert_default(),
                None => {
                    let literal = uri::decode(segment).unwrap_or(segment.into());
                    node.literals.entry(literal.into_owned()).or_default()
                }
            };
        }
        node.end.get_or_insert(entry);
    }

    /// The resource that this URI names.
    pub(super) fn find(&self, uri: &str) -> Option<Found> {
        let uri = Uri::parse(uri)?;
        let node = self.0.get(&uri.scheme)?;
        let segments: Vec<&str> = uri.segments.iter().map(|segment| &**segment).collect();
        let mut values = Vec::new();
        let entry = node.find(&segments, &mut values)?;
        let names = entry
            .parameters
            .iter()
            .map(|parameter| parameter.name.to_string());
        let parameters = names.zip(values.into_iter().map(Value::String)).collect();
        Some(Found {
            entry: Arc::clone(entry),
            parameters,
        })
    }
}

impl Node {
    /// The resource at the end of these segments. Goes back where a way ends, so it visits each node at most once.
    fn find(&self, segments: &[&str], values: &mut Vec<String>) -> Option<&Arc<ResourceEntry>> {
        let Some((first, others)) = segments.split_first() else {
            return self.end.as_ref();
        };
        let literal = self.literals.get(*first);
        if let Some(entry) = literal.and_then(|node| node.find(others, values)) {
            return Some(entry);
        }
        if let Some(node) = &self.parameter {
            values.push((*first).to_owned());
            if let Some(entry) = node.find(others, values) {
                return Some(entry);
            }
            values.pop();
        }
        let entry = self.rest.as_ref()?;
        values.push(segments.join("/"));
        Some(entry)
    }
}

/// A segment of a template that stands for others.
enum Bracket {
    Parameter,
    Rest,
}

fn bracket(segment: &str) -> Option<Bracket> {
    let name = segment.strip_prefix('{')?.strip_suffix('}')?;
    Some(match name.starts_with('+') {
        true => Bracket::Rest,
        false => Bracket::Parameter,
    })
}
