//! Which platform a build is for, and how it is linked.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{Failure, Result};

const CRT_STATIC: &str = "target-feature=+crt-static";

/// The platform of a build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// Its name; the machine's own if cargo is not told one.
    pub(super) triple: String,
    is_named: bool,
    link: Link,
    /// What this machine has not that a build for it takes.
    lacks: Option<String>,
}

/// How the binary gets its libraries.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Link {
    /// As the target does it.
    Usual,
    /// Musl, which is linked into it.
    Musl,
    /// The target's own C library, linked into it. With what keeps musl from being used.
    CrtStatic { instead: Option<String> },
}

/// What is installed on this machine.
struct Toolchain {
    host: String,
    libraries: PathBuf,
}

impl Target {
    /// The one that is asked for. A static build for this machine is for musl, where that is installed.
    pub(super) fn choose(asked: Option<&str>, is_static: bool) -> Result<Self> {
        let toolchain = Toolchain::find()?;
        let triple = asked.unwrap_or(&toolchain.host);
        let lacks = asked.and_then(|triple| toolchain.lacks(triple));
        if !is_static {
            return Ok(Self {
                triple: triple.to_owned(),
                is_named: asked.is_some(),
                link: Link::Usual,
                lacks,
            });
        }
        if triple.contains("-apple-") {
            return Err(
                Failure::new(format!("there are no static binaries for {triple}"))
                    .hint("leave out `--static`; what macOS brings is all that the binary needs"),
            );
        }
        let named = |triple: String, link| Self {
            triple,
            is_named: true,
            link,
            lacks: lacks.clone(),
        };
        if triple.contains("-musl") {
            return Ok(named(triple.to_owned(), Link::Musl));
        }
        if asked.is_some() || !triple.ends_with("-linux-gnu") {
            let link = Link::CrtStatic { instead: None };
            return Ok(named(triple.to_owned(), link));
        }
        let musl = triple.replace("-gnu", "-musl");
        Ok(match toolchain.lacks(&musl) {
            None => named(musl, Link::Musl),
            instead => named(triple.to_owned(), Link::CrtStatic { instead }),
        })
    }

    /// What a static build is, for the person who asked for it.
    pub(super) fn note(&self) -> Option<String> {
        match &self.link {
            Link::Usual => None,
            Link::Musl => Some(format!(
                "for {}: musl is linked into the binary",
                self.triple
            )),
            Link::CrtStatic { instead } => {
                let mut note = format!(
                    "for {}: its C library is linked into the binary (`-C {CRT_STATIC}`)",
                    self.triple
                );
                if let Some(missing) = instead {
                    note += &format!(
                        "\n       glibc asks the libraries of the machine for host names all the same. With musl nothing is left to ask for, \
                         but {missing}"
                    );
                }
                Some(note)
            }
        }
    }

    /// What to do about a build that failed, where that is seen from what is missing here.
    pub(super) fn remedy(&self) -> Option<&str> {
        self.lacks.as_deref()
    }

    /// Tells cargo. A target is named even if it is this machine's, so that build scripts and macros are built as ever.
    pub(super) fn apply(&self, cargo: &mut Command) {
        if self.is_named {
            cargo.args(["--target", &self.triple]);
        }
        if !matches!(self.link, Link::CrtStatic { .. }) {
            return;
        }
        // The variables make cargo look at nothing else, the configuration of whoever sets them included.
        let encoded = env::var("CARGO_ENCODED_RUSTFLAGS").ok();
        let plain = env::var("RUSTFLAGS").ok();
        match (encoded, plain) {
            (Some(flags), _) => {
                cargo.env(
                    "CARGO_ENCODED_RUSTFLAGS",
                    format!("{flags}\x1f-C\x1f{CRT_STATIC}"),
                );
            }
            (None, Some(flags)) => {
                cargo.env("RUSTFLAGS", format!("{flags} -C {CRT_STATIC}"));
            }
            (None, None) => {
                let triple = &self.triple;
                cargo.arg("--config").arg(format!(
                    "target.{triple}.rustflags=[\"-C\", \"{CRT_STATIC}\"]"
                ));
            }
        }
    }
}

impl Toolchain {
    fn find() -> Result<Self> {
        let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let ask = |flags: &[&str]| {
            let output = Command::new(&rustc).args(flags).output();
            output
                .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
                .map_err(|error| {
                    Failure::new("rustc cannot be run")
                        .because(&error)
                        .hint("install it with rustup, or set `RUSTC` to where it is")
                })
        };
        let version = ask(&["--version", "--verbose"])?;
        let host = version
            .lines()
            .find_map(|line| line.strip_prefix("host: "))
            .unwrap_or_default();
        let sysroot = ask(&["--print", "sysroot"])?;
        Ok(Self {
            host: host.to_owned(),
            libraries: Path::new(sysroot.trim()).join("lib/rustlib"),
        })
    }

    /// What keeps this target from being built for, and how to get it.
    fn lacks(&self, triple: &str) -> Option<String> {
        let is_musl = triple.contains("-musl");
        if !self.libraries.join(triple).join("lib").is_dir() {
            let compiler = match is_musl {
                true => "a C compiler for it (`musl-tools`)",
                false => "a C compiler and a linker for it",
            };
            return Some(format!(
                "that takes `rustup target add {triple}`, and {compiler}"
            ));
        }
        if !is_musl {
            return None;
        }
        let musl = triple;
        let of_target = format!("CC_{}", musl.replace('-', "_"));
        let is_set = |name: &str| env::var_os(name).is_some();
        let is_installed = || {
            let folders = env::var_os("PATH").unwrap_or_default();
            env::split_paths(&folders).any(|folder| {
                let architecture = musl.split('-').next().unwrap_or_default();
                folder.join("musl-gcc").is_file()
                    || folder
                        .join(format!("{architecture}-linux-musl-gcc"))
                        .is_file()
            })
        };
        (!is_set(&of_target) && !is_set("TARGET_CC") && !is_installed()).then(|| {
            format!("there is no C compiler for {musl}: install `musl-tools`, or set `{of_target}`")
        })
    }
}
