//! The primitives of one kind, in the order of their list.

use std::{collections::HashMap, sync::Arc};

use foldhash::fast::RandomState;

use super::{Listed, Primitive};

/// The primitives of one kind, in the order of their list, each under its key.
pub(crate) struct Table<T> {
    entries: Vec<Arc<T>>,
    /// By a faster hash than std's: the keys are the app's, and no stranger's.
    by_key: HashMap<String, usize, RandomState>,
}

impl<T: Primitive> Table<T> {
    /// These entries in this order. Of two with the same key the first is found.
    pub(crate) fn new(entries: Vec<Arc<T>>) -> Self {
        let keys = entries.iter().enumerate().rev();
        let by_key = keys
            .map(|(place, entry)| (entry.listed().key.to_string(), place))
            .collect();
        Self { entries, by_key }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Arc<T>> {
        self.by_key.get(key).map(|&place| &self.entries[place])
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<T>> {
        self.entries.iter()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// What lists know of each.
    pub(crate) fn listed(&self) -> impl Iterator<Item = &Listed> {
        self.entries.iter().map(|entry| entry.listed())
    }
}
