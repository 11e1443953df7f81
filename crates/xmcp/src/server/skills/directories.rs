//! The folders of skills, and what is directly in each ("Reading Directories").

use std::collections::BTreeMap;

use serde_json::json;

/// The folders by their URIs, which have no slash at their end.
#[derive(Default)]
pub(super) struct Directories(BTreeMap<String, BTreeMap<String, String>>);

impl Directories {
    /// Adds a file, and the folders on its way. `definition` is what the list of resources says of it, as JSON text.
    pub(super) fn add(&mut self, uri: &str, definition: &str) {
        let mut child = (uri, definition.to_owned());
        while let Some((directory, name)) = child.0.rsplit_once('/') {
            // What is left is the scheme's `skill:/`.
            if directory.ends_with('/') {
                return;
            }
            let children = self.0.entry(directory.to_owned()).or_default();
            let is_new = children.insert(name.to_owned(), child.1).is_none();
            if !is_new {
                return;
            }
            let name = directory.rsplit('/').next().unwrap_or(directory);
            let definition =
                json!({ "uri": directory, "name": name, "mimeType": "inode/directory" });
            child = (directory, definition.to_string());
        }
    }

    /// The definitions of what is directly in a folder, in the order of their names.
    pub(super) fn read(&self, uri: &str) -> Option<impl Iterator<Item = &str>> {
        let children = self.0.get(uri)?;
        Some(children.values().map(String::as_str))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_has_its_files_and_the_folders_in_it_once() {
        let mut directories = Directories::default();
        for uri in [
            "skill://a/b/SKILL.md",
            "skill://a/b/c/1.md",
            "skill://a/b/c/2.md",
            "skill://d/SKILL.md",
        ] {
            directories.add(uri, uri);
        }
        let read = |uri: &str| {
            directories
                .read(uri)
                .map(|children| children.collect::<Vec<_>>().join(" "))
        };
        let directory = |uri: &str, name: &str| {
            format!(r#"{{"uri":"{uri}","name":"{name}","mimeType":"inode/directory"}}"#)
        };
        assert_eq!(
            read("skill://a/b/c").unwrap(),
            "skill://a/b/c/1.md skill://a/b/c/2.md"
        );
        let expected = format!("skill://a/b/SKILL.md {}", directory("skill://a/b/c", "c"));
        assert_eq!(read("skill://a/b").unwrap(), expected);
        assert_eq!(read("skill://a").unwrap(), directory("skill://a/b", "b"));
        for none in [
            "skill://",
            "skill:/",
            "skill:",
            "",
            "skill://a/",
            "skill://d/SKILL.md",
            "skill://e",
        ] {
            assert_eq!(read(none), None, "{none}");
        }
    }
}
