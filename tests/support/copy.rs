//! A copy of the app, beside the original with its lock file and its target folder, so that only the copy itself is compiled.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

/// Those that the app has from the beginning. What others need, such as a provider, is not every copy's.
const TOOLS: [&str; 2] = ["tools/greet.rs", "tools/whoami.rs"];

/// A copy of this app under another name, in a folder of its own.
pub struct Copy {
    name: &'static str,
    folder: TempDir,
}

impl Copy {
    pub fn new(name: &'static str) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        for entry in ["Cargo.lock", "build.rs", "xmcp.toml", "src"]
            .into_iter()
            .chain(TOOLS)
        {
            copy(&root.join(entry), &folder.path().join(entry));
        }
        // A workspace of its own, with the crates where they are. Under another name, because cargo would take a package of
        // the same name and version for the original, whose files it then would replace.
        let crates = root.join("crates").to_string_lossy().replace('\\', "/");
        let manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
        let manifest = manifest
            .replace("members = [", "members = []\nexclude = [")
            .replace(r#"path = "crates/"#, &format!(r#"path = "{crates}/"#))
            .replace(r#"name = "xmcp-app""#, &format!("name = \"{name}\""));
        let manifest = format!("{manifest}\n[lib]\nname = \"xmcp_app\"\n");
        fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
        Self { name, folder }
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn remove(&self, path: &str) {
        fs::remove_file(self.folder.path().join(path)).unwrap();
    }

    /// Builds as a person would, without network, and returns what cargo said.
    pub fn build(&self) -> String {
        let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .current_dir(self.folder.path())
            .args([
                "build",
                "--verbose",
                "--offline",
                "--bins",
                "--profile",
                profile(),
                "--target-dir",
            ])
            .arg(target())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        said
    }

    /// The built binary.
    pub fn binary(&self) -> PathBuf {
        binary().with_file_name(format!("{}{}", self.name, std::env::consts::EXE_SUFFIX))
    }
}

fn copy(from: &Path, to: &Path) {
    if from.is_file() {
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
        return;
    }
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        copy(&entry.path(), &to.join(entry.file_name()));
    }
}

/// The original's binary, in `<target folder>/<profile>/`.
fn binary() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_xmcp-app"))
}

fn target() -> PathBuf {
    binary().ancestors().nth(2).unwrap().to_owned()
}

fn profile() -> &'static str {
    let folder = Path::new(env!("CARGO_BIN_EXE_xmcp-app"))
        .parent()
        .and_then(Path::file_name);
    match folder.and_then(|folder| folder.to_str()) {
        Some("debug") | None => "dev",
        Some(profile) => profile,
    }
}
