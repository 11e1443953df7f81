//! What has to stay as it is so that rustc alone makes of an edit what cargo would make of it.
//!
//! 1. Cargo compiles the app with one command line. It changes with manifests, the lock file, cargo's configuration, the toolchain and the
//!    packages that the app is built of: all of them are compared before each build.
//! 2. The app's build script does what `xmcp_build::build()` does and nothing else, and what it wrote is what we would have written. What
//!    is generated later may differ in its texts (a description, the line that a handler is in); when more than that differs, the build script
//!    itself has to run.
//! 3. The program is `xmcp::run(app())` and nothing else, so that the library can be compiled as the program.

use std::{
    env, fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use super::{dylib::Parts, invocation::Invocation, stamps::Stamps};

/// A build of cargo's that can be repeated without it.
#[derive(Clone, Debug)]
pub(super) struct Ground {
    pub(super) invocation: Invocation,
    /// What cargo says that the program is made of, other packages included.
    pub(super) files: Vec<PathBuf>,
    skeleton: String,
    folders: Vec<PathBuf>,
    sources: Stamps,
    made: Stamps,
}

/// A build that succeeded.
#[derive(Clone, Debug)]
pub(super) struct Success<'a> {
    /// The app's folder, and its workspace's.
    pub(super) root: &'a Path,
    pub(super) workspace: &'a Path,
    /// The source of its program.
    pub(super) program: &'a Path,
    /// How the app's library was compiled.
    pub(super) invocation: &'a Invocation,
    /// The manifests of all packages that are no download.
    pub(super) manifests: &'a [PathBuf],
    /// What the program is made of.
    pub(super) files: Vec<PathBuf>,
    /// What we would have generated.
    pub(super) text: &'a str,
    /// When it began.
    pub(super) since: SystemTime,
}

impl Ground {
    /// Looks whether the build can be repeated without cargo.
    ///
    /// # Errors
    ///
    /// Why it cannot, for people.
    pub(super) fn of(success: Success<'_>) -> Result<Self, String> {
        let Success {
            root,
            workspace,
            program,
            invocation,
            text,
            ..
        } = success;
        if !is_usual_script(&read(&root.join("build.rs"))) {
            return Err("build.rs does more than `xmcp_build::build()`".to_owned());
        }
        let library = invocation.values("--crate-name").next().unwrap_or_default();
        if !is_usual_program(&read(program), library) {
            return Err(format!(
                "the program does other things than `xmcp::run({library}::app())`"
            ));
        }
        let generated = invocation.variable("OUT_DIR").unwrap_or_default();
        let generated = read(&Path::new(generated).join("xmcp.rs"));
        let rest = generated.strip_prefix(text).map(str::trim);
        if !matches!(rest, Some("" | "extern crate xmcp_dylib as _;")) {
            return Err("the app's xmcp-build generates other code than this command's".to_owned());
        }
        let target = target(invocation);
        let folders = folders(root, success.manifests);
        let others = others(&success);
        let (built, taken_in): (Vec<_>, Vec<_>) = others.partition(|file| file.starts_with(target));
        let mut files = files(root, workspace);
        files.extend(success.manifests.iter().cloned());
        files.extend(taken_in);
        files.push(program.to_owned());
        let sources = Stamps::of(files, &folders);
        if !sources.are_before(success.since) {
            return Err("files changed while cargo was at work".to_owned());
        }
        // Cargo itself may just have written these.
        let libraries = invocation.values("--extern").filter_map(|one| {
            let (_, path) = one.split_once('=')?;
            Some(PathBuf::from(path))
        });
        let made = libraries.chain(built).chain([workspace.join("Cargo.lock")]);
        Ok(Self {
            // The shared library that cargo had is not what the next one is made of.
            invocation: invocation.without("-L", |folder| folder.contains("/xmcp-dev/")),
            files: success.files,
            skeleton: skeleton(text),
            folders,
            sources,
            made: Stamps::of(made, &[]),
        })
    }

    /// A file that has changed since, so that cargo has to look.
    pub(super) fn changed(&self) -> Option<PathBuf> {
        let source = self.sources.changed(&self.folders);
        source.or_else(|| self.made.changed(&[]))
    }

    /// Whether this text differs from what was generated then in texts alone.
    pub(super) fn is_like(&self, text: &str) -> bool {
        self.skeleton == skeleton(text)
    }

    /// What a shared library is made of that has all that the app names.
    pub(super) fn parts(&self) -> Parts {
        let search = self.invocation.values("-L").map(str::to_owned);
        let target = self.invocation.values("--target").next();
        Parts {
            libraries: self.invocation.libraries(),
            search: search.collect(),
            target: target.map(str::to_owned),
        }
    }
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

/// What says how the app is compiled.
fn files(root: &Path, workspace: &Path) -> Vec<PathBuf> {
    let mut files = vec![
        root.join("Cargo.toml"),
        root.join("build.rs"),
        root.join("xmcp.toml"),
        workspace.join("Cargo.toml"),
    ];
    let above = root.ancestors().flat_map(|folder| {
        [
            ".cargo/config.toml",
            ".cargo/config",
            "rust-toolchain.toml",
            "rust-toolchain",
        ]
        .map(|name| folder.join(name))
    });
    files.extend(above);
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(env::home_dir()?.join(".cargo")));
    files.extend(home.map(|home| home.join("config.toml")));
    files
}

/// Where the other packages have their sources. A build script may read anything of its package.
fn folders(root: &Path, manifests: &[PathBuf]) -> Vec<PathBuf> {
    let has_script = |package: &Path| {
        let manifest = read(&package.join("Cargo.toml"));
        let names_one = |line: &str| line.trim_start().starts_with("build");
        package.join("build.rs").is_file() || manifest.lines().any(names_one)
    };
    packages(root, manifests)
        .map(|package| match has_script(package) {
            true => package.to_owned(),
            false => package.join("src"),
        })
        .collect()
}

/// The folders of the packages beside the app that are no download.
fn packages<'a>(root: &'a Path, manifests: &'a [PathBuf]) -> impl Iterator<Item = &'a Path> {
    let packages = manifests.iter().filter_map(|manifest| manifest.parent());
    packages.filter(move |package| *package != root)
}

/// What the program is made of and the app's own compiler need not read: texts that other packages take in, from wherever they are.
fn others(success: &Success<'_>) -> impl Iterator<Item = PathBuf> {
    let (root, workspace) = (success.root, success.workspace);
    let within = packages(root, success.manifests).filter(|package| package.starts_with(root));
    let within: Vec<_> = within.collect();
    let is_of_other = |file: &PathBuf| {
        !file.starts_with(root) || within.iter().any(|package| file.starts_with(package))
    };
    let files = success.files.iter().map(|file| workspace.join(file));
    let others: Vec<_> = files.filter(is_of_other).collect();
    others.into_iter()
}

/// Where cargo puts what it builds: some of it is made of other packages, and newer than the build.
fn target(invocation: &Invocation) -> &Path {
    let deps = invocation.values("--out-dir").next().unwrap_or("/");
    Path::new(deps).parent().unwrap_or(Path::new("/"))
}

/// The code without comments that have lines of their own, and without white space.
fn compact(code: &str) -> String {
    let lines = code
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"));
    lines
        .flat_map(str::chars)
        .filter(|character| !character.is_whitespace())
        .collect()
}

fn is_usual_script(code: &str) -> bool {
    let code = compact(code);
    code == "fnmain(){xmcp_build::build();}" || code == "fnmain(){xmcp_build::build()}"
}

fn is_usual_program(code: &str, library: &str) -> bool {
    let code = compact(code);
    let runs = format!("{{xmcp::run({library}::app())}}");
    let start = code.strip_suffix(&runs);
    matches!(
        start,
        Some("usestd::process::ExitCode;fnmain()->ExitCode" | "fnmain()->std::process::ExitCode")
    )
}

/// Generated code without what is in its string literals.
fn skeleton(code: &str) -> String {
    let mut skeleton = String::with_capacity(code.len());
    let mut characters = code.chars();
    let mut is_text = false;
    while let Some(character) = characters.next() {
        match (is_text, character) {
            (true, '\\') => {
                characters.next();
            }
            (_, '"') => {
                is_text = !is_text;
                skeleton.push('"');
            }
            // A text that grows is broken over lines.
            (true, _) => {}
            (false, character) if character.is_whitespace() => {}
            (false, character) => skeleton.push(character),
        }
    }
    // The last of a list has a comma where it is broken over lines.
    skeleton
        .replace(",)", ")")
        .replace(",]", "]")
        .replace(",}", "}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_new_writes_is_usual_and_anything_more_is_not() {
        let script = "//! Reads the files.\n\nfn main() {\n    xmcp_build::build();\n}\n";
        assert!(is_usual_script(script));
        assert!(!is_usual_script(
            &script.replace("build();", "build();\n    other();")
        ));
        let program = include_str!("../../../templates/src/main.rs");
        assert!(is_usual_program(program, "xmcp_app"));
        assert!(!is_usual_program(program, "other"));
        assert!(is_usual_program(
            "fn main() -> std::process::ExitCode { xmcp::run(my_app::app()) }",
            "my_app"
        ));
        assert!(!is_usual_program(
            "fn main() -> std::process::ExitCode { log(); xmcp::run(my_app::app()) }",
            "my_app"
        ));
    }

    #[test]
    fn a_skeleton_differs_when_more_than_texts_do() {
        let code = "Tool { name: \"greet\", source: \"tools/greet.rs:9:1\", call: greet_call }";
        let moved = "Tool {\n    name: \"greet\",\n    source: \"tools/greet.rs:12:1 \\\" \",\n    call: greet_call,\n}";
        assert_eq!(skeleton(code), skeleton(moved));
        assert_ne!(
            skeleton(code),
            skeleton("Tool { name: \"greet\", call: greet_call }")
        );
    }
}
