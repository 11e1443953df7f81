//! The app that a command is about: its package, and where its folder is.

use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, MetadataCommand, Package, TargetKind};
use clap::Args;

use crate::{Failure, Result};

/// Which app is meant.
#[derive(Args, Debug, Default)]
pub(crate) struct Selection {
    /// The `Cargo.toml` of the app, or the folder that it is in; else it is looked for from here upwards
    #[arg(long, value_name = "PATH")]
    manifest_path: Option<PathBuf>,

    /// Which package of the workspace is the app
    #[arg(short, long, value_name = "NAME")]
    package: Option<String>,
}

impl Selection {
    /// Whether somebody said which; else it is the app of the folder, if there is one.
    pub(crate) fn is_named(&self) -> bool {
        self.manifest_path.is_some() || self.package.is_some()
    }
}

/// An app on this machine.
#[derive(Debug)]
pub struct Project {
    metadata: Metadata,
    package: Package,
    root: PathBuf,
}

impl Project {
    /// The app that `selection` names: a package with a build dependency on `xmcp-build`. Without a name it is the package of the folder,
    /// or the only one of the workspace.
    pub(crate) fn find(selection: &Selection) -> Result<Self> {
        let mut command = MetadataCommand::new();
        command.no_deps();
        if let Some(path) = &selection.manifest_path {
            let manifest = if path.is_dir() {
                path.join("Cargo.toml")
            } else {
                path.clone()
            };
            command.manifest_path(manifest);
        }
        let metadata = command.exec().map_err(|error| {
            let failure = Failure::new("no app here: cargo finds no package");
            let failure = match &error {
                // What cargo says, without the announcement that it says something.
                cargo_metadata::Error::CargoMetadata { stderr } => {
                    failure.note(stderr.trim().trim_start_matches("error: "))
                }
                error => failure.because(error),
            };
            failure.hint("go into the folder of one, name it with `--manifest-path`, or make one: `cargo xmcp new my-server`")
        })?;
        let package = choose(&metadata, selection.package.as_deref())?.clone();
        let root = package
            .manifest_path
            .parent()
            .map(|folder| folder.as_std_path().to_owned())
            .ok_or_else(|| Failure::new(format!("`{}` is in no folder", package.manifest_path)))?;
        Ok(Self {
            metadata,
            package,
            root,
        })
    }

    /// The folder that its `Cargo.toml` is in.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The name of its package.
    pub fn name(&self) -> &str {
        &self.package.name
    }

    /// Its package, as cargo sees it.
    pub fn package(&self) -> &Package {
        &self.package
    }

    /// Whether its folder is that of the workspace.
    pub fn is_workspace_root(&self) -> bool {
        self.metadata.workspace_root.as_std_path() == self.root
    }

    /// The folders of the workspace's packages that it is built of, its own aside.
    pub fn local_packages(&self) -> Vec<PathBuf> {
        let mut found: Vec<&Package> = Vec::new();
        let mut next = vec![&self.package];
        while let Some(package) = next.pop() {
            let of_paths = package
                .dependencies
                .iter()
                .filter_map(|of| of.path.as_ref());
            for path in of_paths {
                let known = self.metadata.packages.iter().find(|package| {
                    package.manifest_path.parent() == Some(path)
                        && found.iter().all(|other| other.id != package.id)
                        && package.id != self.package.id
                });
                found.extend(known);
                next.extend(known);
            }
        }
        let folders = found
            .iter()
            .filter_map(|package| package.manifest_path.parent());
        folders
            .map(|folder| folder.as_std_path().to_owned())
            .collect()
    }

    /// The folder of the workspace's `Cargo.toml` and `Cargo.lock`.
    pub fn workspace_root(&self) -> &Path {
        self.metadata.workspace_root.as_std_path()
    }

    /// Where cargo puts what it builds.
    pub fn target_directory(&self) -> &Path {
        self.metadata.target_directory.as_std_path()
    }

    /// The name of its binary: the package's `default-run`, or the only one.
    pub fn binary(&self) -> Result<&str> {
        if let Some(name) = &self.package.default_run {
            return Ok(name);
        }
        let binaries: Vec<_> = self
            .package
            .targets
            .iter()
            .filter(|target| target.kind.contains(&TargetKind::Bin))
            .map(|target| target.name.as_str())
            .collect();
        match binaries[..] {
            [only] => Ok(only),
            [] => Err(Failure::new(format!("`{}` has no binary", self.name()))
                .hint("write src/main.rs: `cargo xmcp init` makes one")),
            _ => Err(Failure::new(format!(
                "`{}` has several binaries: {}",
                self.name(),
                binaries.join(", ")
            ))
            .hint("write which of them serves as `default-run` into the `[package]` of its Cargo.toml")),
        }
    }
}

fn choose<'a>(metadata: &'a Metadata, name: Option<&str>) -> Result<&'a Package> {
    let packages = metadata.workspace_packages();
    if let Some(name) = name {
        return packages
            .into_iter()
            .find(|package| package.name == name)
            .ok_or_else(|| {
                Failure::new(format!("the workspace has no package `{name}`"))
                    .hint("`cargo metadata --no-deps` names those that it has")
            });
    }
    if let Some(package) = metadata.root_package() {
        return Ok(package);
    }
    let apps: Vec<_> = packages
        .into_iter()
        .filter(|package| is_app(package))
        .collect();
    match apps[..] {
        [only] => Ok(only),
        [] => Err(Failure::new(
            "the workspace has no app: none of its packages has a build dependency on `xmcp-build`",
        )
        .hint("make one with `cargo xmcp new`, or of a package with `cargo xmcp init`")),
        _ => Err(Failure::new(format!(
            "the workspace has several apps: {}",
            apps.iter()
                .map(|package| package.name.as_str())
                .collect::<Vec<_>>()
                .join(", ")
        ))
        .hint("say which one with `--package NAME`")),
    }
}

fn is_app(package: &Package) -> bool {
    package
        .dependencies
        .iter()
        .any(|dependency| dependency.name == "xmcp-build")
}
