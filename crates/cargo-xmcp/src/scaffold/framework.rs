//! Where an app gets the framework from: a checkout of it, until its crates are published.

use std::{
    fs,
    path::{Path, PathBuf},
};

use toml_edit::{DocumentMut, Item};

use crate::{Failure, Result};

/// A checkout of the framework.
#[derive(Clone, Debug)]
pub(crate) struct Framework {
    root: PathBuf,
}

impl Framework {
    /// The one at `path`, or the one that this program was built from.
    pub(crate) fn find(path: Option<&Path>) -> Result<Self> {
        let built_from = || Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2);
        let Some(root) = path.or_else(built_from) else {
            return Err(Failure::new(
                "this program was built outside of a checkout of the framework",
            )
            .hint("name one with `--path DIR`"));
        };
        let root = std::path::absolute(root).map_err(|error| {
            Failure::new(format!("`{}` is no folder", root.display()))
                .because(&error)
                .hint("name a checkout of the framework with `--path DIR`")
        })?;
        if !root.join("crates/xmcp/Cargo.toml").is_file() {
            return Err(Failure::new(format!(
                "`{}` is no checkout of the framework: it has no crates/xmcp/Cargo.toml",
                root.display()
            ))
            .hint("name one with `--path DIR`, the folder that its Cargo.lock is in"));
        }
        if root.to_str().is_none() {
            return Err(
                Failure::new(format!("the path `{}` is not UTF-8", root.display()))
                    .hint("Cargo.toml cannot hold it: move the checkout elsewhere"),
            );
        }
        Ok(Self { root })
    }

    /// The folder that it is in.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of one of its crates, as Cargo.toml has paths on every platform.
    pub(crate) fn folder(&self, name: &str) -> String {
        let root = self.root.to_string_lossy().replace('\\', "/");
        format!("{}/crates/{name}", root.trim_end_matches('/'))
    }

    /// How its own app is built for development and for use, as its Cargo.toml has it: so it was measured. Nothing if there is none.
    pub(crate) fn profiles(&self) -> String {
        let text = fs::read_to_string(self.root.join("Cargo.toml")).unwrap_or_default();
        let Ok(mut manifest) = text.parse::<DocumentMut>() else {
            return String::new();
        };
        manifest.retain(|name, _| name == "profile");
        if let Some(profiles) = manifest.get_mut("profile").and_then(Item::as_table_mut) {
            profiles.retain(|name, _| matches!(name, "dev" | "release"));
        }
        manifest.set_trailing("");
        manifest.to_string().trim().to_owned() + "\n"
    }

    /// The versions of all dependencies with which it was tested, as its Cargo.lock has them. Cargo leaves out what an app does not need.
    pub(crate) fn lock(&self) -> Option<String> {
        fs::read_to_string(self.root.join("Cargo.lock")).ok()
    }
}
