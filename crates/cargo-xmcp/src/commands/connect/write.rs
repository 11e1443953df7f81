//! A client's configuration as a file: read with a limit, kept beside, and replaced in one step.

use std::{
    fs, io,
    io::{ErrorKind, Read, Write},
    path::{Path, PathBuf},
};

use serde_json::Value;
use tempfile::NamedTempFile;

use super::client::Scope;
use crate::{Failure, Result};

/// How large a configuration may be.
const LARGEST: u64 = 64 * 1024 * 1024;

/// What is to stand in the file.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    pub(super) file: &'a Path,
    /// What the servers are below.
    pub(super) key: &'a str,
    pub(super) name: &'a str,
    pub(super) entry: &'a Value,
    /// Whether another entry of this name is replaced.
    pub(super) force: bool,
}

impl Asked<'_> {
    /// The file is not what its client would read.
    pub(super) fn unreadable(&self, why: String) -> Failure {
        Failure::new(format!("{} is not in order", self.file.display()))
            .note(why)
            .hint("mend it first, or add by hand what `--print` prints; nothing was written")
    }

    /// There is an entry of this name, and it is another one.
    pub(super) fn other(&self) -> Failure {
        Failure::new(format!(
            "{} has another `{}` already",
            self.file.display(),
            self.name
        ))
        .hint("give this one another name with `--name`, or replace it with `--force`")
    }
}

/// Nothing if the file is in the folder, links followed: who has made the folder does not choose which file of yours is written.
pub(super) fn inside(file: &Path, folder: &Path) -> Result<()> {
    let is_there = |path: &&Path| path.symlink_metadata().is_ok();
    let nearest = file.ancestors().find(is_there).unwrap_or(folder);
    let place = fs::canonicalize(nearest)
        .ok()
        .zip(fs::canonicalize(folder).ok());
    match place {
        Some((place, folder)) if place.starts_with(&folder) => Ok(()),
        _ => Err(Failure::new(format!(
            "{} leads out of {}",
            file.display(),
            folder.display()
        ))
        .hint("remove the link, or use `--scope user`; nothing was written")),
    }
}

/// What the file says; nothing if it is not there.
pub(super) fn read(file: &Path) -> Result<String> {
    let mut text = String::new();
    match (fs::metadata(file), file.is_symlink()) {
        // To open a pipe is to wait for whoever writes into it.
        (Ok(found), _) if !found.is_file() => {
            return Err(Failure::new(format!("{} is no file", file.display()))
                .hint("look what stands at its place; nothing was written"));
        }
        // The file would take the link's place, and not be where its owner wants it.
        (Err(error), true) if error.kind() == ErrorKind::NotFound => {
            return Err(Failure::new(format!(
                "{} is a link, and what it leads to is not there",
                file.display()
            ))
            .hint("make the file that it leads to, or remove the link; nothing was written"));
        }
        _ => {}
    }
    let read =
        fs::File::open(file).and_then(|open| open.take(LARGEST + 1).read_to_string(&mut text));
    let is_too_long = text.len() as u64 > LARGEST;
    match read {
        Ok(_) if is_too_long => Err(Failure::new(format!(
            "{} is longer than {} MiB",
            file.display(),
            LARGEST >> 20
        ))
        .hint("no client's configuration is: look what is in it; nothing was written")),
        Ok(_) => Ok(text),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(text),
        Err(error) => Err(Failure::new(format!("{} cannot be read", file.display()))
            .because(&error)
            .hint("look at who may read it, and whether it is UTF-8")),
    }
}

/// Puts `text` in the place of the file, and says where the old one is kept. Whoever reads meanwhile sees the one or the other.
pub(super) fn replace(file: &Path, text: &str, scope: Scope) -> Result<Option<PathBuf>> {
    // A link of somebody's who keeps such files elsewhere stays one.
    let file = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    written(&file, text, scope).map_err(|error| {
        Failure::new(format!("{} cannot be written", file.display()))
            .because(&error)
            .hint("look at who may write there, and whether there is room; nothing was changed")
    })
}

fn written(file: &Path, text: &str, scope: Scope) -> io::Result<Option<PathBuf>> {
    let folder = match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder)?;
    let mut new = NamedTempFile::new_in(folder)?;
    new.write_all(text.as_bytes())?;
    new.as_file().sync_all()?;
    let backup = match fs::metadata(file) {
        Ok(old) => {
            fs::set_permissions(new.path(), old.permissions())?;
            Some(backup(file, folder, &old)?)
        }
        Err(_) => {
            shared(&new, scope)?;
            None
        }
    };
    new.persist(file)?;
    Ok(backup)
}

/// A folder's configuration is for everybody in it; the user's stays the user's.
fn shared(new: &NamedTempFile, scope: Scope) -> io::Result<()> {
    #[cfg(unix)]
    if scope == Scope::Project {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(new.path(), fs::Permissions::from_mode(0o644))?;
    }
    #[cfg(not(unix))]
    let _ = (new, scope);
    Ok(())
}

/// Keeps the file under a name beside it that is free: neither an older backup is written over, nor what a link of that name leads to.
fn backup(file: &Path, folder: &Path, old: &fs::Metadata) -> io::Result<PathBuf> {
    let mut copy = NamedTempFile::new_in(folder)?;
    io::copy(&mut fs::File::open(file)?, &mut copy)?;
    fs::set_permissions(copy.path(), old.permissions())?;
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    for number in 1..1000 {
        let backup = match number {
            1 => file.with_file_name(format!("{name}.bak")),
            number => file.with_file_name(format!("{name}.bak{number}")),
        };
        match copy.persist_noclobber(&backup) {
            Ok(_) => return Ok(backup),
            Err(error) if error.error.kind() == ErrorKind::AlreadyExists => copy = error.file,
            Err(error) => return Err(error.error),
        }
    }
    Err(io::Error::other("there are a thousand backups beside it"))
}
