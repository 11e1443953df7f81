//! Files of other people's: what is there is never written over.

use std::{
    fs::{self, OpenOptions},
    io::{ErrorKind, Write as _},
    path::Path,
};

use crate::{Failure, Result};

/// Writes a file that is not there yet, with the folders that it is in.
pub(crate) fn create(path: &Path, text: &str) -> Result<()> {
    write_new(path, text, OpenOptions::new().write(true).create_new(true))
}

/// The same for a file that its owner alone may read.
pub(crate) fn create_secret(path: &Path, text: &str) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    write_new(path, text, &options)
}

fn write_new(path: &Path, text: &str, options: &OpenOptions) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| unwritten(folder, &error))?;
    }
    let mut file = options.open(path).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => Failure::new(format!("`{}` is there already", path.display()))
            .hint("nothing was written over; remove it first, or choose another name"),
        _ => unwritten(path, &error),
    })?;
    file.write_all(text.as_bytes())
        .map_err(|error| unwritten(path, &error))
}

/// Writes a file anew: beside it first, so that nobody ever sees a half of it.
pub(crate) fn replace(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut beside =
        tempfile::NamedTempFile::new_in(folder).map_err(|error| unwritten(path, &error))?;
    let permissions = fs::metadata(path).map(|metadata| metadata.permissions());
    beside
        .write_all(text.as_bytes())
        .and_then(|()| match permissions {
            Ok(permissions) => beside.as_file().set_permissions(permissions),
            Err(_) => Ok(()),
        })
        .map_err(|error| unwritten(path, &error))?;
    beside
        .persist(path)
        .map_err(|error| unwritten(path, &error.error))?;
    Ok(())
}

fn unwritten(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("`{}` cannot be written", path.display()))
        .because(error)
        .hint("look at who may write there, and whether there is room")
}
