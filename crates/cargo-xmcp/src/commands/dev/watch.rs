//! Changes of files, several of one save put together.
//!
//! 1. What the system tells is known at once.
//! 2. What it does not tell is found by looking at the files now and then (`look.rs`), so no edit is lost.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    time::{Duration, Instant},
};

use notify::{
    Config, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher, event::ModifyKind,
};
use tokio::{
    sync::mpsc,
    task::{JoinHandle, spawn_blocking},
    time::{sleep_until, timeout_at},
};

use super::{look::Look, watched::Watched};
use crate::{Failure, Result};

/// A save is over when nothing more has happened for so long.
const QUIET: Duration = Duration::from_millis(20);
/// Whoever writes without end is not waited for.
const LONGEST: Duration = Duration::from_millis(300);
/// How often the files are looked at.
const LOOKS: Duration = Duration::from_secs(2);

/// Watches files while it lives.
pub(super) struct Watch {
    watcher: RecommendedWatcher,
    events: mpsc::UnboundedReceiver<notify::Result<Event>>,
    folders: BTreeMap<PathBuf, bool>,
    watched: Watched,
    /// What has come of a save that may not be over.
    pending: Option<Batch>,
    /// The files as they were when changes were told last, and when to look at them again.
    look: Look,
    due: Instant,
    looking: Option<JoinHandle<BTreeSet<PathBuf>>>,
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
        // Links are left to the look at the files, which has bounds: one may lead to all that the system has.
        let config = Config::default().with_follow_symlinks(false);
        let watcher =
            RecommendedWatcher::new(tell, config).map_err(|error| cannot_watch(&error))?;
        let mut watch = Self {
            watcher,
            events,
            folders: BTreeMap::new(),
            watched: Watched::default(),
            pending: None,
            look: Look::default(),
            due: Instant::now() + LOOKS,
            looking: None,
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
        if self.watched != watched {
            self.look.widen(watched.clone());
            self.watched = watched;
        }
        Ok(())
    }

    /// Waits for the next changes. Cancel safe.
    pub(super) async fn next(&mut self) -> Batch {
        loop {
            let event = match &self.pending {
                None => tokio::select! {
                    event = self.events.recv() => event,
                    () = sleep_until(self.due.into()), if self.looking.is_none() => {
                        self.due = Instant::now() + LOOKS;
                        let look = self.look.clone();
                        self.looking = Some(spawn_blocking(move || look.changes()));
                        continue;
                    }
                    paths = looked(&mut self.looking) => {
                        self.looking = None;
                        self.add(paths);
                        continue;
                    }
                },
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
            self.add(paths);
        }
        let Some(batch) = self.pending.take() else {
            return std::future::pending().await;
        };
        // A folder that was made anew has lost its watch, and what is in it may never have had one.
        for path in &batch.paths {
            self.folders.retain(|folder, _| !folder.starts_with(path));
        }
        // What is written from here on is another change.
        self.looking = None;
        self.look = Look::at(self.watched.clone());
        batch
    }

    fn add(&mut self, paths: BTreeSet<PathBuf>) {
        if !paths.is_empty() {
            let now = Instant::now();
            let batch = self.pending.get_or_insert_with(|| Batch {
                paths: BTreeSet::new(),
                since: now,
                latest: now,
            });
            batch.latest = now;
            batch.paths.extend(paths);
        }
    }

    fn relevant(&self, event: notify::Result<Event>) -> BTreeSet<PathBuf> {
        // Something happened, and nobody knows what: there was no room for telling it.
        let everything = || BTreeSet::from([self.watched.root().to_owned()]);
        let Ok(event) = event else {
            return everything();
        };
        if event.need_rescan() {
            return everything();
        }
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

/// What a look has found. It goes on when nobody waits for it: there is one at a time, whatever else is told.
async fn looked(looking: &mut Option<JoinHandle<BTreeSet<PathBuf>>>) -> BTreeSet<PathBuf> {
    match looking {
        Some(looking) => looking.await.unwrap_or_default(),
        None => std::future::pending().await,
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

    /// An app with one tool, and a watch of it.
    fn app() -> (tempfile::TempDir, PathBuf, Watch) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        fs::create_dir(root.join("tools")).unwrap();
        fs::write(root.join("tools/greet.rs"), "text").unwrap();
        let watched = Watched::new(&root, &root.join("target"), &["tools".into()], &[]);
        let watch = Watch::start(watched).unwrap();
        (folder, root, watch)
    }

    #[tokio::test]
    async fn what_nobody_tells_of_is_found() {
        let (_folder, root, mut watch) = app();
        watch.watcher.unwatch(&root.join("tools")).unwrap();
        fs::write(root.join("tools/greet.rs"), "another text").unwrap();
        assert_eq!(next(&mut watch).await, ["tools/greet.rs"]);
        assert_eq!(watch.look.changes(), BTreeSet::new(), "it is told once");
    }

    #[tokio::test]
    async fn what_a_link_leads_to_is_looked_at_and_not_watched() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let root = folder.path().canonicalize().unwrap();
        for number in 0..500 {
            fs::create_dir(other.path().join(number.to_string())).unwrap();
        }
        fs::write(other.path().join("get.rs"), "text").unwrap();
        fs::create_dir(root.join("tools")).unwrap();
        std::os::unix::fs::symlink(other.path(), root.join("tools/other")).unwrap();
        let watched = Watched::new(&root, &root.join("target"), &["tools".into()], &[]);
        let mut watch = Watch::start(watched).unwrap();

        fs::write(other.path().join("get.rs"), "another text").unwrap();

        assert_eq!(next(&mut watch).await, ["tools/other/get.rs"]);
        if cfg!(target_os = "linux") {
            let files = fs::read_dir("/proc/self/fdinfo").unwrap().flatten();
            let files = files.filter_map(|file| fs::read_to_string(file.path()).ok());
            let watches: usize = files.map(|file| file.matches("inotify wd:").count()).sum();
            // Those of the tests beside this one are among them.
            assert!((1..100).contains(&watches), "{watches} folders are watched");
        }
    }

    #[tokio::test]
    async fn changes_that_there_was_no_room_to_tell_are_taken_for_a_change_of_everything() {
        let (_folder, root, mut watch) = app();
        let (sender, events) = mpsc::unbounded_channel();
        watch.events = events;
        let overflow = Event::new(EventKind::Other).set_flag(notify::event::Flag::Rescan);
        sender.send(Ok(overflow)).unwrap();
        let batch = watch.next().await;
        assert_eq!(batch.paths, BTreeSet::from([root.clone()]));
        assert_eq!(watch.folders, BTreeMap::new(), "all are watched anew");
        sender.send(Err(notify::Error::generic("lost"))).unwrap();
        assert_eq!(watch.next().await.paths, BTreeSet::from([root]));
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
