//! Which files a folder holds, in the same order on every platform.

use std::path::Path;

use walkdir::{DirEntry, WalkDir};

use crate::kind::Kind;
use crate::{Diagnostics, Place};

/// What a folder is there for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Folder {
    /// Each file is one of a kind. Files and folders whose name starts with `_`, and `mod.rs`, are helpers.
    Routed(Kind),
    /// Files of any kind that make skills.
    Skills,
}

/// More files and folders than these no folder has, unless a link leads into something that is no part of the app.
const MOST: usize = 20_000;

/// The files of `folder`, seen from there, with `/` between their parts. A missing folder holds none.
///
/// What starts with `.` or looks like an editor's backup is nobody's. Links are followed, except into a folder that holds them: what is
/// around the app may be a whole system.
pub(crate) fn scan(
    root: &Path,
    what: Folder,
    folder: &str,
    diagnostics: &mut Diagnostics,
) -> Vec<String> {
    let start = root.join(folder);
    match start.metadata() {
        Ok(metadata) if metadata.is_dir() => {}
        Ok(_) => {
            diagnostics.error(
                folder,
                Place::START,
                match what {
                    Folder::Routed(kind) => {
                        format!("is a file: make it a folder with a file for each {kind}")
                    }
                    Folder::Skills => {
                        "is a file: make it a folder with a folder for each skill".to_owned()
                    }
                },
            );
            return Vec::new();
        }
        Err(_) if start.symlink_metadata().is_err() => return Vec::new(),
        Err(error) => {
            diagnostics.error(
                folder,
                Place::START,
                format!("cannot be read ({error}): mend it or remove it"),
            );
            return Vec::new();
        }
    }
    let mut walk = WalkDir::new(&start)
        .min_depth(1)
        .follow_links(true)
        .into_iter()
        .filter_entry(|entry| belongs(entry, what));
    let mut found = Diagnostics::default();
    let mut files = Vec::new();
    let mut count = 0;
    while let Some(entry) = walk.next() {
        count += 1;
        if count > MOST {
            let message = format!(
                "holds more than {MOST} files and folders: remove what is no part of the app, or the link that leads to it"
            );
            diagnostics.error(folder, Place::START, message);
            return Vec::new();
        }
        if let Ok(entry) = &entry
            && leads_back(entry)
        {
            walk.skip_current_dir();
            let path = shown(folder, &start, entry.path());
            let message = "link leads to a folder that holds it: remove the link";
            found.error(&path, Place::START, message);
            continue;
        }
        files.extend(file(entry, &start, what, folder, &mut found));
    }
    for problem in found.iter() {
        diagnostics.push(problem.clone());
    }
    files.sort();
    files
}

/// Whether it is a link to a folder around the one that it is in.
fn leads_back(entry: &DirEntry) -> bool {
    if !entry.path_is_symlink() || !entry.file_type().is_dir() {
        return false;
    }
    let above = entry.path().parent().map(Path::canonicalize);
    match (entry.path().canonicalize(), above) {
        (Ok(folder), Some(Ok(above))) => above.starts_with(folder),
        _ => false,
    }
}

/// A path below `start` as people write it.
fn shown(folder: &str, start: &Path, path: &Path) -> String {
    format!(
        "{folder}/{}",
        slashed(path.strip_prefix(start).unwrap_or(path))
    )
}

fn file(
    entry: walkdir::Result<DirEntry>,
    start: &Path,
    what: Folder,
    folder: &str,
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    let shown = |path: &Path| shown(folder, start, path);
    let entry = match entry {
        Ok(entry) => entry,
        Err(error) => {
            let place = error.path().map_or_else(|| folder.to_owned(), shown);
            let message = match (error.loop_ancestor(), error.io_error()) {
                (Some(ancestor), _) => {
                    let ancestor = ancestor.strip_prefix(start).unwrap_or(ancestor);
                    let ancestor = if ancestor.as_os_str().is_empty() {
                        folder
                    } else {
                        &shown(ancestor)
                    };
                    format!("link leads back to `{ancestor}`, which holds it: remove the link")
                }
                (None, Some(error)) => format!("cannot be read ({error}): mend it or remove it"),
                (None, None) => "cannot be read: mend it or remove it".to_owned(),
            };
            diagnostics.error(&place, Place::START, message);
            return None;
        }
    };
    if entry.file_type().is_dir() {
        return None;
    }
    let path = shown(entry.path());
    let Some(name) = entry
        .file_name()
        .to_str()
        .filter(|_| entry.path().strip_prefix(start).is_ok_and(is_text))
    else {
        diagnostics.error(
            &path,
            Place::START,
            "file's path is not UTF-8: give it another name",
        );
        return None;
    };
    if !entry.file_type().is_file() {
        diagnostics.error(
            &path,
            Place::START,
            "is neither a file nor a folder: remove it",
        );
        return None;
    }
    if what != Folder::Skills && !name.ends_with(".rs") {
        let message = format!(
            "unsupported file: only `.rs` files become part of the app; move it out of `{folder}` or start its name with `_`"
        );
        diagnostics.error(&path, Place::START, message);
        return None;
    }
    Some(slashed(entry.path().strip_prefix(start).ok()?))
}

fn belongs(entry: &DirEntry, what: Folder) -> bool {
    let name = entry.file_name().to_string_lossy();
    let is_helper = what != Folder::Skills && (name.starts_with('_') || name == "mod.rs");
    let is_nobodys = name.starts_with('.') || (is_backup(&name) && !entry.file_type().is_dir());
    !is_helper && !is_nobodys
}

/// What editors and version control leave beside a file.
fn is_backup(name: &str) -> bool {
    let ends = ["~", ".bak", ".bk", ".orig", ".rej", ".swp", ".swo", ".tmp"];
    ends.iter().any(|end| name.ends_with(end)) || (name.starts_with('#') && name.ends_with('#'))
}

fn is_text(path: &Path) -> bool {
    path.to_str().is_some()
}

/// The path with `/` between its parts.
fn slashed(path: &Path) -> String {
    let parts: Vec<_> = path
        .components()
        .map(|part| part.as_os_str().to_string_lossy())
        .collect();
    parts.join("/")
}
