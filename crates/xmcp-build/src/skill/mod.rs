//! The folder `skills/`: every folder in it with a `SKILL.md` is a skill, whose files go into the program as they are.
//!
//! 1. What a host has to trust is computed here: the digest and the size of each file, the front matter as JSON. A change of any
//!    file runs the build script again.
//! 2. A skill that hosts need not take is an error: its name and description (Agent Skills specification), more files or bytes
//!    than a host has to load (Skills extension, "Limits").
//! 3. A path is a URI as it stands. What a URI would have to encode is an error, so that two spellings never name one file.

mod front_matter;
mod mime_type;
mod name;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use self::front_matter::FrontMatter;
use crate::diagnostic::Report;
use crate::{Diagnostics, Place, Skill, SkillFile, Skills, uri};

/// What every skill has at its root.
const SKILL_MD: &str = "SKILL.md";

/// The most files of a skill, and the most bytes of all of them, that every host takes.
const FILES: usize = 512;
const BYTES: u64 = 16 * 1024 * 1024;

/// The skills among the files at `paths`, which are seen from `folder`.
pub(crate) fn read(
    root: &Path,
    folder: &str,
    paths: &[String],
    diagnostics: &mut Diagnostics,
) -> Skills {
    let mut reader = Reader {
        root,
        folder,
        diagnostics,
        skills: Skills::default(),
        indices: BTreeMap::new(),
    };
    let directories: BTreeSet<&str> = paths.iter().filter_map(|path| directory(path)).collect();
    for path in paths {
        if !directories
            .iter()
            .any(|directory| is_inside(path, directory))
        {
            reader.stray(path);
        }
    }
    for directory in directories {
        let inside = paths.iter().filter(|path| is_inside(path, directory));
        reader.skill(directory, &inside.collect::<Vec<_>>());
    }
    reader.skills
}

/// The folder of a skill, if the file is its `SKILL.md`.
fn directory(path: &str) -> Option<&str> {
    path.strip_suffix(SKILL_MD)?.strip_suffix('/')
}

fn is_inside(path: &str, directory: &str) -> bool {
    path.strip_prefix(directory)
        .is_some_and(|rest| rest.starts_with('/'))
}

struct Reader<'a> {
    root: &'a Path,
    folder: &'a str,
    diagnostics: &'a mut Diagnostics,
    skills: Skills,
    /// Which of the files a path is: a file of a nested skill is one of both.
    indices: BTreeMap<String, Option<usize>>,
}

impl Reader<'_> {
    fn skill(&mut self, directory: &str, paths: &[&String]) {
        let manifest = format!("{directory}/{SKILL_MD}");
        if !self.is_within_limits(&manifest, paths) {
            return;
        }
        let Some(front_matter) = self.front_matter(directory, &manifest) else {
            return;
        };
        // `SKILL.md` first: it is what a host asks for first.
        let others = paths.iter().filter(|path| ***path != manifest);
        let paths: Vec<&String> = std::iter::once(&manifest).chain(others.copied()).collect();
        let files: Vec<Option<usize>> = paths.iter().map(|path| self.file(path)).collect();
        let Some(files) = files.into_iter().collect() else {
            return;
        };
        self.skills.list.push(Skill {
            uri: uri_of(&manifest),
            front_matter,
            files,
        });
    }

    /// The front matter as JSON, of a skill that is called as its folder.
    fn front_matter(&mut self, directory: &str, manifest: &str) -> Option<String> {
        let text = self.bytes(manifest)?;
        let file = format!("{}/{manifest}", self.folder);
        let mut report = Report {
            file: &file,
            diagnostics: self.diagnostics,
        };
        let Ok(text) = String::from_utf8(text) else {
            report.error(Place::START, "file is not UTF-8: save it as UTF-8");
            return None;
        };
        let front_matter = FrontMatter::read(&text, &mut report)?;
        let folder = directory.rsplit('/').next().unwrap_or(directory);
        let is_named = name::check(&front_matter, folder, &mut report);
        let is_described = name::check_description(&front_matter, &mut report);
        (is_named && is_described).then(|| front_matter.json())
    }

    fn is_within_limits(&mut self, manifest: &str, paths: &[&String]) -> bool {
        let size =
            |path: &&String| fs::metadata(self.path(path)).map_or(0, |metadata| metadata.len());
        let bytes: u64 = paths.iter().map(size).sum();
        let message = if paths.len() > FILES {
            format!(
                "skill has {} files, more than the {FILES} that every host takes: make it two",
                paths.len()
            )
        } else if bytes > BYTES {
            format!(
                "skill has {bytes} bytes, more than the {BYTES} that every host takes: make it two"
            )
        } else {
            return true;
        };
        self.error(manifest, message);
        false
    }

    /// Adds a file, unless it is there as another skill's, and returns which it is.
    fn file(&mut self, path: &str) -> Option<usize> {
        if let Some(index) = self.indices.get(path) {
            return *index;
        }
        let index = self.read_file(path).map(|file| {
            self.skills.files.push(file);
            self.skills.files.len() - 1
        });
        self.indices.insert(path.to_owned(), index);
        index
    }

    fn read_file(&mut self, path: &str) -> Option<SkillFile> {
        let illegal = path.split('/').enumerate().find_map(|(index, part)| {
            let character = uri::illegal_character(part, index == 0)?;
            Some((part, character))
        });
        if let Some((part, character)) = illegal {
            self.error(
                path,
                format!(
                    "`{part}` has the character `{character}`, which has a meaning in a URI or would be encoded: use `A-Z`, \
                     `a-z`, `0-9`, `-`, `.`, `_` and `~`"
                ),
            );
            return None;
        }
        let bytes = self.bytes(path)?;
        Some(SkillFile {
            path: format!("{}/{path}", self.folder),
            uri: uri_of(path),
            mime_type: mime_type::of(path, &bytes),
            digest: digest(&bytes),
        })
    }

    /// A file that is in no skill. One whose name starts with `_` is meant to be.
    fn stray(&mut self, path: &str) {
        if path.split('/').any(|part| part.starts_with('_')) {
            return;
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        let message = match path.contains('/') {
            _ if name == SKILL_MD => {
                "a skill is a folder: put the file into one that is called as the skill".to_owned()
            }
            true if name.eq_ignore_ascii_case(SKILL_MD) => {
                format!("rename the file to `{SKILL_MD}`, in these letters")
            }
            _ => format!(
                "file is in no skill: put it into a folder with a `{SKILL_MD}`, or start its name with `_`"
            ),
        };
        self.error(path, message);
    }

    fn bytes(&mut self, path: &str) -> Option<Vec<u8>> {
        match fs::read(self.path(path)) {
            Ok(bytes) => Some(bytes),
            Err(error) => {
                self.error(
                    path,
                    format!("cannot be read ({error}): mend it or remove it"),
                );
                None
            }
        }
    }

    fn path(&self, path: &str) -> std::path::PathBuf {
        self.root.join(self.folder).join(path)
    }

    fn error(&mut self, path: &str, message: String) {
        self.diagnostics
            .error(&format!("{}/{path}", self.folder), Place::START, message);
    }
}

fn uri_of(path: &str) -> String {
    format!("skill://{path}")
}

/// As the Skills extension writes it ("Integrity and Verification").
fn digest(bytes: &[u8]) -> String {
    let mut text = String::from("sha256:");
    for byte in Sha256::digest(bytes) {
        let _ = write!(text, "{byte:02x}");
    }
    text
}
