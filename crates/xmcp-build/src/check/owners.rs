//! Who has what only one file may have.

use std::collections::HashMap;

use super::Routed;
use crate::Place;

/// The files that have a name or a URI, each with the place that gives it.
#[derive(Default)]
pub(super) struct Owners<'a> {
    taken: HashMap<String, Vec<(&'a Routed, Place)>>,
}

impl<'a> Owners<'a> {
    /// Adds a file, and returns the place of the one that has the same already.
    pub(super) fn add(&mut self, key: String, routed: &'a Routed, place: Place) -> Option<String> {
        let owners = self.taken.entry(key).or_default();
        // Under different conditions two files may be one thing's two ways of being built.
        let rival = owners.iter().find(|(owner, _)| {
            let [one, other] = [&owner.module.conditions, &routed.module.conditions];
            one.is_empty() || other.is_empty() || one == other
        });
        let rival = rival.map(|(owner, place)| format!("{}:{place}", owner.module.path));
        owners.push((routed, place));
        rival
    }
}
