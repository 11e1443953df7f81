//! The files of a corpus.

use std::{fs, path::Path};

/// One file of a corpus.
#[derive(Clone, Debug)]
pub struct Seed {
    /// The file's name, which says what it is.
    pub name: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// The files of `fuzz/corpus/<target>/`, in the order of their names.
///
/// # Panics
///
/// The folder or a file of it cannot be read.
pub fn seeds(target: &str) -> Vec<Seed> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    seeds_in(&corpus.join(target))
}

/// The files of a folder, in the order of their names.
///
/// # Panics
///
/// The folder or a file of it cannot be read.
pub fn seeds_in(folder: &Path) -> Vec<Seed> {
    let read = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut seeds: Vec<Seed> = read
        .map(|entry| {
            let path = entry.expect("the folder can be read").path();
            let bytes =
                fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let name = path.file_name().unwrap_or_default();
            Seed {
                name: name.to_string_lossy().into_owned(),
                bytes,
            }
        })
        .collect();
    seeds.sort_by(|one, other| one.name.cmp(&other.name));
    seeds
}
