//! The nearest known name to a misspelt one. Counted in edits, because what a model reads here it does: a name that is only
//! somewhat alike would lead it astray.

/// The candidate that is few edits away from `name`, if there is one.
pub(super) fn nearest<'n>(
    name: &str,
    candidates: impl Iterator<Item = &'n str>,
) -> Option<&'n str> {
    const LONGEST: usize = 64;
    if name.chars().count() > LONGEST {
        return None;
    }
    let simple = simplified(name);
    candidates
        .filter(|candidate| candidate.len() <= LONGEST)
        .filter_map(|candidate| {
            let other = simplified(candidate);
            // Insertions, removals, replacements and swaps of neighbours.
            let distance = strsim::osa_distance(&simple, &other);
            let length = other.chars().count();
            let allowed = (length.max(simple.chars().count()) / 3).max(1);
            (distance <= allowed && distance < length).then_some((distance, candidate))
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `userId`, `user-id` and `user_id` are one name to a model.
fn simplified(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, '_' | '-' | ' ' | '.'))
        .flat_map(char::to_lowercase)
        .collect()
}
