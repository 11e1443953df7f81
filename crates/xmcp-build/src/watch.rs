//! Which paths cargo has to watch, those that are not there yet included.
//!
//! Cargo takes a watched path that is missing for a reason to build anew each time, and cannot watch a folder without what is
//! below it, `target` included. So a folder of links stands in for what is missing: cargo passes over links that lead
//! nowhere, and the day one leads somewhere, it sees something newer than the last build.

use std::path::{Path, PathBuf};
use std::{fs, io, time};

/// What to tell cargo about `inputs`, which are seen from `root`.
pub(crate) fn paths(root: &Path, output: &Path, inputs: &[PathBuf]) -> Vec<PathBuf> {
    let (mut present, mut missing): (Vec<_>, Vec<_>) = inputs
        .iter()
        .cloned()
        .partition(|path| root.join(path).exists());
    missing.sort();
    missing.dedup();
    let links = output.join("missing");
    match link_all(root, &links, &missing) {
        Ok(()) => present.push(links),
        // Where links cannot be had, the folder around a missing file says when it comes.
        Err(_) => present.extend(missing.iter().filter_map(|path| parent(root, path))),
    }
    present.sort();
    present.dedup();
    present
}

fn parent(root: &Path, path: &Path) -> Option<PathBuf> {
    let parent = path.parent()?;
    (!parent.as_os_str().is_empty() && root.join(parent).is_dir()).then(|| parent.to_owned())
}

/// Makes the folder hold a new link for each path, and nothing else. The links are new so that even an old file, moved to
/// where one leads, makes something newer than the last build.
fn link_all(root: &Path, links: &Path, missing: &[PathBuf]) -> io::Result<()> {
    fs::create_dir_all(links)?;
    for entry in fs::read_dir(links)? {
        fs::remove_file(entry?.path())?;
    }
    for path in missing {
        symlink(&root.join(path), &links.join(link_name(path)))?;
    }
    // Cargo counts a build from the start of its script: a folder that changed meanwhile would be news to the next one.
    fs::File::open(links)?.set_modified(time::SystemTime::UNIX_EPOCH)
}

fn link_name(path: &Path) -> String {
    path.to_string_lossy().replace(['/', '\\', ':'], "_")
}

#[cfg(unix)]
fn symlink(target: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

/// Elsewhere links are a privilege.
#[cfg(not(unix))]
fn symlink(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}
