//! The libraries of an app as one shared library, the framework first of all, so that a change links what changed and nothing else.
//!
//! 1. It is made of what cargo has built, by rustc itself, beside and not instead of it: what cargo builds for others stays as it is.
//! 2. Its folder is named after what it is made of, and is there as a whole or not at all: several apps, and several of these commands, share
//!    a target folder, and none changes what another is about to start with.
//! 3. It is an acceleration: whatever is wrong with it, the build goes on without.

use std::{
    env,
    ffi::OsString,
    fs::{self, File},
    hash::{DefaultHasher, Hash, Hasher},
    io,
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::Command,
};

use super::work::Work;

/// The variable that names its folder to the app's build script.
pub(super) const VARIABLE: &str = "XMCP_DEV_DYLIB";
/// What the crate is called there.
const NAME: &str = "xmcp_dylib";
/// How the names of all such folders begin.
const PREFIX: &str = "libraries-";
/// The file in its folder that says what it was made of. Who uses the library holds a lock on it.
const PARTS: &str = "parts";

/// What it is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parts {
    /// Each with the name that the app has for it.
    pub(super) libraries: Vec<(String, PathBuf)>,
    /// Where other libraries are, as `-L` has it.
    pub(super) search: Vec<String>,
    /// For which machine, where somebody said so.
    pub(super) target: Option<String>,
}

impl Parts {
    fn key(&self) -> String {
        let libraries = self.libraries.iter().map(|(_, path)| path.as_path());
        format!("{PREFIX}{:016x}", key(libraries))
    }
}

fn key<'a>(libraries: impl Iterator<Item = &'a Path>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for library in libraries {
        let file = fs::metadata(library).ok();
        let modified = file.as_ref().and_then(|file| file.modified().ok());
        (library, modified, file.map(|file| file.len())).hash(&mut hasher);
    }
    hasher.finish()
}

/// A library that was made.
#[derive(Clone, Debug)]
pub(super) struct Dylib {
    folder: PathBuf,
    system: PathBuf,
    parts: Parts,
    /// It is not removed while somebody has this.
    _lock: Arc<File>,
}

impl Dylib {
    /// Makes it for the app in `root`, in the target folder, unless it is there already. Removes those that nobody uses, and of which the
    /// libraries are others now.
    ///
    /// # Errors
    ///
    /// When rustc cannot be started, or cannot make it.
    pub(super) async fn make(root: &Path, target: &Path, parts: Parts) -> io::Result<Self> {
        let all = target.join("xmcp-dev");
        fs::create_dir_all(&all)?;
        let key = parts.key();
        let folder = all.join(&key);
        if !folder.is_dir() {
            // Beside its place, so that it can be moved there in one step.
            let making = tempfile::Builder::new()
                .prefix(".making-")
                .tempdir_in(&all)?;
            compile(root, &parts, making.path()).await?;
            if parts.key() != key {
                return Err(io::Error::other("the libraries changed meanwhile"));
            }
            // Another one may have been faster, and what it made is the same.
            let _ = fs::rename(making.path(), &folder);
        }
        let lock = File::open(folder.join(PARTS))?;
        lock.lock_shared()?;
        remove_stale(&all);
        let system = rustc(root)
            .args(["--print", "target-libdir"])
            .output()
            .await?;
        let system = PathBuf::from(String::from_utf8_lossy(&system.stdout).trim());
        Ok(Self {
            folder,
            system,
            parts,
            _lock: Arc::new(lock),
        })
    }

    /// The folder that it is in.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether it is made of these, as they are now.
    pub(super) fn is_of(&self, parts: &Parts) -> bool {
        self.parts == *parts && self.folder.file_name() == Some(parts.key().as_ref())
    }

    /// Whether what it is made of is as it was.
    pub(super) fn is_as_before(&self) -> bool {
        self.is_of(&self.parts)
    }

    /// Where a program that is linked with it looks for libraries, as `LD_LIBRARY_PATH` has it.
    pub(super) fn search_path(&self) -> String {
        let before = env::var_os("LD_LIBRARY_PATH").filter(|value| !value.is_empty());
        let folders = [self.folder.clone(), self.system.clone()];
        let all = folders
            .into_iter()
            .chain(before.iter().flat_map(env::split_paths));
        env::join_paths(all)
            .map(|paths| paths.to_string_lossy().into_owned())
            .unwrap_or_default()
    }
}

fn rustc(root: &Path) -> Command {
    let mut command = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    command
        .current_dir(root)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

async fn compile(root: &Path, parts: &Parts, folder: &Path) -> io::Result<()> {
    let mut make = rustc(root);
    make.args(["--edition=2024", "--crate-type=dylib", "--crate-name", NAME])
        .args(["-C", "prefer-dynamic", "-C", "debuginfo=0"])
        // What it calls of itself need not be looked for at each start of a program, among ninety thousand names.
        .args(["-C", "link-arg=-Wl,-Bsymbolic-functions"])
        // Else the crate would be another one for each app that it is made for.
        .arg("--remap-path-prefix")
        .arg(joined(root, "=/"))
        .arg("--out-dir")
        .arg(folder);
    let mut source = "#![allow(missing_docs)]\n".to_owned();
    let mut list = String::new();
    for (name, path) in &parts.libraries {
        let mut named = OsString::from(format!("{name}="));
        named.push(path);
        make.arg("--extern").arg(named);
        source.push_str(&format!("pub extern crate {name};\n"));
        list.push_str(&format!("{}\n", path.display()));
    }
    for search in &parts.search {
        make.args(["-L", search]);
    }
    if let Some(target) = &parts.target {
        make.args(["--target", target]);
    }
    let mut work = Work::fed(make.arg("-"))?;
    if let Some(mut input) = work.child.stdin.take() {
        input.write_all(source.as_bytes()).await?;
    }
    let mut said = Vec::new();
    if let Some(mut stderr) = work.child.stderr.take() {
        stderr.read_to_end(&mut said).await?;
    }
    if !work.succeeded().await? {
        return Err(io::Error::other(String::from_utf8_lossy(&said)));
    }
    fs::write(folder.join(PARTS), list)
}

/// Removes what was made of libraries that are no longer so, unless somebody uses it.
fn remove_stale(all: &Path) {
    let Ok(entries) = fs::read_dir(all) else {
        return;
    };
    for entry in entries.flatten() {
        let folder = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(made_of) = name.strip_prefix(PREFIX) else {
            continue;
        };
        let list = fs::read_to_string(folder.join(PARTS)).unwrap_or_default();
        let is_current = made_of == format!("{:016x}", key(list.lines().map(Path::new)));
        let is_used = File::open(folder.join(PARTS)).is_ok_and(|file| file.try_lock().is_err());
        if !is_current && !is_used {
            // What cannot be removed now is tried again next time.
            let _ = fs::remove_dir_all(&folder);
        }
    }
}

fn joined(path: &Path, after: &str) -> OsString {
    let mut text = path.as_os_str().to_owned();
    text.push(after);
    text
}
