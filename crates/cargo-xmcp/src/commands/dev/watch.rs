//! Changes of files, several of one save put together.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    time::{Duration, Instant},
};

use notify::{Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher, event::ModifyKind};
use tokio::{sync::mpsc, time::timeout_at};

use super::watched::Watched;
use crate::{Failure, Result};

/// A save is over when nothing more has happened for so long.
const QUIET: Duration = Duration::from_millis(20);
/// Whoever writes without end is not waited for.
const LONGEST: Duration = Duration::from_millis(300);

/// Watches files while it lives.
pub(super) struct Watch {
    watcher: RecommendedWatcher,
    events: mpsc::UnboundedReceiver<notify::Result<Event>>,
    folders: BTreeMap<PathBuf, bool>,
    watched: Watched,
    /// What has come of a save that may not be over.
    pending: Option<Batch>,
}

/// Paths that changed together.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) paths: BTreeSet<PathBuf>,
    /// When the first of them did.
    pub(super) since: Instant,
    latest: Instant,
}

impl Watch {
    /// Watches what is `watched`.
    ///
    /// # Errors
    ///
    /// When the system has no watches left.
    pub(super) fn start(watched: Watched) -> Result<Self> {
        let (sender, events) = mpsc::unbounded_channel();
        let tell = move |event| {
            // Whoever listened is gone only when the process ends.
            let _ = sender.send(event);
        };
        let watcher = notify::recommended_watcher(tell).map_err(|error| cannot_watch(&error))?;
        let mut watch = Self {
            watcher,
            events,
            folders: BTreeMap::new(),
            watched: Watched::default(),
            pending: None,
        };
        watch.turn_to(watched)?;
        Ok(watch)
    }

    /// What is watched.
    pub(super) fn watched(&self) -> &Watched {
        &self.watched
    }

    /// Watches this from now on, and what has come since it was looked at last.
    ///
    /// # Errors
    ///
    /// When the system has no watches left.
    pub(super) fn turn_to(&mut self, watched: Watched) -> Result<()> {
        let wanted: BTreeMap<_, _> = watched.folders().into_iter().collect();
        for folder in self.folders.keys() {
            if !wanted.contains_key(folder) {
                // One that was removed is watched no longer anyway.
                let _ = self.watcher.unwatch(folder);
            }
        }
        for (folder, is_deep) in &wanted {
            if self.folders.get(folder) == Some(is_deep) {
                continue;
            }
            let mode = match is_deep {
                true => RecursiveMode::Recursive,
                false => RecursiveMode::NonRecursive,
            };
            match self.watcher.watch(folder, mode) {
                Err(error) if !matches!(error.kind, notify::ErrorKind::PathNotFound) => {
                    return Err(cannot_watch(&error));
                }
                // It went away just now, and the folder above says when it is back.
                _ => {}
            }
        }
        self.folders = wanted;
        self.watched = watched;
        Ok(())
    }

    /// Waits for the next changes. Cancel safe.
    pub(super) async fn next(&mut self) -> Batch {
        loop {
            let event = match &self.pending {
                None => self.events.recv().await,
                Some(batch) => {
                    let over = (batch.latest + QUIET).min(batch.since + LONGEST);
                    match timeout_at(over.into(), self.events.recv()).await {
                        Ok(event) => event,
                        Err(_) => break,
                    }
                }
            };
            let Some(event) = event else {
                // The watcher lives as long as this.
                return std::future::pending().await;
            };
            let paths = self.relevant(event);
            if paths.is_empty() {
                continue;
            }
            let now = Instant::now();
            let batch = self.pending.get_or_insert_with(|| Batch {
                paths: BTreeSet::new(),
                since: now,
                latest: now,
            });
            batch.latest = now;
            batch.paths.extend(paths);
        }
        let Some(batch) = self.pending.take() else {
            return std::future::pending().await;
        };
        // A folder that was made anew has lost its watch, and what is in it may never have had one.
        for path in &batch.paths {
            self.folders.retain(|folder, _| !folder.starts_with(path));
        }
        batch
    }

    fn relevant(&self, event: notify::Result<Event>) -> BTreeSet<PathBuf> {
        let Ok(event) = event else {
            return BTreeSet::new();
        };
        let is_change = match event.kind {
            EventKind::Create(_) | EventKind::Remove(_) | EventKind::Any => true,
            EventKind::Modify(ModifyKind::Metadata(_)) => false,
            EventKind::Modify(_) => true,
            // The compiler reads every file.
            EventKind::Access(_) | EventKind::Other => false,
        };
        let paths = event.paths.into_iter();
        paths
            .filter(|path| is_change && self.watched.counts(path))
            .collect()
    }
}

fn cannot_watch(error: &notify::Error) -> Failure {
    let failure = Failure::new("the app's files cannot be watched").because(error);
    match error.kind {
        notify::ErrorKind::MaxFilesWatch => {
            failure.hint("allow more watches: `sudo sysctl fs.inotify.max_user_watches=524288`")
        }
        _ => failure.hint("look whether the app's folders can be read"),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    async fn next(watch: &mut Watch) -> Vec<String> {
        let batch = tokio::time::timeout(Duration::from_secs(20), watch.next())
            .await
            .expect("a change is told");
        let shown = batch
            .paths
            .iter()
            .map(|path| watch.watched().shown(path).into_owned());
        shown.collect()
    }

    #[tokio::test]
    async fn saves_are_told_and_so_is_a_folder_that_comes_later() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path().canonicalize().unwrap();
        let watched = || Watched::new(&root, &root.join("target"), &["tools".into()], &[]);
        let mut watch = Watch::start(watched()).unwrap();
        fs::write(root.join("README.md"), "no matter").unwrap();
        fs::create_dir(root.join("tools")).unwrap();
        assert_eq!(next(&mut watch).await, ["tools"]);
        watch.turn_to(watched()).unwrap();
        fs::write(root.join("tools/.greet.rs.new~"), "text").unwrap();
        fs::rename(
            root.join("tools/.greet.rs.new~"),
            root.join("tools/greet.rs"),
        )
        .unwrap();
        assert_eq!(next(&mut watch).await, ["tools/greet.rs"]);
        fs::read(root.join("tools/greet.rs")).unwrap();
        fs::write(root.join(".env"), "A=1").unwrap();
        assert_eq!(next(&mut watch).await, [".env"]);
    }
}
