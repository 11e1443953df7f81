//! What an edit changed, by name: `tools: +search ~greet -old`.

use std::{
    collections::{BTreeMap, hash_map::DefaultHasher},
    fs,
    hash::{Hash, Hasher},
};

use xmcp_build::App;

/// What an app offers, and a digest of the file behind each.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Surface([BTreeMap<String, u64>; 4]);

const KINDS: [&str; 4] = ["tools", "prompts", "resources", "skills"];

impl Surface {
    pub(super) fn of(app: &App) -> Self {
        let digest = |path: &str| {
            let mut hasher = DefaultHasher::new();
            fs::read(app.root.join(path)).ok().hash(&mut hasher);
            hasher.finish()
        };
        let tools = app.tools.iter();
        let prompts = app.prompts.iter().map(|prompt| &prompt.primitive);
        let resources = app.resources.iter();
        let skills = app.skills.list.iter();
        Self([
            tools
                .map(|tool| (tool.name.to_string(), digest(&tool.module.path)))
                .collect(),
            prompts
                .map(|prompt| (prompt.name.to_string(), digest(&prompt.module.path)))
                .collect(),
            resources
                .map(|resource| {
                    let path = &resource.primitive.module.path;
                    (resource.uri.to_string(), digest(path))
                })
                .collect(),
            skills
                .map(|skill| {
                    let mut hasher = DefaultHasher::new();
                    for file in skill
                        .files
                        .iter()
                        .filter_map(|at| app.skills.files.get(*at))
                    {
                        (&file.path, &file.digest).hash(&mut hasher);
                    }
                    (skill.uri.clone(), hasher.finish())
                })
                .collect(),
        ])
    }

    /// What is new, gone or different since `before`; empty when nothing is.
    pub(super) fn since(&self, before: &Self) -> String {
        let kinds = KINDS.iter().zip(self.0.iter().zip(&before.0));
        let lines = kinds.filter_map(|(kind, (now, before))| {
            let mut words: Vec<_> = now
                .iter()
                .filter_map(|(name, digest)| match before.get(name) {
                    None => Some(format!("+{name}")),
                    Some(other) if other != digest => Some(format!("~{name}")),
                    Some(_) => None,
                })
                .collect();
            let gone = before.keys().filter(|name| !now.contains_key(*name));
            words.extend(gone.map(|name| format!("-{name}")));
            (!words.is_empty()).then(|| format!("{kind}: {}", shortened(words)))
        });
        lines.collect::<Vec<_>>().join("; ")
    }

    /// How many there are, for the first line.
    pub(super) fn counts(&self) -> String {
        let kinds = KINDS.iter().zip(&self.0);
        let counted = kinds.filter_map(|(kind, all)| match all.len() {
            0 => None,
            1 => Some(format!("1 {}", kind.trim_end_matches('s'))),
            count => Some(format!("{count} {kind}")),
        });
        let counted: Vec<_> = counted.collect();
        match counted.is_empty() {
            true => "nothing yet: `cargo xmcp create tool NAME` makes a tool".to_owned(),
            false => counted.join(", "),
        }
    }
}

/// At most this many names on a line.
const NAMES: usize = 12;

/// The words on one line, which a change of branch does not fill.
pub(super) fn shortened(mut words: Vec<String>) -> String {
    let more = words.len().saturating_sub(NAMES);
    words.truncate(NAMES);
    let line = words.join(" ");
    match more {
        0 => line,
        more => format!("{line} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn surface(tools: &[(&str, u64)], resources: &[(&str, u64)]) -> Surface {
        let map = |entries: &[(&str, u64)]| {
            entries
                .iter()
                .map(|(name, digest)| ((*name).to_owned(), *digest))
                .collect()
        };
        Surface([map(tools), BTreeMap::new(), map(resources), BTreeMap::new()])
    }

    #[test]
    fn what_came_what_changed_and_what_went_is_named() {
        let before = surface(&[("greet", 1), ("old", 1), ("same", 1)], &[]);
        let after = surface(&[("greet", 2), ("search", 1), ("same", 1)], &[("a://b", 1)]);
        assert_eq!(
            after.since(&before),
            "tools: ~greet +search -old; resources: +a://b"
        );
        assert_eq!(after.since(&after), "");
        assert_eq!(after.counts(), "3 tools, 1 resource");
    }

    #[test]
    fn many_names_are_cut_short() {
        let names: Vec<_> = (0..20).map(|at| format!("t{at:02}")).collect();
        let many: Vec<_> = names.iter().map(|name| (name.as_str(), 1)).collect();
        let line = surface(&many, &[]).since(&Surface::default());
        assert!(line.ends_with("+t11 and 8 more"), "{line}");
    }
}
