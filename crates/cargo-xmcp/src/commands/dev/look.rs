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
        let mut files = BTreeMap::new();
        for place in watched.places() {
            collect(place, &watched, DEPTH, &mut files);
        }
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

fn collect(path: &Path, watched: &Watched, depth: usize, files: &mut BTreeMap<PathBuf, Seen>) {
    if files.len() >= FILES || !watched.is_written(path) {
        return;
    }
    let Ok(found) = fs::metadata(path) else {
        return;
    };
    if !found.is_dir() {
        files.insert(path.to_owned(), (found.modified().ok(), found.len()));
        return;
    }
    // A link to a folder may lead back to where it is.
    let is_link = fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink());
    if depth == 0 || is_link && depth < DEPTH {
        return;
    }
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        collect(&entry.path(), watched, depth - 1, files);
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
}
