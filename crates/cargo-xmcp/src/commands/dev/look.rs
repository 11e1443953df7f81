//! A look at the files, for what no watcher tells: a change while it was not watching yet, one that came when its queue was full, and all
//! of them where the system knows of none, as on folders that a virtual machine or the network brings.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use super::watched::Watched;

/// More files than these are not looked at.
const FILES: usize = 20_000;
/// How deep folders are looked into.
const DEPTH: usize = 32;

/// What files were like at one time.
#[derive(Clone, Debug, Default)]
pub(super) struct Look {
    watched: Watched,
    files: BTreeMap<PathBuf, Seen>,
}

/// When a file was written, and how long it is.
type Seen = (Option<SystemTime>, u64);

impl Look {
    /// What is `watched`, as it is now.
    pub(super) fn at(watched: Watched) -> Self {
        let mut files = Files::default();
        for place in watched.places() {
            files.collect(place, &watched, DEPTH);
        }
        let files = files.seen;
        Self { watched, files }
    }

    /// Looks at this from now on. What was not looked at before is as it is now.
    pub(super) fn widen(&mut self, watched: Watched) {
        let now = Self::at(watched.clone()).files.into_iter();
        let is_new = |path: &Path| !self.watched.counts(path);
        let added: Vec<_> = now.filter(|(path, _)| is_new(path)).collect();
        self.files.retain(|path, _| watched.counts(path));
        self.files.extend(added);
        self.watched = watched;
    }

    /// What is not any more as it was.
    pub(super) fn changes(&self) -> BTreeSet<PathBuf> {
        let now = Self::at(self.watched.clone()).files;
        let differs = |path: &&PathBuf| self.files.get(*path) != now.get(*path);
        let all = self.files.keys().chain(now.keys());
        all.filter(differs).cloned().collect()
    }
}

/// What has been found.
#[derive(Default)]
struct Files {
    seen: BTreeMap<PathBuf, Seen>,
    /// Folders that links lead to: each is looked into once.
    linked: BTreeSet<PathBuf>,
}

impl Files {
    fn collect(&mut self, path: &Path, watched: &Watched, depth: usize) {
        if self.seen.len() >= FILES || !watched.is_written(path) {
            return;
        }
        let Ok(found) = fs::metadata(path) else {
            return;
        };
        if !found.is_dir() {
            let seen = (found.modified().ok(), found.len());
            self.seen.insert(path.to_owned(), seen);
            return;
        }
        let is_link = fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink());
        if depth == 0 || is_link && !self.is_new(path) {
            return;
        }
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            self.collect(&entry.path(), watched, depth - 1);
        }
    }

    /// Whether this link leads to a folder that was not looked into, and not back to one that holds it.
    fn is_new(&mut self, link: &Path) -> bool {
        let above = link.parent().and_then(|above| above.canonicalize().ok());
        let (Ok(folder), Some(above)) = (link.canonicalize(), above) else {
            return false;
        };
        !above.starts_with(&folder) && self.linked.insert(folder)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_was_written_added_and_removed_is_found_and_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let path = |name: &str| root.join("tools").join(name);
        fs::create_dir_all(path("users")).unwrap();
        for name in ["same.rs", "written.rs", "removed.rs", "users/get.rs"] {
            fs::write(path(name), "text").unwrap();
        }
        let inputs = [PathBuf::from("tools")];
        let look = Look::at(Watched::new(root, &root.join("target"), &inputs, &[]));
        assert_eq!(look.changes(), BTreeSet::new());

        let later = SystemTime::now() + Duration::from_secs(2);
        let written = fs::File::options().write(true).open(path("written.rs"));
        written.unwrap().set_modified(later).unwrap();
        fs::remove_file(path("removed.rs")).unwrap();
        fs::write(path("users/added.rs"), "text").unwrap();
        fs::write(path("users/.added.rs.swp"), "text").unwrap();
        fs::write(root.join("README.md"), "text").unwrap();
        let found = ["removed.rs", "users/added.rs", "written.rs"].map(path);
        assert_eq!(look.changes(), BTreeSet::from(found));
    }

    #[test]
    #[cfg(unix)]
    fn folders_that_links_lead_to_are_looked_into_and_those_that_hold_them_are_not() {
        use std::os::unix::fs::symlink;

        let (root, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let root = root.path();
        fs::create_dir(root.join("tools")).unwrap();
        fs::write(other.path().join("get.rs"), "text").unwrap();
        symlink(other.path(), root.join("tools/other")).unwrap();
        symlink("..", root.join("tools/back")).unwrap();
        symlink(other.path(), other.path().join("again")).unwrap();
        let inputs = [PathBuf::from("tools")];
        let look = Look::at(Watched::new(root, &root.join("target"), &inputs, &[]));
        fs::write(other.path().join("get.rs"), "another text").unwrap();
        let found = root.join("tools/other/get.rs");
        assert_eq!(look.changes(), BTreeSet::from([found]));
    }
}
