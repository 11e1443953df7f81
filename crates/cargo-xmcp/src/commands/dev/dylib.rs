//! The framework as one shared library, so that a change links what changed and nothing else.
//!
//! 1. It is made of what cargo has built, by rustc itself, beside and not instead of it: what cargo builds for others stays as it is.
//! 2. The app's build script takes it in (`XMCP_DEV_DYLIB`), in development alone.
//! 3. It is an acceleration: whatever is wrong with it, the build goes on without.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::Stdio,
};

use tokio::process::Command;

/// The variable that names its folder to the app's build script.
pub(super) const VARIABLE: &str = "XMCP_DEV_DYLIB";
/// What the crate is called there.
const NAME: &str = "xmcp_dylib";

/// What it is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parts {
    /// The framework as a library.
    pub(super) framework: PathBuf,
    /// Where the libraries are that build scripts have made.
    pub(super) native: Vec<String>,
}

/// A library that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dylib {
    folder: PathBuf,
    system: PathBuf,
    parts: Parts,
}

impl Dylib {
    /// Makes it, in the target folder.
    ///
    /// # Errors
    ///
    /// When rustc cannot be started, or cannot make it.
    pub(super) async fn make(root: PathBuf, target: PathBuf, parts: Parts) -> io::Result<Self> {
        // Apps that share a target folder may be built with frameworks that differ.
        let which = parts.framework.file_stem().unwrap_or_default();
        let folder = target.join("xmcp-dev").join(which);
        fs::create_dir_all(&folder)?;
        let source = folder.join("lib.rs");
        fs::write(&source, "#![allow(missing_docs)]\npub extern crate xmcp;\n")?;
        let rustc = || {
            let mut command = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
            command
                .current_dir(&root)
                .stdin(Stdio::null())
                .stderr(Stdio::piped())
                .kill_on_drop(true);
            command
        };
        let dependencies = parts.framework.parent().unwrap_or(Path::new("."));
        let mut make = rustc();
        make.args(["--edition=2024", "--crate-type=dylib", "--crate-name", NAME])
            .args(["-C", "prefer-dynamic", "-C", "debuginfo=0"])
            .arg(&source)
            .arg("--extern")
            .arg(joined("xmcp=", &parts.framework))
            .arg("-L")
            .arg(joined("dependency=", dependencies))
            .arg("--out-dir")
            .arg(&folder);
        for native in &parts.native {
            make.args(["-L", native]);
        }
        let made = make.output().await?;
        if !made.status.success() {
            return Err(io::Error::other(
                String::from_utf8_lossy(&made.stderr).into_owned(),
            ));
        }
        let system = rustc()
            .args(["--print", "target-libdir"])
            .output()
            .await?
            .stdout;
        let system = PathBuf::from(String::from_utf8_lossy(&system).trim());
        Ok(Self {
            folder,
            system,
            parts,
        })
    }

    /// The folder that it is in.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether it is made of these.
    pub(super) fn is_of(&self, parts: &Parts) -> bool {
        self.parts == *parts
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

fn joined(before: &str, path: &Path) -> std::ffi::OsString {
    let mut text = std::ffi::OsString::from(before);
    text.push(path);
    text
}
