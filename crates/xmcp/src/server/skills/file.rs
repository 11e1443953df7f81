//! The files of skills as resources.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use crate::codegen::{Skill, SkillFile};

/// A file of a skill, and what lists call it.
pub(crate) struct Named {
    pub(crate) file: &'static SkillFile,
    pub(crate) name: String,
    pub(crate) description: String,
}

impl Named {
    /// Every file of these skills once: those of a skill inside of another are files of both.
    pub(crate) fn all(skills: &'static [Skill]) -> Vec<Self> {
        let manifests: HashMap<&str, Map<String, Value>> = skills
            .iter()
            .map(|skill| (skill.uri, front_matter(skill)))
            .collect();
        let mut seen = HashSet::new();
        let files = skills.iter().flat_map(|skill| skill.files);
        files
            .filter(|file| seen.insert(file.uri))
            .map(|file| Self::new(file, manifests.get(file.uri)))
            .collect()
    }

    /// A `SKILL.md` is called as its skill ("Resource Metadata").
    fn new(file: &'static SkillFile, manifest: Option<&Map<String, Value>>) -> Self {
        let text = |key: &str| manifest.and_then(|manifest| manifest.get(key)?.as_str());
        let last = file.uri.rsplit('/').next().unwrap_or(file.uri);
        Self {
            file,
            name: text("name").unwrap_or(last).to_owned(),
            description: text("description").unwrap_or_default().to_owned(),
        }
    }
}

/// The front matter of a skill's `SKILL.md`.
pub(super) fn front_matter(skill: &Skill) -> Map<String, Value> {
    serde_json::from_str(skill.front_matter)
        .expect("the build script writes front matter as a JSON object")
}
