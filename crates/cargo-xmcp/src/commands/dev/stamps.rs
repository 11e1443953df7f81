//! Whether files are still those of before: by time and size, as cargo sees it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

/// What files were at one time; one that was missing has to stay missing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Stamps(BTreeMap<PathBuf, Option<(SystemTime, u64)>>);

/// How far the time of a file may be behind the clock.
const COARSE: Duration = Duration::from_millis(10);
/// More files than this are not looked at for an edit.
const MOST: usize = 20_000;

impl Stamps {
    /// Of these files, and of those in these folders.
    pub(super) fn of(files: impl IntoIterator<Item = PathBuf>, folders: &[PathBuf]) -> Self {
        let mut all: Vec<_> = files.into_iter().collect();
        for folder in folders {
            collect(folder, &mut all);
        }
        let stamped = all.into_iter().map(|path| {
            let stamp = stamp(&path);
            (path, stamp)
        });
        Self(stamped.collect())
    }

    /// Whether all of them are older than this, and so few that they can be looked at each time.
    pub(super) fn are_before(&self, time: SystemTime) -> bool {
        let is_before = |stamp: &Option<(SystemTime, u64)>| {
            stamp.is_none_or(|(modified, _)| modified + COARSE < time)
        };
        self.0.len() < MOST && self.0.values().all(is_before)
    }

    /// A file that is another one now, or is there and was not. A file that is new in a folder is one as well.
    pub(super) fn changed(&self, folders: &[PathBuf]) -> Option<PathBuf> {
        let now = Self::of(self.0.keys().cloned(), folders);
        let differs = |(path, stamp): (&PathBuf, &Option<_>)| {
            let is_same = self.0.get(path) == Some(stamp);
            (!is_same).then(|| path.clone())
        };
        now.0.iter().find_map(differs)
    }
}

fn stamp(path: &Path) -> Option<(SystemTime, u64)> {
    let file = fs::metadata(path).ok()?;
    Some((file.modified().ok()?, file.len()))
}

/// The files below a folder; what is hidden, and what cargo makes, is passed over.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let name = entry.file_name();
        let is_passed_over = name.to_string_lossy().starts_with('.') || name == "target";
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        match kind.is_dir() {
            _ if is_passed_over || files.len() > MOST => {}
            true => collect(&entry.path(), files),
            false => files.push(entry.path()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_changed_came_or_went_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::create_dir(path("src")).unwrap();
        fs::write(path("src/lib.rs"), "one").unwrap();
        let folders = [path("src")];
        let files = || [path("Cargo.toml")];
        let stamps = Stamps::of(files(), &folders);
        assert_eq!(stamps.changed(&folders), None);
        assert!(stamps.are_before(SystemTime::now() + Duration::from_secs(1)));
        assert!(!stamps.are_before(SystemTime::now() - Duration::from_secs(60)));

        fs::write(path("Cargo.toml"), "").unwrap();
        assert_eq!(stamps.changed(&folders), Some(path("Cargo.toml")));
        fs::remove_file(path("Cargo.toml")).unwrap();
        fs::write(path("src/lib.rs"), "other").unwrap();
        assert_eq!(stamps.changed(&folders), Some(path("src/lib.rs")));
        let stamps = Stamps::of(files(), &folders);
        fs::write(path("src/new.rs"), "").unwrap();
        assert_eq!(stamps.changed(&folders), Some(path("src/new.rs")));
        fs::remove_file(path("src/new.rs")).unwrap();
        fs::remove_file(path("src/lib.rs")).unwrap();
        assert_eq!(stamps.changed(&folders), Some(path("src/lib.rs")));
    }
}
