//! A package of its own, which cargo builds as it would anybody's.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use tempfile::TempDir;

pub struct Package {
    folder: TempDir,
}

/// What a run of cargo said on its standard error, and whether it succeeded.
pub struct Run {
    pub succeeded: bool,
    pub text: String,
}

impl Package {
    /// A package called `name`, unlike any other of these tests since they share a target folder, with `dependencies`, lines of its manifest, and a build script that calls `xmcp_build::build()`.
    pub fn new(name: &str, dependencies: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let package = Self { folder };
        let build = Path::new(env!("CARGO_MANIFEST_DIR")).display();
        package.write(
            "Cargo.toml",
            &format!(
                "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
                 [dependencies]\n{dependencies}\n[build-dependencies]\nxmcp-build = {{ path = '{build}' }}\n"
            ),
        );
        package.write("build.rs", "fn main() {\n    xmcp_build::build();\n}\n");
        package.write("src/lib.rs", "");
        // The versions that this workspace is built with are at hand without a network.
        let lock = workspace().join("Cargo.lock");
        fs::copy(lock, package.path("Cargo.lock")).expect("the workspace has a lock file");
        package
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("it is below the folder"))
            .expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }

    pub fn remove(&self, path: &str) {
        fs::remove_file(self.path(path)).expect("it was written before");
    }

    pub fn cargo(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
        let output = Command::new(env!("CARGO"))
            .args(arguments)
            .args(["--offline", "--color=never"])
            .current_dir(self.folder.path())
            .env(
                "CARGO_TARGET_DIR",
                Path::new(env!("CARGO_TARGET_TMPDIR")).join("packages"),
            )
            .env("CARGO_PROFILE_DEV_DEBUG", "0")
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env_remove("RA_RUSTC_WRAPPER")
            .envs(variables.iter().copied())
            .output()
            .expect("cargo is there: it runs this test");
        Run {
            succeeded: output.status.success(),
            text: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Run {
    /// The lines that begin with one of `starts`, without that beginning.
    pub fn lines(&self, start: &str) -> Vec<&str> {
        self.text
            .lines()
            .filter_map(|line| line.trim_start().strip_prefix(start))
            .collect()
    }
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
